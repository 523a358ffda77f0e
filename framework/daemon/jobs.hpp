// All jobs on the bus, bounded for each user and as a whole.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "daemon/job_object.hpp"

namespace nanotune::daemon {

/// Lives as long as the connection; used on the bus's thread alone.
class Jobs {
  public:
    Jobs(sdbus::IConnection& connection, Authority& authority, EngineThread& engine)
        : connection_(connection), authority_(authority), engine_(engine) {}

    /// Hands the work to the engine. Errors: exhausted: the user, or all, have too many.
    Result<sdbus::ObjectPath> begin(std::uint64_t number, JobFacts facts, Work work);
    /// nullptr for one that is forgotten.
    [[nodiscard]] JobObject* find(std::uint64_t number);
    /// Whether one that has ended since is there to be read, or has not ended.
    [[nodiscard]] bool owe_answers(JobObject::Clock::time_point since) const;
    /// Forgets what has ended long enough ago. When there is more to forget.
    JobObject::Clock::time_point sweep();

  private:
    void make_room(std::uint32_t user);
    [[nodiscard]] std::size_t count(std::uint32_t user) const;

    sdbus::IConnection& connection_;
    Authority& authority_;
    EngineThread& engine_;
    std::map<std::uint64_t, std::unique_ptr<JobObject>> jobs_;
};

}  // namespace nanotune::daemon
