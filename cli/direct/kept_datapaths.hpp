// Datapaths of this host by their workers: for a command's own process, and for the daemon.
#pragma once

#include <string>
#include <vector>

#include "../surroundings.hpp"
#include "service/datapath_record.hpp"
#include "service/datapaths.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

/// Holds nothing open, and may be copied to whatever thread looks.
class KeptDatapaths {
  public:
    /// In the folder of workers.
    KeptDatapaths(std::string folder, const ServiceOptions& options);
    /// Those of this network namespace, below the state folder. Errors: io.
    static Result<KeptDatapaths> of(const ServiceOptions& options);

    /// Errors: denied, io.
    [[nodiscard]] Result<std::vector<Datapath>> all(bool with_counts) const;
    /// Errors: not_found, denied, damaged.
    [[nodiscard]] Result<Datapath> one(const std::string& name) const;
    /// Starting and stopping takes as long as that takes, resetting and clearing up to 2 s, until
    /// the worker has done it; the others return at once. What ends orders is refused to nobody.
    /// Errors: frozen, to start and to enable; not_found; unsupported; timed_out and conflict, to
    /// reset and to clear; what the worker says.
    [[nodiscard]] Status act(const std::string& name, DatapathAct act) const;
    /// Keeps what that came to in the history, with who asked for it. Errors: denied, io.
    [[nodiscard]] Status record(const Actor& actor, const std::string& name, DatapathAct act,
                                const Status& done) const {
        return keep_in_history(lasting_folder_, actor, name, act, done);
    }
    /// Runs the worker's program, for up to 5 s. Errors: not_found, timed_out.
    [[nodiscard]] Result<Counted> counted(const std::string& name) const;
    /// The same of all of them, for Prometheus; "" where there is none, or it cannot be told.
    [[nodiscard]] std::string metrics() const { return workers_.metrics().value_or(std::string()); }
    [[nodiscard]] const std::string& folder() const { return workers_.folder(); }

  private:
    mutable worker::KeptWorkers workers_;
    std::string lasting_folder_;  // where the freeze is, and the history
    std::string host_file_;
};

}  // namespace nanotune::cli
