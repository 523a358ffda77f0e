// Reads the active state of features and changes the wanted one, in one exchange each: which of
// them cannot be changed is looked for once that was refused.
#include "features_bank.hpp"

#include <algorithm>

#include <nanotune/discover.hpp>

#include "feature_needs.hpp"
#include "feature_rows.hpp"
#include "lro.hpp"

namespace nanotune::nic {
namespace {

constexpr std::string_view prefix = "features.";
constexpr std::string_view any_other = "An offload that the kernel knows by this name.";

std::string kernel_name(const Tunable& tunable) {
    return std::string(tunable.name.substr(prefix.size()));
}

bool has_row(std::string_view name) {
    return std::ranges::find(packed<feature_rows>, name, &Tunable::name) !=
           std::end(packed<feature_rows>);
}

std::unexpected<Error> fixed(const std::string& name, const Target& nic, bool active) {
    return failure(ErrorCode::unsupported, name + " of " + nic.name + " is fixed by the driver; " +
                                               "it stays " + (active ? "on" : "off"));
}

std::unexpected<Error> absent(const std::string& name, const Target& nic) {
    return failure(ErrorCode::unsupported, nic.name + " has no feature " + name);
}

// Whether the driver lets the feature be changed.
Status changeable(const Features& features, const std::string& name, const Target& nic) {
    const auto found = features.find(name);
    if (found == features.end()) {
        return absent(name, nic);
    }
    return found->second.changeable ? Status{} : fixed(name, nic, found->second.active);
}

bool turns_on(const Assignment& assignment) {
    return std::get<bool>(assignment.value);
}

std::map<std::string, bool> wanted_by(std::span<const Assignment> assignments) {
    std::map<std::string, bool> wanted;
    for (const Assignment& assignment : assignments) {
        wanted[kernel_name(*assignment.tunable)] = std::get<bool>(assignment.value);
    }
    return wanted;
}

bool turns_lro_on(const Assignment& assignment) {
    return turns_on(assignment) && kernel_name(*assignment.tunable) == "rx-lro";
}

/// The kernel says no more than that it is not so.
Status explained(System& system, const Target& nic, const Assignment& missed,
                 const Status& written) {
    const auto above = turns_lro_on(missed) ? lro_off_above(system, nic.name) : std::nullopt;
    return above ? failure(ErrorCode::conflict,
                           "the kernel keeps it off: it is off on " + above->device + ", above it")
                 : written;
}

/// Those that can be changed, without the others, of which the kernel took none where it does not
/// know one. `together` is what it said of all.
Status written_alone(System& system, const Target& nic, const std::map<std::string, bool>& some,
                     std::size_t all, const Status& together) {
    return some.empty() || some.size() == all ? together
                                              : system.ethtool().set_features(nic.name, some);
}

/// What became of each after the kernel did not take all together.
std::vector<Status> outcomes_of_some(System& system, const Target& nic,
                                     std::span<const Assignment> assignments,
                                     const Status& together) {
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    const auto features = system.ethtool().features(nic.name);
    std::map<std::string, bool> some;
    for (const Assignment& assignment : assignments) {
        const std::string name = kernel_name(*assignment.tunable);
        outcomes.push_back(features ? changeable(*features, name, nic)
                                    : Status(std::unexpected(features.error())));
        if (outcomes.back()) {
            some[name] = std::get<bool>(assignment.value);
        }
    }
    const Status written = written_alone(system, nic, some, assignments.size(), together);
    if (written || some.empty()) {
        return outcomes;
    }
    // The driver may have taken some of them.
    const auto now = system.ethtool().features(nic.name).value_or(Features{});
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        const auto found = now.find(kernel_name(*assignments[i].tunable));
        const bool is_active = found != now.end() && found->second.active;
        if (outcomes[i] && is_active != std::get<bool>(assignments[i].value)) {
            outcomes[i] = explained(system, nic, assignments[i], written);
        }
    }
    return outcomes;
}

Reading reading_of(const Feature& feature) {
    const bool is_overruled = feature.changeable && feature.wanted != feature.active;
    return {.value = feature.active,
            .note = feature.changeable ? "" : "fixed",
            .is_fixed = !feature.changeable,
            .requested = is_overruled ? std::optional<Value>(feature.wanted) : std::nullopt};
}

}  // namespace

