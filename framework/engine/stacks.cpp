#include "engine/stacks.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "engine/readable.hpp"

namespace nanotune {
namespace {

/// Devices that hand everything to the one below, and so cannot have more than that.
bool is_carried(const Candidate& candidate) {
    constexpr std::array<std::string_view, 4> kinds = {"vlan", "macvlan", "macvtap", "macsec"};
    return candidate.identity.lower != 0 &&
           std::ranges::find(kinds, candidate.identity.kind) != kinds.end();
}

const Desired* wish_for(const std::vector<Desired>& desired, const Tunable* tunable,
                        const Target& target) {
    const auto found = std::ranges::find_if(desired, [&](const Desired& one) {
        return one.setting.tunable == tunable && one.candidate->target == target;
    });
    return found == desired.end() ? nullptr : &*found;
}

/// The device below, and what it has or is to have.
struct Lower {
    Target target;
    std::int64_t value = 0;
    const Desired* wish = nullptr;  ///< nullptr where nothing is wanted of it
};

std::optional<Lower> lower_of(const Desired& upper, const std::vector<Desired>& desired,
                              Survey& survey) {
    const auto all = survey.candidates(upper.setting.bank->discovery());
    if (!all) {
        return std::nullopt;
    }
    const auto below = std::ranges::find_if(**all, [&upper](const Candidate& candidate) {
        return candidate.identity.index == upper.candidate->identity.lower;
    });
    if (below == (**all).end()) {
        return std::nullopt;
    }
    Lower lower{.target = below->target};
    lower.wish = wish_for(desired, upper.setting.tunable, lower.target);
    if (lower.wish != nullptr) {
        lower.value = std::get<std::int64_t>(lower.wish->value);
        return lower;
    }
    const auto readings = survey.read({{upper.setting, lower.target}});
    if (!readings || !readings->front()) {
        return std::nullopt;
    }
    lower.value = std::get<std::int64_t>(readings->front()->value);
    return lower;
}

Error misfit(const Desired& upper, const Lower& lower) {
    const Domain& domain = upper.setting.tunable->domain;
    const std::string beginning = fmt::format("{}: {} = {} is more than {}", upper.origin.text(),
                                              text_of(upper.setting, upper.candidate->target),
                                              readable(domain, upper.value), lower.target.text());
    const std::string most = readable(domain, Value(lower.value));
    return {.code = ErrorCode::conflict,
            .message = lower.wish == nullptr
                           ? fmt::format("{}, which carries it, has: {}; no line raises that",
                                         beginning, most)
                           : fmt::format("{}, which carries it, is given by {}: {}", beginning,
                                         lower.wish->origin.text(), most)};
}

}  // namespace

bool add_members(std::vector<Desired>& desired, HostView& host) {
    const std::size_t count = desired.size();
    for (std::size_t i = 0; i < count; ++i) {
        if (!desired[i].setting.tunable->along_stack || !desired[i].missing.empty()) {
            continue;
        }
        for (const Candidate& member : host.candidates(discover::nics)) {
            if (member.fact("bond") != desired[i].candidate->device || member.device.empty() ||
                desired[i].candidate->device.empty()) {
                continue;
            }
            Desired wish = desired[i];
            wish.candidate = member;
            wish.note = fmt::format("a member of {}", desired[i].candidate->device);
            desired.push_back(std::move(wish));
        }
    }
    return desired.size() > count;
}

Problems misfits_of_stacks(Survey& survey, const std::vector<Desired>& desired,
                           const std::vector<Result<Reading>>& readings) {
    Problems problems;
    for (std::size_t i = 0; i < desired.size(); ++i) {
        const Desired& upper = desired[i];
        if (!upper.setting.tunable->along_stack || !readings[i] || !is_carried(upper.candidate)) {
            continue;
        }
        const auto lower = lower_of(upper, desired, survey);
        if (lower && std::get<std::int64_t>(upper.value) > lower->value) {
            problems.push_back(misfit(upper, *lower));
        }
    }
    return problems;
}

}  // namespace nanotune
