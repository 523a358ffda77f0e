// One generator for each kind of domain.
#include "trial_values.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include <nanotune/numbers.hpp>

namespace nanotune {

namespace {

constexpr std::size_t most_sets = 6;
constexpr std::int64_t few = 8;

/// Drivers and kernel like what is held now, divided or doubled: a power of two stays one.
std::vector<Value> near(const Domain& domain, const Value& held) {
    const auto* number = std::get_if<std::int64_t>(&held);
    const std::int64_t now = number == nullptr ? domain.minimum : *number;
    std::vector<std::int64_t> numbers = {now / 2, now / 4 * 3};
    if (now <= domain.maximum / 2) {
        numbers.push_back(now * 2);
    }
    if (now < domain.maximum) {
        numbers.push_back(now + 1);
    }
    if (now > domain.minimum) {
        numbers.push_back(now - 1);
    }
    if (now == 0) {
        numbers.insert(numbers.begin(), {1, 16});
    }
    std::vector<Value> values;
    for (const std::int64_t each : numbers) {
        if (each >= domain.minimum && each <= domain.maximum) {
            values.emplace_back(each);
        }
    }
    return values;
}

std::vector<Value> integers(const Domain& domain, const Value& held) {
    std::vector<Value> values;
    if (domain.minimum >= 0 && domain.maximum - domain.minimum <= few) {
        for (std::int64_t each = domain.minimum; each <= domain.maximum; ++each) {
            values.emplace_back(each);
        }
    } else {
        values = near(domain, held);
    }
    for (const std::string_view word : words_of(domain.words)) {
        values.emplace_back(std::string(word));
    }
    return values;
}

std::vector<Value> words(const Domain& domain) {
    std::vector<Value> values;
    for (const std::string_view word : words_of(domain.words)) {
        values.emplace_back(std::string(word));
    }
    return values;
}

/// The same count of numbers, the last of them one higher.
std::vector<Value> other_numbers(const std::string& held) {
    const std::size_t last = held.find_last_of(' ') + 1;
    const auto number = whole_number<std::int64_t>(std::string_view(held).substr(last));
    return number ? std::vector<Value>{held.substr(0, last) + std::to_string(*number + 1)}
                  : std::vector<Value>();
}

/// The first CPU does most of the host's own work, so it comes late.
std::vector<Value> sets(const CpuSet& all) {
    std::vector<unsigned> members = all.members();
    if (members.size() > 1) {
        std::ranges::rotate(members, members.begin() + 1);
    }
    std::vector<Value> values;
    for (const unsigned member : members) {
        if (values.size() < most_sets) {
            values.emplace_back(CpuSet::of(member));
        }
    }
    values.emplace_back(CpuSet::of(0));
    values.emplace_back(all);
    return values;
}

const CpuSet& numbered(const Domain& domain, const TrialGround& ground) {
    switch (domain.numbers) {
        case Domain::Numbers::nodes:
            return ground.nodes;
        case Domain::Numbers::queues:
            return ground.queues;
        case Domain::Numbers::cpus:
            break;
    }
    return ground.cpus;
}

/// What stands between the colons in another order, where that is a value of the domain too.
std::optional<Value> turned(const Domain& domain, const std::string& held) {
    const std::size_t colon = held.find(':');
    if (domain.normal == nullptr || colon == std::string::npos) {
        return std::nullopt;
    }
    const auto other = domain.normal(held.substr(colon + 1) + ":" + held.substr(0, colon));
    return other ? std::optional<Value>(*other) : std::nullopt;
}

std::vector<Value> samples(const Domain& domain) {
    std::vector<Value> values;
    for (const std::string_view sample : words_of(domain.samples)) {
        if (auto value = parsed(domain, {.content = std::string(sample), .origin = {}})) {
            values.push_back(*std::move(value));
        }
    }
    return values;
}

std::vector<Value> possible(const Domain& domain, const Value& held, const TrialGround& ground) {
    if (!domain.samples.empty()) {
        return samples(domain);
    }
    switch (domain.kind) {
        case Domain::Kind::flag:
            return {false, true};
        case Domain::Kind::integer:
            return integers(domain, held);
        case Domain::Kind::choice:
            return words(domain);
        case Domain::Kind::numbers:
            return other_numbers(std::get<std::string>(held));
        case Domain::Kind::cpus:
            return sets(numbered(domain, ground));
        case Domain::Kind::text:
            if (auto other = turned(domain, std::get<std::string>(held))) {
                return {*std::move(other)};
            }
            return {};
        case Domain::Kind::rows:
            break;
    }
    return {};
}

}  // namespace

std::vector<Value> trial_values(const Domain& domain, std::span<const Value> held,
                                const TrialGround& ground) {
    if (held.empty()) {
        return {};
    }
    const std::vector<Value> all = possible(domain, held.front(), ground);
    std::vector<Value> fresh;      // on none of the targets
    std::vector<Value> elsewhere;  // a change of some of them
    for (const Value& value : all) {
        const auto holders = static_cast<std::size_t>(std::ranges::count(held, value));
        auto& list = holders == 0 ? fresh : elsewhere;
        if (holders < held.size() && std::ranges::find(list, value) == list.end()) {
            list.push_back(value);
        }
    }
    fresh.insert(fresh.end(), elsewhere.begin(), elsewhere.end());
    return fresh;
}

}  // namespace nanotune
