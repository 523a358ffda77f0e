#include "engine/carriers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nanotune {
namespace {

constexpr std::chrono::milliseconds between_looks{50};
// A partner that speaks LACP at its slow rate answers every 30 s.
constexpr int patience_for_bonds = 4;

}  // namespace

/// As the device and its bond are before it is changed.
void Carriers::note(const Candidate& candidate) {
    const std::string& device = candidate.device;
    if (const std::string bond(candidate.fact("bond")); !bond.empty()) {
        if (!bonds_.contains(bond)) {
            wait_for_recalled();  // one of them may be its other member
            bonds_.emplace(bond, state_of(bond).value_or(BondState()));
        }
        members_.emplace(device, bond);
    }
    if (seen_.insert(device).second && (is_listed_with_carrier(device) || has_carrier(device))) {
        expected_.insert(device);
    }
}

bool Carriers::may_take(const Change& change) {
    if (!may_take_link(change)) {
        return false;
    }
    note(change.desired.candidate);
    return expected_.contains(change.desired.candidate->device);
}

void Carriers::recall(const std::string& device, bool is_known) {
    seen_.insert(device);
    expected_.insert(device);
    recalled_.emplace(device, is_known);
}

void Carriers::expect(const std::vector<const Change*>& changes) {
    for (const Change* change : changes) {
        const std::string& device = change->desired.candidate->device;
        if (may_take(*change) && !lost_.contains(device)) {
            changed_.insert(device);
        }
    }
    is_changing_ = true;
}

Status Carriers::spare(const Turn& turn) {
    for (const auto& [member, candidate] : turn.members) {
        NT_CHECK(spare(std::string(candidate.fact("bond")), member));
    }
    return {};
}

/// A bond that had one link at most has none to keep.
Status Carriers::spare(const std::string& bond, const std::string& member) {
    const auto known = bonds_.find(bond);
    if (known == bonds_.end() || known->second.working.size() < 2) {
        return {};
    }
    const auto end = end_of_patience(patience_for_bonds);
    bool is_told = false;
    while (true) {
        const auto now = state_of(bond);
        if (now && (now->works_without(member) || !now->works_with(member))) {
            return {};
        }
        if (is_over(end)) {
            return failure(ErrorCode::refused,
                           now ? fmt::format("{} is the last member of {} that works; without a "
                                             "link: {}",
                                             member, bond, fmt::join(now->idle, ", "))
                               : Error(now.error()).within(bond).message);
        }
        if (!std::exchange(is_told, true)) {
            tell(fmt::format("waiting for another member of {} than {}", bond, member));
        }
        survey_.calls().clock().sleep(between_looks);
    }
}

Result<BondState> Carriers::state_of(const std::string& bond) {
    NT_TRY(auto links, survey_.calls().ask("looking for the members of " + bond,
                                           [](System& system) { return system.links().list(); }));
    NT_TRY(const std::vector<Link> found, std::move(links));
    return state_of_bond(bond, found);
}

/// A device that cannot be asked is not waited for.
bool Carriers::has_carrier(const std::string& device) {
    const auto link =
        survey_.calls().ask("looking for the carrier of " + device,
                            [device](System& system) { return system.links().link(device); });
    return link && *link && (*link)->has_carrier;
}

/// As good as being asked, before anything is changed.
bool Carriers::is_listed_with_carrier(const std::string& device) const {
    const auto answers = survey_.answers();
    if (is_changing_ || !answers->links || !answers->do_links_tell_limits) {
        return false;
    }
    const auto listed = std::ranges::find(*answers->links, device, &Link::name);
    return listed != answers->links->end() && listed->has_carrier;
}

bool Carriers::is_back(const std::string& device) {
    const auto bond = members_.find(device);
    if (!has_carrier(device)) {
        return false;
    }
    if (bond == members_.end() || !bonds_.at(bond->second).works_with(device)) {
        return true;
    }
    const auto now = state_of(bond->second);
    return now && now->works_with(device);
}

CallClock::Time Carriers::end_of_patience(int times) const {
    return survey_.calls().clock().now() +
           std::min<CallClock::Duration>(how_.patience * times, survey_.calls().time_left() / 2);
}

bool Carriers::is_over(CallClock::Time end) const {
    return survey_.calls().clock().now() >= end ||
           (how_.cancelled != nullptr && how_.cancelled->load());
}

void Carriers::tell(const std::string& what) const {
    if (how_.doing) {
        how_.doing(what);
    }
}

void Carriers::wait() {
    wait_for(std::exchange(changed_, {}));
}

void Carriers::wait_for(const std::set<std::string>& devices) {
    std::vector<std::string> away(devices.begin(), devices.end());
    std::erase_if(away, [this](const std::string& device) { return is_back(device); });
    if (away.empty()) {
        return;
    }
    was_away_ = true;
    tell(fmt::format("waiting for the carrier of {}", fmt::join(away, ", ")));
    const bool is_of_bond = std::ranges::any_of(
        away, [this](const std::string& device) { return members_.contains(device); });
    const auto end = end_of_patience(is_of_bond ? patience_for_bonds : 1);
    while (!away.empty() && !is_over(end)) {
        survey_.calls().clock().sleep(between_looks);
        std::erase_if(away, [this](const std::string& device) { return is_back(device); });
    }
    lost_.insert(away.begin(), away.end());
}

void Carriers::wait_for_recalled() {
    std::set<std::string> devices;
    for (const auto& [device, is_known] : recalled_) {
        if (!lost_.contains(device)) {
            devices.insert(device);
        }
    }
    wait_for(devices);
}

std::vector<std::string> Carriers::missing() {
    std::vector<std::string> notes;
    for (const std::string& device : lost_) {
        const auto recalled = recalled_.find(device);
        if (!has_carrier(device)) {
            if (recalled == recalled_.end() || recalled->second) {
                notes.push_back(
                    fmt::format("{} had a carrier before it was changed, and has none {}", device,
                                recalled == recalled_.end() ? "since" : "now"));
            }
        } else if (!is_back(device)) {
            notes.push_back(fmt::format("{} has its carrier again, but {} does not use it yet",
                                        device, members_.at(device)));
        }
    }
    return notes;
}

Carriers Carriers::for_undoing(CarrierWait how) const {
    Carriers again(survey_, std::move(how));
    again.is_changing_ = true;
    again.seen_ = seen_;
    again.expected_ = expected_;
    again.bonds_ = bonds_;
    again.members_ = members_;
    return again;
}

}  // namespace nanotune