std::vector<const Tunable*> FeaturesBank::tunables() const {
    std::vector<const Tunable*> all;
    for (const Tunable& row : packed<feature_rows>) {
        all.push_back(&row);
    }
    return all;
}

Result<std::optional<Tunable>> FeaturesBank::open(std::string_view name) const {
    const std::string_view feature_name =
        name.starts_with(prefix) ? name.substr(prefix.size()) : std::string_view{};
    // All of the kernel's have a hyphen; without one it is a misspelt short name.
    if (!feature_name.contains('-') ||
        feature_name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") !=
            std::string_view::npos) {
        return std::nullopt;
    }
    return feature(name, "", any_other);
}

std::vector<Tunable> FeaturesBank::patterns() const {
    return {feature("features.NAME", "", any_other)};
}

std::vector<std::string> FeaturesBank::open_names(System& system) const {
    std::vector<std::string> names;
    for (const Candidate& nic : discover::nics(system).value_or(std::vector<Candidate>{})) {
        for (const auto& [name, state] :
             system.ethtool().features(nic.device).value_or(Features{})) {
            std::string full = std::string(prefix).append(name);
            if (state.changeable && name.contains('-') && !has_row(full)) {
                names.push_back(std::move(full));
            }
        }
    }
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

std::vector<Result<Reading>> FeaturesBank::read(System& system, const Target& target,
                                                std::span<const Tunable* const> wanted) const {
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    const auto features = system.ethtool().features(target.name);
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            if (!features) {
                return std::unexpected(features.error());
            }
            const std::string name = kernel_name(*tunable);
            const auto found = features->find(name);
            if (found == features->end()) {
                return absent(name, target);
            }
            return reading_of(found->second);
        }());
    }
    return readings;
}

std::vector<Status> FeaturesBank::may_hold(System& system, const Target& target,
                                           std::span<const Assignment> assignments) const {
    std::vector<Status> statuses(assignments.size());
    if (std::ranges::none_of(assignments, turns_on)) {
        return statuses;  // nothing keeps a feature on
    }
    const auto features = system.ethtool().features(target.name);
    if (!features) {
        return statuses;  // reading says so
    }
    const auto reasons = kept_off(*features, wanted_by(assignments));
    const auto lro = features->find("rx-lro");
    const bool has_lro = lro != features->end() && lro->second.active;
    for (std::size_t i = 0; i < assignments.size(); ++i) {
        const auto reason = reasons.find(kernel_name(*assignments[i].tunable));
        if (reason != reasons.end()) {
            statuses[i] =
                failure(ErrorCode::conflict, "the kernel would keep it off: it " + reason->second);
        } else if (turns_lro_on(assignments[i]) && !has_lro) {
            const std::string why = reason_against_lro(system, target.name);
            statuses[i] = why.empty() ? Status() : failure(ErrorCode::conflict, why);
        }
    }
    return statuses;
}

std::vector<Status> FeaturesBank::write(System& system, const Target& target,
                                        std::span<const Assignment> assignments) const {
    const Status together = system.ethtool().set_features(target.name, wanted_by(assignments));
    return together ? std::vector<Status>(assignments.size())
                    : outcomes_of_some(system, target, assignments, together);
}

Status FeaturesBank::may_write(System& system, const Target& target, const Tunable& tunable) const {
    if (system.has(Capability::net_admin)) {
        return {};
    }
    return failure(ErrorCode::denied, std::string(name_of(Capability::net_admin)) +
                                          " is missing, which " + std::string(tunable.name) +
                                          " of " + target.name + " needs");
}

Result<Inquiry> FeaturesBank::witness(System& /*system*/, const Target& target,
                                      const Tunable& tunable) const {
    const std::string name = kernel_name(tunable) + ":";
    return inquiry_of({.command = "ethtool --show-features {}",
                       .label = tunable.witness.label.empty() ? name : tunable.witness.label},
                      target);
}

}  // namespace nanotune::nic
