// Workers of this host, each in a folder and with a keeper of its own.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/workers.hpp>

#include "system/storage/storage.hpp"
#include "worker_folder.hpp"
#include "worker_memory.hpp"

namespace nanotune::worker {

/// Holds nothing open: any number of processes may look and change at the same time. Those that
/// start or end workers wait for one another; where that takes ten seconds they are busy, and have
/// touched nothing.
class KeptWorkers final : public Workers {
  public:
    /// One folder for each worker is below `folder`; `program` is nanotune-worker.
    KeptWorkers(std::string folder, std::string program)
        : folder_(std::move(folder)), program_(std::move(program)) {}

    Result<std::vector<std::string>> names() override { return all_names(); }
    Result<Worker> worker(const std::string& name) override;
    Status start(const std::string& name, const WorkerSettings& settings) override;
    /// What its keeper goes by may be among them, and need not find one that runs. Returns once the
    /// worker has done what is done once, if that is asked for. Errors: not_found,
    /// invalid; timed_out where it was changed, and the worker did not say within 2 s that it did
    /// so; conflict where that is asked of one that does not work.
    Status change(const std::string& name, const WorkerSettings& settings) override;
    Status prepare(const std::string& name, const WorkerSettings& settings) override;
    /// Turns its switch off for an operator: no rollback turns it on again. Errors: as of `change`;
    /// io where it is off, and that could not be noted.
    Status disable(const std::string& name);
    /// What it has counted stays. Errors: as of Workers; io where it has ended, and that somebody
    /// said so could not be recorded.
    Status stop(const std::string& name) override;
    Status forget(const std::string& name) override;

    /// Whether this process finds those that there are: who may not look sees none. Errors: denied.
    [[nodiscard]] Status may_look() const;
    /// Starts one that does not run as it was before, with the switches as they are now. Errors:
    /// not_found; conflict where it runs; as the worker's.
    Status start_again(const std::string& name);
    /// Whether a setting may change while it runs. Errors: not_found.
    [[nodiscard]] Result<bool> may_change(const std::string& name, std::string_view setting) const;
    [[nodiscard]] const std::string& folder() const { return folder_; }
    /// What it has counted, as its program says it: "NAME: VALUE" a line. Errors: not_found.
    [[nodiscard]] Result<std::string> report(const std::string& name) const;

    /// The command line that shows its packets as they come. Errors: not_found.
    [[nodiscard]] Result<std::vector<std::string>> trace_command(const std::string& name) const;

    /// What all of them have counted, as their program tells it to Prometheus; "" for none. Errors:
    /// timed_out, io.
    [[nodiscard]] Result<std::string> metrics() const;

  private:
    [[nodiscard]] static std::unexpected<Error> unknown(const std::string& name);
    [[nodiscard]] Result<WorkerFolder> folder_of(const std::string& name) const;
    [[nodiscard]] Result<WorkerMemory> memory_of(const std::string& name, bool for_writing) const;
    [[nodiscard]] Result<std::vector<std::string>> all_names() const;
    [[nodiscard]] Status begin(const WorkerFolder& folder, const WorkerSettings& settings) const;
    [[nodiscard]] Status keep(const WorkerFolder& folder, bool anew) const;
    [[nodiscard]] Status change_now(const std::string& name, const WorkerSettings& settings,
                                    Turned off) const;
    [[nodiscard]] Status keep_in_mind(const std::string& name, WorkerSettings changes) const;
    [[nodiscard]] static Status end_keeper(const WorkerFolder& folder);

    std::string folder_;
    std::string program_;
};

/// Where the workers of this network namespace are, below a state folder. Errors: io.
[[nodiscard]] Result<std::string> workers_folder(const std::string& state_folder);
/// Of the network namespace that is known to be this one.
[[nodiscard]] std::string workers_folder(const std::string& state_folder, const Identity& identity);

}  // namespace nanotune::worker
