#include "team.hpp"

#include <algorithm>
#include <ranges>
#include <string>

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "datapath/settings/combination.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"
#include "worker/binding.hpp"

namespace nanotune::datapath {

namespace {

Result<CpuSet> cpus_in(const std::string& name) {
    constexpr std::size_t limit = 64UL << 10;
    NT_TRY(const std::string list, read_file("/sys/devices/system/cpu/" + name, limit));
    return CpuSet::from_list(without_line_ends(list));
}

}  // namespace

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
    member.has_ended.store(true);
}

Status Team::settle(const WorkerOptions& options, Shared& shared) {
    const bool spins = !std::ranges::all_of(runners_, &Runner::sleeps);
    if (options.real_time != 0 && spins) {
        CpuSet taken;
        for (std::size_t number = 0; number < std::min(runners_.size(), options.cpus.size());
             ++number) {
            taken.add(options.cpus[number]);
        }
        NT_TRY(const CpuSet online, cpus_in("online"));
        NT_TRY(const CpuSet isolated, cpus_in("isolated"));
        NT_CHECK(leaves_house(taken, online, isolated));
    }
    for (std::size_t number = 0; number < runners_.size(); ++number) {
        Member& member = members_.emplace_back();
        member.thread = std::thread([&, number, priority = options.real_time] {
            work(member, number, priority, shared.parts[number]);
        });
    }
    for (const Member& member : members_) {
        member.is_settled.wait(false);
        NT_CHECK(member.settled);
    }
    return {};
}

void Team::go() {
    may_go_.store(true);
    may_go_.notify_all();
}

bool Team::ends_within(std::chrono::milliseconds patience) const {
    constexpr std::chrono::milliseconds between_looks{5};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto is_away = [this](std::size_t number) {
        return !members_[number].has_ended.load() && runners_[number]->strategy_calls() % 2 != 0;
    };
    const auto numbers = std::views::iota(std::size_t{0}, runners_.size());
    while (!std::ranges::all_of(members_, [](const Member& one) { return one.has_ended.load(); })) {
        if (std::chrono::steady_clock::now() > deadline && std::ranges::any_of(numbers, is_away)) {
            return false;
        }
        std::this_thread::sleep_for(between_looks);
    }
    return true;
}

Team::~Team() {
    is_given_up_.store(true);
    go();
    for (Member& member : members_) {
        member.thread.join();
    }
}

}  // namespace nanotune::datapath
