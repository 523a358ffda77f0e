#include "engine/survey.hpp"

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "engine/target_groups.hpp"

namespace nanotune {

std::string text_of(const SettingRef& setting, const Target& target) {
    return fmt::format("{} on {}", setting.full_name(), target.text());
}

std::vector<Place> places_of(std::span<const Change> changes) {
    std::vector<Place> places;
    places.reserve(changes.size());
    for (const Change& change : changes) {
        places.push_back({change.desired.setting, change.desired.candidate->target});
    }
    return places;
}

Result<std::vector<Candidate>> Survey::found(const Look& look, Discovery discovery) {
    // Should it hang, and return when others have taken over, it writes to what nobody uses any
    // more.
    const auto asked = [look, answers = answers_](System& system) {
        SteadySystem steady(system, *answers);
        return look(steady);
    };
    NT_TRY(auto answer, calls_.ask("looking for targets", asked,
                                   {.bank = nullptr, .target = {}, .discovery = discovery}));
    return answer;
}

Result<const Survey::Known*> Survey::known(Discovery discovery) {
    if (const auto found = known_.find(discovery); found != known_.end()) {
        return &found->second;
    }
    NT_TRY(std::vector<Candidate> list, found(discovery, discovery));
    Known known{.list = std::move(list), .by_target = {}};
    for (std::size_t i = 0; i < known.list.size(); ++i) {
        known.by_target.emplace(known.list[i].target, i);
    }
    return &known_.emplace(discovery, std::move(known)).first->second;
}

Result<const std::vector<Candidate>*> Survey::candidates(Discovery discovery) {
    NT_TRY(const Known* known, this->known(discovery));
    return &known->list;
}

Result<const std::vector<Candidate>*> Survey::candidates(Discovery discovery,
                                                         const std::string& device) {
    const bool receive = discovery == &discover::rx_queues;
    if ((!receive && discovery != &discover::tx_queues) || known_.contains(discovery)) {
        return candidates(discovery);
    }
    const std::pair place(discovery, device);
    if (const auto queues = queues_.find(place); queues != queues_.end()) {
        return &queues->second;
    }
    NT_TRY(const Known* nics, known(discover::nics));
    const auto nic = nics->by_target.find(Target::nic(device));
    if (nic == nics->by_target.end()) {
        return candidates(discovery);
    }
    const auto look = [receive, nic = Shared(nics->list[nic->second])](System& system) {
        return receive ? discover::rx_queues_of(system, nic) : discover::tx_queues_of(system, nic);
    };
    NT_TRY(std::vector<Candidate> queues, found(look, discovery));
    return &queues_.emplace(place, std::move(queues)).first->second;
}

Candidate Survey::candidate_of(const SettingRef& setting, const Target& target) {
    Candidate candidate{.target = target};
    if (const auto known = this->known(setting.bank->discovery())) {
        if (const auto found = (*known)->by_target.find(target);
            found != (*known)->by_target.end()) {
            candidate = (*known)->list[found->second];
        }
    }
    identify(setting, candidate);
    return candidate;
}

/// The NIC whose identity it lacks, or nullptr.
const Candidate* Survey::named_device_of(const SettingRef& setting, const Candidate& candidate) {
    if (candidate.identity.is_known()) {
        return nullptr;
    }
    const std::string device = candidate.target == Target::host()
                                   ? setting.bank->device_in(*setting.tunable)
                                   : std::string(candidate.target.device());
    if (device.empty()) {
        return nullptr;
    }
    const auto nics = known(discover::nics);
    if (!nics) {
        return nullptr;
    }
    const auto found = (*nics)->by_target.find(Target::nic(device));
    return found == (*nics)->by_target.end() ? nullptr : &(*nics)->list[found->second];
}

namespace {

void take_identity(Candidate& candidate, const Candidate& nic) {
    candidate.identity = nic.identity;
    if (candidate.device.empty() && !nic.fact("management").empty()) {
        candidate.facts.emplace_back("management", nic.fact("management"));
    }
}

}  // namespace

void Survey::identify(const SettingRef& setting, Candidate& candidate) {
    if (const Candidate* const nic = named_device_of(setting, candidate)) {
        take_identity(candidate, *nic);
    }
}

void Survey::identify(const SettingRef& setting, Shared<Candidate>& candidate) {
    if (const Candidate* const nic = named_device_of(setting, candidate)) {
        take_identity(candidate.own(), *nic);
    }
}

Result<Topology> Survey::topology() {
    if (!topology_) {
        NT_TRY(auto answer, calls_.ask("reading the CPU topology", [](System& system) {
            return observed_topology(system.files());
        }));
        NT_TRY(topology_, std::move(answer));
    }
    return *topology_;
}

Result<std::vector<Result<Reading>>> Survey::read(const std::vector<Place>& places) {
    TargetGroups groups;
    for (std::size_t i = 0; i < places.size(); ++i) {
        groups.add(places[i].setting.bank, places[i].target, i);
    }
    std::vector<Result<Reading>> readings;
    for (const TargetGroup& group : groups.list()) {
        std::vector<const Tunable*> tunables;
        tunables.reserve(group.positions.size());
        for (const std::size_t position : group.positions) {
            tunables.push_back(places[position].setting.tunable);
        }
        const Asked asked{.bank = group.bank, .target = group.target};
        const auto what = [&places, &group] {
            const std::string first = text_of(places[group.positions[0]].setting, group.target);
            return group.positions.size() == 1
                       ? "reading " + first
                       : fmt::format("reading {} and {} more", first, group.positions.size() - 1);
        };
        const auto read = [&group, &tunables](System& system) {
            return group.bank->read(system, group.target, tunables);
        };
        auto answers = calls_.ask(what, read, asked);
        if (!answers && !calls_.hangs(asked)) {
            return std::unexpected(std::move(answers).error());
        }
        if (answers && group.positions.size() == places.size()) {
            return *std::move(answers);
        }
        readings.resize(places.size(), Reading{});
        for (std::size_t i = 0; i < group.positions.size(); ++i) {
            readings[group.positions[i]] =
                answers ? std::move((*answers)[i]) : std::unexpected(answers.error());
        }
    }
    return readings;
}

void Survey::forget() {
    answers_ = std::make_shared<SteadyAnswers>();
    known_.clear();
    queues_.clear();
    topology_.reset();
}

void Survey::forget_queues() {
    std::erase_if(known_, [](const auto& known) { return known.first != &discover::nics; });
    queues_.clear();
    answers_->queues.clear();
    answers_->do_links_tell_limits = false;
    answers_->xdp_sockets.reset();  // a socket may have been bound to one
}

}  // namespace nanotune
