#include "daemon/jobs.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_jobs = 64;
constexpr std::size_t most_of_users = 48;  // the rest is root's
constexpr std::size_t most_of_one_user = 8;
constexpr std::chrono::seconds time_to_read{5};

}  // namespace

/// What has ended, and could be read since, makes room for what is new: one of the user's own where
/// the user has too many, the oldest where there are too many in all. Who leaves many behind
/// without closing them, as root may, keeps nobody else out.
void Jobs::make_room(std::uint32_t user) {
    const auto read_by = JobObject::Clock::now() - time_to_read;
    const auto has_ended = [](JobObject::Clock::time_point by) {
        return [by](const auto& job) { return job.second->ended_before(by); };
    };
    const auto is_of = [](std::uint32_t whose) {
        return [whose](const auto& job) { return job.second->facts().user == whose; };
    };
    const auto forget_one = [this](auto may_go) {
        const auto oldest = std::ranges::find_if(jobs_, may_go);
        const bool is_any = oldest != jobs_.end();
        if (is_any) {
            jobs_.erase(oldest);
        }
        return is_any;
    };
    if (user != 0 && count(user) >= most_of_one_user) {
        forget_one([&](const auto& job) { return is_of(user)(job) && has_ended(read_by)(job); });
    }
    if (jobs_.size() < most_jobs || forget_one(has_ended(read_by))) {
        return;
    }
    if (user != 0 && count(0) > most_jobs - most_of_users) {
        forget_one([&](const auto& job) {
            return is_of(0)(job) && has_ended(JobObject::Clock::time_point::max())(job);
        });
    }
}

std::size_t Jobs::count(std::uint32_t user) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        jobs_, [user](const auto& job) { return job.second->facts().user == user; }));
}

Result<sdbus::ObjectPath> Jobs::begin(std::uint64_t number, JobFacts facts, Work work) {
    make_room(facts.user);
    const bool is_root = facts.user == 0;
    const std::size_t own = count(facts.user);
    if (!is_root && own >= most_of_one_user) {
        return failure(ErrorCode::exhausted,
                       fmt::format("user {} has {} jobs already, which have not ended, or not {} s "
                                   "ago",
                                   facts.user, own, time_to_read.count()));
    }
    const std::size_t of_users = jobs_.size() - count(0);
    if (jobs_.size() >= most_jobs || (!is_root && of_users >= most_of_users)) {
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

bool Jobs::owe_answers(JobObject::Clock::time_point since) const {
    return std::ranges::any_of(
        jobs_, [since](const auto& job) { return !job.second->ended_before(since); });
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
