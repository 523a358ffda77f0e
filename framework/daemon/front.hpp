// The daemon as the bus sees it: one connection with its objects. When the bus is lost all of it
// goes, and another one is opened; the engine works on meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/manager_object.hpp"
#include "daemon/objects.hpp"
#include "service/bus/opening.hpp"

namespace nanotune::daemon {

/// Used on one thread.
class Front {
  public:
    struct Parts {
        EngineThread& engine;
        std::function<std::uint64_t()> next_job;
        std::function<std::vector<std::string>()> profiles;
        cli::KeptDatapaths datapaths;
        /// As in DatapathParts.
        std::function<bool(const std::string& name, std::function<DatapathParts::Tell()> task)>
            beside;
        std::function<bool(std::function<void()> task)> owed;
        std::function<void(const std::string&)> log;
    };

    /// Owns the name on a connection that is opened. Errors: what the bus said; busy: the name has
    /// an owner; denied: nobody here may own it.
    static Result<std::unique_ptr<Front>> open(const Parts& parts, const Snapshot& snapshot,
                                               bus::Opening opened);

    /// Handles what has come, at most so much that others have their turn. Errors: the bus is lost.
    nanotune::Status process();
    /// What to wait for, and for how long (-1: any time).
    struct Wait {
        int descriptor = -1;
        short events = 0;
        int timeout = -1;
    };
    [[nodiscard]] Result<Wait> wait() const;

    [[nodiscard]] ManagerObject& manager() { return *manager_; }
    [[nodiscard]] Jobs& jobs() { return *jobs_; }
    [[nodiscard]] Objects& objects() { return *objects_; }

  private:
    explicit Front(std::unique_ptr<sdbus::IConnection> connection)
        : connection_(std::move(connection)) {}

    // In the order in which they refer to one another.
    std::unique_ptr<sdbus::IConnection> connection_;
    std::unique_ptr<Authority> authority_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<ManagerObject> manager_;
    std::unique_ptr<Objects> objects_;
    JobObject::Clock::time_point next_sweep_ = JobObject::Clock::time_point::max();
};

}  // namespace nanotune::daemon
