// What a domain accepts, in words, and its values as an author would spell them.
#include <algorithm>

#include <fmt/format.h>

#include <nanotune/domain.hpp>
#include <nanotune/tunable.hpp>

#include "quantity.hpp"
#include "text.hpp"

namespace nanotune {

namespace {

using Limits = std::numeric_limits<std::int64_t>;

/// "a, b or c"
std::string alternatives(std::span<const std::string_view> words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (i != 0) {
            out += i + 1 == words.size() ? " or " : ", ";
        }
        out += words[i];
    }
    return out;
}

std::string integer_expectation(const Domain& domain) {
    std::string out = "a whole number";
    if (domain.unit != Unit::none) {
        out += fmt::format(" of {}", plural_of(domain.unit));
    }
    const bool has_minimum = domain.minimum != Limits::min();
    const bool has_maximum = domain.maximum != Limits::max();
    if (has_minimum && has_maximum) {
        out += fmt::format(" from {} to {}", domain.minimum, domain.maximum);
    } else if (has_minimum) {
        out += fmt::format(" from {} up", domain.minimum);
    } else if (has_maximum) {
        out += fmt::format(" up to {}", domain.maximum);
    }
    const auto words = words_of(domain.words);
    return words.empty() ? out : fmt::format("{} or {}", out, alternatives(words));
}

std::string numbers_expectation(const Domain& domain) {
    const std::string_view noun = domain.maximum == 1 ? "whole number" : "whole numbers";
    const std::string_view order = domain.ascending ? ", none less than the one before" : "";
    return domain.minimum == domain.maximum
               ? fmt::format("{} {}{}", domain.minimum, noun, order)
               : fmt::format("{} to {} {}{}", domain.minimum, domain.maximum, noun, order);
}

std::string_view name_of(Domain::Numbers numbers) {
    switch (numbers) {
        case Domain::Numbers::cpus:
            return "CPU";
        case Domain::Numbers::nodes:
            return "node";
        case Domain::Numbers::queues:
            return "queue";
    }
    return {};
}

std::string rows_expectation(const Domain& domain) {
    std::string keys;
    for (const Tunable& column : domain.columns) {
        keys += keys.empty() ? "" : ", ";
        keys += column.name;
    }
    return fmt::format("a list of tables with the keys {}", keys);
}

struct Printer {
    const Domain& domain;

    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return quantity_text(number, domain.unit); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const CpuSet& cpus) const { return cpus.empty() ? "none" : cpus.list(); }
};

}  // namespace

std::string printed(const Domain& domain, const Value& value) {
    return std::visit(Printer{domain}, value);
}

std::string expectation(const Domain& domain) {
    switch (domain.kind) {
        case Domain::Kind::flag:
            return "true or false";
        case Domain::Kind::integer:
            return integer_expectation(domain);
        case Domain::Kind::choice:
            return alternatives(words_of(domain.words));
        case Domain::Kind::text:
            return domain.normal == nullptr ? "text on one line" : std::string(domain.expected);
        case Domain::Kind::numbers:
            return numbers_expectation(domain);
        case Domain::Kind::cpus:
            return fmt::format("a list of {} numbers such as \"0-3,8\"", name_of(domain.numbers));
        case Domain::Kind::rows:
            return rows_expectation(domain);
    }
    return {};
}

std::vector<std::string_view> words_of(std::string_view bars) {
    std::vector<std::string_view> words;
    while (!trimmed(bars).empty()) {
        const std::size_t bar = std::min(bars.find('|'), bars.size());
        words.push_back(trimmed(bars.substr(0, bar)));
        bars.remove_prefix(std::min(bar + 1, bars.size()));
    }
    return words;
}

}  // namespace nanotune
