// The daemon as the bus sees it: one connection with its objects. When the bus is lost all of it
// goes, and another one is opened; the engine works on meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/manager_object.hpp"
#include "daemon/objects.hpp"
#include "service/bus/opening.hpp"
#include "service/bus/outbox.hpp"

namespace nanotune::daemon {

// What is attempted, as its errors say.
inline constexpr std::string_view connecting = "connect to the system bus";
inline constexpr std::string_view own_name = "own the name org.nanotune1";
static_assert(own_name.ends_with(bus::service_name));

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

    /// Asks for the name on a connection that is opened, and waits for nothing. Errors: what the
    /// bus said.
    static Result<std::unique_ptr<Front>> open(const Parts& parts, const Snapshot& snapshot,
                                               bus::Opening opened);
    /// What is told already goes out, where the bus takes it.
    ~Front();
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;
    Front(Front&&) = delete;
    Front& operator=(Front&&) = delete;

    /// Handles what has come, at most so much that others have their turn. Errors: the bus is lost,
    /// or takes nothing; while there is no name: busy: it has an owner; denied: nobody here may own
    /// it; timed_out.
    nanotune::Status process();
    /// Whether clients reach it.
    [[nodiscard]] bool has_name() const { return has_name_; }
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
        : connection_(std::move(connection)), outbox_(*connection_) {}
    void ask_for_name();

    // In the order in which they refer to one another.
    std::unique_ptr<sdbus::IConnection> connection_;
    bus::Outbox outbox_;
    std::unique_ptr<sdbus::IProxy> bus_;
    bool has_name_ = false;
    std::optional<Error> refused_;  ///< why it has no name
    std::unique_ptr<Authority> authority_;
    std::unique_ptr<Jobs> jobs_;
    std::unique_ptr<ManagerObject> manager_;
    std::unique_ptr<Objects> objects_;
    JobObject::Clock::time_point next_sweep_ = JobObject::Clock::time_point::max();
};

}  // namespace nanotune::daemon
