// Names of the kernel's scheduling policies (sched(7)).
#include "scheduling_text.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <linux/sched.h>

#include <nanotune/numbers.hpp>

namespace nanotune::process {
namespace {

constexpr unsigned sched_ext = 7;  // since Linux 6.12

struct Policy {
    std::string_view name;
    unsigned number;
    bool has_priority = false;
    bool can_be_asked_for = true;
};
constexpr Policy policies[] = {
    {"other", SCHED_NORMAL},
    {"fifo", SCHED_FIFO, true},
    {"rr", SCHED_RR, true},
    {"batch", SCHED_BATCH},
    {"idle", SCHED_IDLE},
    {"deadline", SCHED_DEADLINE, false, false},
    {"ext", sched_ext, false, false},
};

const Policy* named(std::string_view name) {
    const auto* const found = std::ranges::find(policies, name, &Policy::name);
    return found == std::end(policies) ? nullptr : found;
}

}  // namespace

bool has_priority(std::string_view policy) {
    const Policy* const known = named(policy);
    return known != nullptr && known->has_priority;
}

std::string scheduling_text(const Scheduling& scheduling) {
    const auto* const known = std::ranges::find(policies, scheduling.policy, &Policy::number);
    return known == std::end(policies) ? fmt::format("policy {}", scheduling.policy)
                                       : scheduling_text(known->name, scheduling.priority);
}

std::string scheduling_text(std::string_view policy, unsigned priority) {
    return has_priority(policy) ? fmt::format("{}:{}", policy, priority) : std::string(policy);
}

std::string policy_of(const Scheduling& scheduling) {
    const auto* const known = std::ranges::find(policies, scheduling.policy, &Policy::number);
    return known == std::end(policies) ? std::string() : std::string(known->name);
}

std::optional<Scheduling> scheduling_from(std::string_view text) {
    const auto colon = text.find(':');
    const Policy* const policy = named(text.substr(0, colon));
    if (policy == nullptr || !policy->can_be_asked_for ||
        policy->has_priority != (colon != std::string_view::npos)) {
        return std::nullopt;
    }
    Scheduling scheduling{.policy = policy->number};
    if (policy->has_priority) {
        scheduling.priority =
            whole_number<decltype(scheduling.priority)>(text.substr(colon + 1)).value_or(0);
        if (scheduling.priority < 1 || scheduling.priority > highest_priority) {
            return std::nullopt;
        }
    }
    return scheduling;
}

}  // namespace nanotune::process
