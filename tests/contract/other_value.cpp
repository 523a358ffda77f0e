// One generator for each kind of domain.
#include "other_value.hpp"

#include <algorithm>
#include <cstdlib>

namespace nanotune::test {

namespace {

std::vector<Value> other_integers(const Domain& domain, const Value& held) {
    std::vector<Value> values;
    const auto* number = std::get_if<std::int64_t>(&held);
    const std::int64_t now = number == nullptr ? domain.minimum : *number;
    const auto add = [&](std::int64_t each) {
        if (each >= domain.minimum && each <= domain.maximum) {
            values.emplace_back(each);
        }
    };
    add(now / 2);  // drivers like what they hold now, divided: a power of two stays one
    if (now < domain.maximum) {
        add(now + 1);
    }
    add(1);
    add(domain.minimum);
    add(domain.maximum);
    for (const std::string_view word : words_of(domain.words)) {
        values.emplace_back(std::string(word));
    }
    return values;
}

// The same count of numbers, the last of them one higher.
std::string other_numbers(const std::string& held) {
    const std::size_t last = held.find_last_of(' ') + 1;
    return held.substr(0, last) +
           std::to_string(std::strtoll(held.c_str() + last, nullptr, 10) + 1);
}

std::vector<Value> other_sets(const CpuSet& held) {
    std::vector<Value> values;
    for (const unsigned member : held.members()) {
        values.emplace_back(CpuSet::of(member));
    }
    values.emplace_back(CpuSet::of(0));
    values.emplace_back(CpuSet::of(1));
    values.emplace_back(CpuSet::range(0, 1));
    return values;
}

}  // namespace

std::vector<Value> other_values(const Domain& domain, const Value& held) {
    std::vector<Value> values;
    switch (domain.kind) {
        case Domain::Kind::flag:
            values = {!std::get<bool>(held)};
            break;
        case Domain::Kind::integer:
            values = other_integers(domain, held);
            break;
        case Domain::Kind::choice:
            for (const std::string_view word : words_of(domain.words)) {
                values.emplace_back(std::string(word));
            }
            break;
        case Domain::Kind::numbers:
            values = {other_numbers(std::get<std::string>(held))};
            break;
        case Domain::Kind::cpus:
            values = other_sets(std::get<CpuSet>(held));
            break;
        case Domain::Kind::text:
        case Domain::Kind::rows:
            break;
    }
    std::erase(values, held);
    return values;
}

}  // namespace nanotune::test
