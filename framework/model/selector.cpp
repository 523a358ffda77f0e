// Which targets a section takes, and which of two sections wins.
#include <algorithm>
#include <cctype>

#include "glob.hpp"
#include "resolved.hpp"

namespace nanotune {
namespace {

bool same_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(
        a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool fact_fits(std::string_view key, std::string_view fact, std::string_view wanted) {
    if (key == "mac" || key == "pci") {
        return same_ignoring_case(fact, wanted);
    }
    return is_glob(wanted) ? glob_matches(wanted, fact) : fact == wanted;
}

bool has(const Candidate& candidate, std::string_view key, std::string_view wanted) {
    if (key == "kind" && wanted == "any") {
        return true;
    }
    return std::ranges::any_of(candidate.facts, [&](const auto& fact) {
        return fact.first == key && fact_fits(key, fact.second, wanted);
    });
}

bool has_all(const Candidate& candidate,
             const std::vector<std::pair<std::string, std::string>>& wanted) {
    return std::ranges::all_of(
        wanted, [&](const auto& pair) { return has(candidate, pair.first, pair.second); });
}

bool is_named(const Candidate& candidate, std::string_view name) {
    return candidate.device == name || candidate.has_fact("name", name) ||
           candidate.has_fact("altname", name);
}

bool is_in_glob(const Candidate& candidate, std::string_view pattern) {
    const std::string_view name =
        candidate.device.empty() ? std::string_view(candidate.target.name) : candidate.device;
    return glob_matches(pattern, name) ||
           std::ranges::any_of(candidate.facts, [&](const auto& fact) {
               return fact.first == "altname" && glob_matches(pattern, fact.second);
           });
}

}  // namespace

bool SectionSelector::takes(const Candidate& candidate) const {
    if (!queues.empty() && !candidate.ids.intersects(queues)) {
        return false;
    }
    if (!candidate.device.empty() && !has_all(candidate, when)) {
        return false;
    }
    const bool names_a_kind =
        std::ranges::any_of(match, [](const auto& pair) { return pair.first == "kind"; });
    if (candidate.by_name_only && kind != Kind::name && !names_a_kind) {
        return false;
    }
    switch (kind) {
        case Kind::whole:
            return true;
        case Kind::glob:
            return is_in_glob(candidate, text);
        case Kind::match:
            return has_all(candidate, match);
        case Kind::name:
            return is_named(candidate, text);
        case Kind::ids:
            return candidate.ids.intersects(ids);
    }
    return false;
}

bool SectionSelector::holds_on(std::span<const Candidate> nics) const {
    return when.empty() ||
           std::ranges::any_of(nics, [this](const Candidate& nic) { return has_all(nic, when); });
}

std::tuple<int, std::size_t> SectionSelector::rank() const {
    const int of_queues = queues.empty() ? 0 : 4;
    switch (kind) {
        case Kind::whole:
            return {of_queues, 0};
        case Kind::glob:
            return {of_queues + 1, 0};
        case Kind::match:
            return {of_queues + 2, match.size()};
        case Kind::name:
        case Kind::ids:
            break;
    }
    return {of_queues + 3, 0};
}

}  // namespace nanotune
