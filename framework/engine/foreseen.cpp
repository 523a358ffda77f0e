#include "engine/foreseen.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <nanotune/discover.hpp>
#include <nanotune/numbers.hpp>

#include "engine/resets.hpp"

namespace nanotune {
namespace {

bool is_of_cpus(const Candidate& candidate) {
    return candidate.target.kind == "cpu" || candidate.target.kind == "policy";
}

bool receives(const Candidate& queue) {
    return queue.target.kind == "rx_queue";
}

bool is_queue(const Candidate& candidate) {
    return receives(candidate) || candidate.target.kind == "tx_queue";
}

unsigned number_of(const Candidate& queue) {
    return leading_number<unsigned>(queue.fact("queue")).value_or(0);
}

void set_fact(Candidate& candidate, std::string_view key, const std::string& value) {
    const auto fact =
        std::ranges::find(candidate.facts, key, [](const auto& one) { return one.first; });
    if (fact != candidate.facts.end()) {
        fact->second = value;
    }
}

Candidate queue_like(const Candidate& like, unsigned number) {
    Candidate queue = like;
    queue.target.name = fmt::format("{}/{}-{}", like.device, receives(like) ? "rx" : "tx", number);
    queue.ids = CpuSet::of(number);
    set_fact(queue, "queue", std::to_string(number));
    return queue;
}

Candidate cpu_like(const Candidate& like, unsigned number) {
    Candidate cpu = like;
    cpu.target.name = std::to_string(number);
    cpu.ids = CpuSet::of(number);
    set_fact(cpu, "name", cpu.target.name);
    return cpu;
}

std::int64_t count_of(Survey& survey, Discovery discovery, const std::string& device) {
    const auto found = survey.candidates(discovery, device);
    return found ? std::ranges::count(**found, device, &Candidate::device) : 0;
}

}  // namespace

CpuSet taken_offline(const Desired& desired, const Topology& topology) {
    const auto* word = std::get_if<std::string>(&desired.value);
    const bool* is_on = std::get_if<bool>(&desired.value);
    switch (desired.setting.tunable->topology) {
        case TopologyEffect::smt:
            return word != nullptr && word->ends_with("off")
                       ? topology.online - topology.without_siblings().online
                       : CpuSet();
        case TopologyEffect::online:
            return is_on != nullptr && !*is_on ? topology.online & desired.candidate->ids
                                               : CpuSet();
        default:
            return {};
    }
}

void Foreseen::follow(const Plan& stage, Survey& survey) {
    for (const Change& change : stage.changes) {
        const Desired& desired = change.desired;
        follow_cpus(desired, survey);
        if (resets_anything(*desired.setting.tunable, desired.candidate) &&
            !desired.candidate->device.empty()) {
            unsettled_.insert(desired.candidate->device);
            planned_.push_back({desired.setting.full_name(), desired.candidate->target,
                                desired.value, desired.origin});
            follow_queues(change, survey);
        }
    }
}

/// The kernel brings every CPU that is there with "on".
void Foreseen::follow_cpus(const Desired& desired, Survey& survey) {
    const TopologyEffect effect = desired.setting.tunable->topology;
    if (effect != TopologyEffect::smt && effect != TopologyEffect::online) {
        return;
    }
    const auto topology = survey.topology();
    if (!topology) {
        return;
    }
    going_ = going_ | taken_offline(desired, *topology);
    CpuSet brought;
    if (effect == TopologyEffect::smt && desired.value == Value(std::string("on"))) {
        brought = topology->present - topology->online;
    } else if (effect == TopologyEffect::online && desired.value == Value(true)) {
        brought = desired.candidate->ids - topology->online;
    }
    for (const unsigned cpu : brought.members()) {
        coming_.emplace(cpu, desired.setting.full_name());
    }
}

void Foreseen::follow_queues(const Change& change, Survey& survey) {
    const Desired& desired = change.desired;
    const std::string& device = desired.candidate->device;
    const TopologyEffect effect = desired.setting.tunable->topology;
    const bool receive =
        effect == TopologyEffect::queue_pairs || effect == TopologyEffect::receive_queues;
    const bool send =
        effect == TopologyEffect::queue_pairs || effect == TopologyEffect::send_queues;
    const auto* before = change.before ? std::get_if<std::int64_t>(&*change.before) : nullptr;
    const auto* wanted = std::get_if<std::int64_t>(&desired.value);
    if ((!receive && !send) || before == nullptr || wanted == nullptr) {
        return;
    }
    const auto [known, is_new] = queues_.try_emplace(device);
    Queues& queues = known->second;
    if (is_new) {
        queues = {.receiving = {.count = count_of(survey, discover::rx_queues, device)},
                  .sending = {.count = count_of(survey, discover::tx_queues, device)},
                  .cause = desired.setting.full_name()};
    }
    const auto move = [&](Direction& direction) {
        direction.count += *wanted - *before;
        direction.line = direction.line ? direction.line : desired.origin;
    };
    if (receive) {
        move(queues.receiving);
    }
    if (send) {
        move(queues.sending);
    }
}

const Origin* Foreseen::queues_set_at(const std::string& device, bool receiving) const {
    const auto found = queues_.find(device);
    if (found == queues_.end()) {
        return nullptr;
    }
    const auto& line = (receiving ? found->second.receiving : found->second.sending).line;
    return line ? &*line : nullptr;
}

/// How many queues of the same device and direction there will be; nothing where that stays.
std::optional<std::int64_t> Foreseen::queues_beside(const Candidate& queue) const {
    const auto found = is_queue(queue) ? queues_.find(queue.device) : queues_.end();
    if (found == queues_.end()) {
        return std::nullopt;
    }
    return (receives(queue) ? found->second.receiving : found->second.sending).count;
}

bool Foreseen::takes(const Candidate& target) const {
    if (is_of_cpus(target)) {
        return !target.ids.empty() && (target.ids - going_).empty();
    }
    const auto left = queues_beside(target);
    return left && std::int64_t{number_of(target)} >= *left;
}

Foreseen::Targets Foreseen::left_of(const std::vector<Candidate>& found) const {
    Targets targets;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const Candidate& one = found[i];
        if (!takes(one)) {
            targets.list.push_back(one);
            targets.list.back().ids = is_of_cpus(one) ? one.ids - going_ : one.ids;
        }
        const bool is_last = i + 1 == found.size() || found[i + 1].device != one.device;
        for (std::int64_t number = number_of(one) + 1;
             is_last && number < queues_beside(one).value_or(0); ++number) {
            targets.list.push_back(queue_like(one, static_cast<unsigned>(number)));
            targets.coming.emplace(
                targets.list.back().target,
                Coming{.like = one.target, .with = queues_.find(one.device)->second.cause});
        }
    }
    add_cpus(targets);
    return targets;
}

/// Where CPUs share a frequency policy, one that comes joins others.
void Foreseen::add_cpus(Targets& targets) const {
    if (targets.list.empty() || !is_of_cpus(targets.list.front()) ||
        std::ranges::any_of(targets.list,
                            [](const Candidate& one) { return one.ids.size() != 1; })) {
        return;
    }
    const Candidate like = targets.list.front();
    for (const auto& [cpu, cause] : coming_) {
        const bool is_there = std::ranges::any_of(
            targets.list, [&](const Candidate& one) { return one.ids.contains(cpu); });
        if (!is_there && !going_.contains(cpu)) {
            targets.list.push_back(cpu_like(like, cpu));
            targets.coming.emplace(targets.list.back().target,
                                   Coming{.like = like.target, .with = cause});
        }
    }
    std::ranges::sort(targets.list, {}, [](const Candidate& one) { return one.ids.first(); });
}

}  // namespace nanotune
