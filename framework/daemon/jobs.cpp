#include "daemon/jobs.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most = 64;
constexpr std::size_t most_of_users = 48;  // the rest is root's
constexpr std::size_t most_of_one = 8;
constexpr std::chrono::seconds time_to_read{5};

}  // namespace

/// The oldest that has ended, and could be read since, makes room for a new one.
void Jobs::make_room(std::uint32_t user) {
    const auto now = JobObject::Clock::now();
    const auto is_mine = [user](const auto& job) {
        return user == 0 || job.second->facts().user == user;
    };
    const auto count = static_cast<std::size_t>(std::ranges::count_if(jobs_, is_mine));
    if (count < (user == 0 ? most : most_of_one)) {
        return;
    }
    const auto oldest = std::ranges::find_if(jobs_, [&](const auto& job) {
        return is_mine(job) && job.second->ended_before(now - time_to_read);
    });
    if (oldest != jobs_.end()) {
        jobs_.erase(oldest);
    }
}

Result<sdbus::ObjectPath> Jobs::begin(std::uint64_t number, JobFacts facts, Work work) {
    make_room(facts.user);
    const auto of_user = static_cast<std::size_t>(std::ranges::count_if(
        jobs_, [&](const auto& job) { return job.second->facts().user == facts.user; }));
    const bool is_root = facts.user == 0;
    if (!is_root && of_user >= most_of_one) {
        return failure(
            ErrorCode::exhausted,
            fmt::format("user {} has {} jobs already, which have not ended", facts.user, of_user));
    }
    if (jobs_.size() >= (is_root ? most : most_of_users)) {
        return failure(ErrorCode::exhausted,
                       fmt::format("there are {} jobs already", jobs_.size()));
    }
    facts.number = number;
    work.job = number;
    auto job = std::make_unique<JobObject>(connection_, std::move(facts), authority_,
                                           [this](std::uint64_t which) { engine_.cancel(which); });
    jobs_.emplace(number, std::move(job));
    engine_.submit(std::move(work));
    return sdbus::ObjectPath(path_of_job(number));
}

JobObject* Jobs::find(std::uint64_t number) {
    const auto found = jobs_.find(number);
    return found == jobs_.end() ? nullptr : found->second.get();
}

JobObject::Clock::time_point Jobs::sweep() {
    const auto now = JobObject::Clock::now();
    std::erase_if(jobs_, [now](const auto& job) { return job.second->expires() <= now; });
    auto next = JobObject::Clock::time_point::max();
    for (const auto& [number, job] : jobs_) {
        next = std::min(next, job->expires());
    }
    return next;
}

}  // namespace nanotune::daemon
