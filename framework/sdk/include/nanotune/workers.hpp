// Programs that settings start and that go on by themselves: each under a name, in a process of its
// own with a keeper that starts it again. Whoever starts one may end.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// What a worker was told, by the names of its settings; values in the kernel's spelling.
using WorkerSettings = std::map<std::string, std::string, std::less<>>;

/// A worker as it is now.
struct Worker {
    /// That it was started with; of those that change while it runs, the ones in force.
    WorkerSettings settings;
    bool is_running = false;
    bool is_disabled = false;  ///< an operator has turned it off, and nobody on since
    bool hangs = false;     ///< it runs, and takes no packets, as a part of it does not come back
    unsigned process = 0;   ///< its own; 0 where it does not run
    unsigned restarts = 0;  ///< since it was started
    /// How it works ("af_xdp, native, copy"), or how it ended ("killed by SIGSEGV").
    std::string how;
    friend bool operator==(const Worker&, const Worker&) = default;
};

/// Worker::how of one that was told to end, and did.
inline constexpr std::string_view how_stopped = "stopped";

/// The workers of this network namespace. Where nobody keeps any, there are none.
class Workers {
  public:
    virtual ~Workers() = default;

    /// Those that were started and not forgotten, running or not, sorted.
    virtual Result<std::vector<std::string>> names() = 0;
    /// Errors: not_found; denied.
    virtual Result<Worker> worker(const std::string& name) = 0;
    /// Ends the one that has the name, and returns once the new one works; where `enabled` is not
    /// said, it stays. Errors: as the worker's, in its own words; then none of that name runs.
    virtual Status start(const std::string& name, const WorkerSettings& settings) = 0;
    /// Settings that may change while it runs, from one packet to the next. Errors: not_found;
    /// invalid for any other setting.
    virtual Status change(const std::string& name, const WorkerSettings& settings) = 0;
    /// What one that does not run is started with next. Errors: not_found; conflict where it runs.
    virtual Status prepare(const std::string& name, const WorkerSettings& settings) = 0;
    /// Ends it, and keeps what it was told. Errors: not_found; timed_out.
    virtual Status stop(const std::string& name) = 0;
    /// Ends it, and leaves nothing of it. Not finding it is success.
    virtual Status forget(const std::string& name) = 0;
};

/// Whether a worker may be called so: 1 to 32 letters, digits, "-" and "_", and no "-" first.
[[nodiscard]] bool is_worker_name(std::string_view name) noexcept;

}  // namespace nanotune
