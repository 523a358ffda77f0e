#include "driver_names_bank.hpp"

#include <algorithm>

#include "permission.hpp"

namespace nanotune::nic {
namespace {

/// It becomes a word of a profile, and part of paths.
bool can_be_a_name(std::string_view name) {
    return !name.empty() && name.front() != '.' && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '-' || c == '.';
    });
}

}  // namespace

Result<std::optional<Tunable>> DriverNamesBank::open(std::string_view name) const {
    if (!name.starts_with(prefix_) || !can_be_a_name(name.substr(prefix_.size()))) {
        return std::nullopt;
    }
    Tunable opened = tunable_of(name.substr(prefix_.size()));
    opened.name = name;
    return opened;
}

std::vector<Tunable> DriverNamesBank::patterns() const {
    Tunable any = tunable_of(pattern_.substr(prefix_.size()));
    any.name = pattern_;
    return {any};
}

std::vector<std::string> DriverNamesBank::open_names(System& system) const {
    std::vector<std::string> names;
    for (const Candidate& nic : discovery()(system).value_or(std::vector<Candidate>{})) {
        for (const std::string& name : driver_names(system, nic.target)) {
            if (can_be_a_name(name)) {
                names.push_back(std::string(prefix_) + name);
            }
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

Status DriverNamesBank::may_write(System& system, const Target& target,
                                  const Tunable& tunable) const {
    return may_administer(system, target, tunable);
}

}  // namespace nanotune::nic
