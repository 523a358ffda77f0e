#include "team.hpp"

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "worker/binding.hpp"

namespace nanotune::datapath {

void Team::work(Member& member, std::size_t number, int priority, WorkerPart& part) {
    ::prctl(PR_SET_NAME, fmt::format("worker {}", number).c_str(), 0, 0, 0);
    part.thread = static_cast<std::uint32_t>(::gettid());
    if (part.cpu != WorkerPart::none) {
        member.settled = worker::bind_to_cpu(part.cpu);
    }
    if (member.settled && priority != 0) {
        member.settled = worker::set_real_time(priority);
    }
    member.is_settled.store(true);
    member.is_settled.notify_one();
    may_go_.wait(false);
    if (!is_given_up_.load()) {
        runners_[number]->run(stop_);
    }
}

Status Team::settle(const WorkerOptions& options, Shared& shared) {
    const auto online = static_cast<std::size_t>(::sysconf(_SC_NPROCESSORS_ONLN));
    if (options.real_time != 0 && runners_.size() >= online) {
        return failure(
            ErrorCode::conflict,
            fmt::format("real-time class: {} workers would take all of {} CPUs, and nothing else "
                        "would run",
                        runners_.size(), online));
    }
    for (std::size_t number = 0; number < runners_.size(); ++number) {
        Member& member = members_.emplace_back();
        member.thread = std::thread([&, number, priority = options.real_time] {
            work(member, number, priority, shared.parts[number]);
        });
    }
    for (Member& member : members_) {
        member.is_settled.wait(false);
        NT_CHECK(member.settled);
    }
    return {};
}

void Team::go() {
    may_go_.store(true);
    may_go_.notify_all();
}

Team::~Team() {
    is_given_up_.store(true);
    go();
    for (Member& member : members_) {
        member.thread.join();
    }
}

}  // namespace nanotune::datapath
