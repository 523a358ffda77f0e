#include "engine/setting_desires.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "engine/absence.hpp"
#include "engine/claims.hpp"
#include "engine/readable.hpp"

namespace nanotune {
namespace {

struct ClaimPlace {
    std::size_t bank;       // of the bank's first mention
    std::size_t candidate;  // as discovered
    std::size_t setting;    // of the setting's first mention
    SettingRef ref;
    bool operator<(const ClaimPlace& other) const {
        return std::tie(bank, candidate, setting) <
               std::tie(other.bank, other.candidate, other.setting);
    }
};

class Collection {
  public:
    Collection(HostView& host, StageDesires& desires)
        : host_(host), waiting_(desires), desired_(desires.desired) {}

    void run() {
        for (const LiveSection& live : host_.sections()) {
            if (live.section->is_cut) {
                name_missing(live);
            }
            for (const ResolvedSetting& setting : live.section->settings) {
                add(live, setting);
            }
            for (const ResolvedUnset& unset : live.section->unset) {
                drop(live, unset);
            }
        }
        auto winners = claims_.take();
        desired_.reserve(desired_.size() + winners.size());
        for (auto& [place, claim] : winners) {
            if (claim.value) {
                desire(place, std::move(claim));
            }
        }
    }

  private:
    /// Put together where it stays: it is large. What is wanted of one target comes together.
    void desire(const ClaimPlace& place, Claim&& claim) {
        const Candidate& there = host_.candidates(place.ref.bank->discovery())[place.candidate];
        if (std::exchange(latest_, &there) != &there) {
            shared_ = there;
        }
        Desired& desired = desired_.emplace_back(place.ref, *shared_);
        desired.missing = queues_beyond(*place.ref.tunable, *claim.value, there);
        desired.coming = host_.coming(there.target);
        desired.value = *std::move(claim.value);
        desired.origin = std::move(claim.origin);
        desired.optional = claim.optional;
        desired.at_least = claim.at_least;
        desired.by_exact_name = claim.by_exact_name;
        desired.group = std::move(claim.group);
        host_.survey().identify(place.ref, desired.candidate);
    }

    void add(const LiveSection& live, const ResolvedSetting& setting) {
        std::optional<Value> value;
        for (const SettingRef& ref : setting.settings) {
            if (ref.bank->stage() != host_.stage()) {
                continue;
            }
            if (!value) {
                auto found = value_of(setting, host_);
                if (!found && is_excused(setting, found.error(), live, waiting_)) {
                    return;
                }
                value = host_.kept(std::move(found));
            }
            if (!value || !host_.cpus_fit(*ref.tunable, *value, setting.origin)) {
                name_missing(live);
                return;
            }
            add(live, setting, ref, *value);
        }
    }

    void add(const LiveSection& live, const ResolvedSetting& setting, const SettingRef& ref,
             const Value& value) {
        const auto& list = host_.candidates(ref.bank->discovery());
        bool is_selected = false;
        for (std::size_t i = 0; i < list.size(); ++i) {
            if (!live.selector.takes(list[i])) {
                continue;
            }
            is_selected = true;
            claim(place_of(ref, i),
                  {.layer = live.section->layer,
                   .rank = live.selector.rank(),
                   .value = value,
                   .rows = {},
                   .tunable = ref.tunable,
                   .origin = setting.origin,
                   .optional = setting.optional,
                   .at_least = setting.at_least,
                   .by_exact_name = live.selector.kind == SectionSelector::Kind::name,
                   .group = setting.settings.size() > 1
                                ? fmt::format("{} {}", setting.key, list[i].target.text())
                                : std::string()});
        }
        if (!is_selected) {
            explain(live, setting, ref, value);
        } else if (!live.selector.queues.empty() && is_of_queues(*ref.bank)) {
            tell_lost(live, setting, *ref.bank);
        }
    }

    /// Queues of which the section has only some: an error where it names the device.
    void tell_lost(const LiveSection& live, const ResolvedSetting& setting, const Bank& bank) {
        for (const LostQueues& queues :
             lost_queues(live.selector, host_.candidates(bank.discovery()))) {
            std::string text = fmt::format(
                "{}: {} has no queue {}; there are {}{}", live.section->origin.text(),
                queues.device, queues.lost.list(), queues.left.list(), left_by(live, bank));
            if (live.selector.kind == SectionSelector::Kind::name && !setting.optional) {
                add_once(live, std::move(text));
            } else if (std::ranges::find(waiting_.warnings, text) == waiting_.warnings.end()) {
                waiting_.warnings.push_back(std::move(text));
            }
        }
    }

    /// Which queues of the device's own a value names that it does not receive with; "" for none.
    std::string queues_beyond(const Tunable& tunable, const Value& value, const Candidate& at) {
        const CpuSet* named = std::get_if<CpuSet>(&value);
        if (named == nullptr || tunable.domain.numbers != Domain::Numbers::queues) {
            return {};
        }
        CpuSet there;
        for (const Candidate& queue : host_.candidates(discover::rx_queues)) {
            there = queue.device == at.device ? there | queue.ids : there;
        }
        const CpuSet lost = *named - there;
        return lost.empty() ? std::string()
                            : fmt::format("{} does not receive with queue {}; there are {}",
                                          at.device, lost.list(), there.list());
    }

    void drop(const LiveSection& live, const ResolvedUnset& unset) {
        for (const SettingRef& ref : unset.settings) {
            if (ref.bank->stage() != host_.stage()) {
                continue;
            }
            const auto& list = host_.candidates(ref.bank->discovery());
            for (std::size_t i = 0; i < list.size(); ++i) {
                if (live.selector.takes(list[i])) {
                    claim(place_of(ref, i), {.layer = live.section->layer,
                                             .rank = live.selector.rank(),
                                             .value = {},
                                             .rows = {},
                                             .tunable = ref.tunable,
                                             .origin = unset.origin,
                                             .group = {}});
                }
            }
        }
    }

    void claim(const ClaimPlace& place, Claim&& claim) {
        if (auto added = claims_.add(place, std::move(claim)); !added) {
            host_.add(std::move(added).error());
        }
    }

    void explain(const LiveSection& live, const ResolvedSetting& setting, const SettingRef& ref,
                 const Value& value) {
        if (live.section->plugin->selector == Selector::label) {
            waiting_.waiting.push_back(
                {.setting = ref.full_name(),
                 .target = {.kind = live.section->plugin->name, .name = live.selector.text},
                 .wanted = readable(ref.tunable->domain, value),
                 .origin = setting.origin,
                 .message = "nothing matches yet: apply again once it is there"});
            return;
        }
        Absence absence = absence_of(live, ref.bank->discovery(), host_);
        if (absence.kind == Absence::Kind::not_there) {
            add_once(live, std::move(absence.message));
        } else if (absence.kind == Absence::Kind::no_queue && is_unsettled(live) &&
                   !is_of_queues(*ref.bank)) {
            waiting_.waiting.push_back(
                {.setting = fmt::format("{}.{}", live.section->plugin->name, setting.key),
                 .origin = setting.origin,
                 .message =
                     "decided once the queues are changed; as they are: " + absence.message});
        } else if (absence.kind == Absence::Kind::no_queue && !setting.optional) {
            add_once(live, std::move(absence.message) + left_by(live, *ref.bank));
        } else if (absence.kind == Absence::Kind::unsupported ||
                   absence.kind == Absence::Kind::no_queue) {
            desired_.push_back({.setting = ref,
                                .candidate = Candidate{.target = absence.target},
                                .value = value,
                                .origin = setting.origin,
                                .optional = setting.optional,
                                .group = setting.settings.size() > 1 ? setting.key : std::string(),
                                .missing = std::move(absence.message)});
        }
    }

    /// Whatever is wrong with what the section says, too, of what it names.
    void name_missing(const LiveSection& live) {
        if (live.section->plugin->selector == Selector::label) {
            return;
        }
        Absence absence = absence_of(live, host_);
        if (absence.kind == Absence::Kind::not_there) {
            add_once(live, std::move(absence.message));
        }
    }

    void add_once(const LiveSection& live, std::string message) {
        if (explained_.insert(live.section).second) {
            host_.add({.code = ErrorCode::not_found, .message = std::move(message)});
        }
    }

    /// Interrupts come with the channels, under numbers that nobody knows before; how many queues
    /// there will be is known.
    static bool is_of_queues(const Bank& bank) {
        return bank.discovery() == discover::rx_queues || bank.discovery() == discover::tx_queues;
    }

    /// The line that leaves so few queues; "" for none.
    std::string left_by(const LiveSection& live, const Bank& bank) {
        SectionSelector device = live.selector;
        device.queues = {};
        for (const Candidate& nic : host_.candidates(discover::nics)) {
            const Origin* line =
                host_.foreseen().queues_set_at(nic.device, bank.discovery() == discover::rx_queues);
            if (line != nullptr && device.takes(nic)) {
                return fmt::format(", as {} wants it", line->text());
            }
        }
        return "";
    }

    /// A queue may come with the channels that the same profile asks for.
    bool is_unsettled(const LiveSection& live) {
        SectionSelector device = live.selector;
        device.queues = {};
        return std::ranges::any_of(host_.candidates(discover::nics), [&](const Candidate& nic) {
            return host_.foreseen().is_unsettled(nic.device) && device.takes(nic);
        });
    }

    ClaimPlace place_of(const SettingRef& ref, std::size_t candidate) {
        const std::size_t bank = banks_.try_emplace(ref.bank, banks_.size()).first->second;
        const std::size_t setting =
            settings_.try_emplace(ref.tunable, settings_.size()).first->second;
        return {bank, candidate, setting, ref};
    }

    HostView& host_;
    StageDesires& waiting_;
    Claims<ClaimPlace> claims_;
    std::map<const Bank*, std::size_t> banks_;
    std::map<const Tunable*, std::size_t> settings_;
    std::set<const ResolvedSection*> explained_;
    std::vector<Desired>& desired_;
    const Candidate* latest_ = nullptr;             // of those that were discovered
    std::optional<Shared<Candidate>> shared_ = {};  // the same, for desires
};

}  // namespace

void add_setting_desires(HostView& host, StageDesires& desires) {
    Collection(host, desires).run();
}

bool is_excused(const ResolvedSetting& setting, const Error& error, const LiveSection& live,
                StageDesires& desires) {
    if (!setting.optional || error.code != ErrorCode::unsupported) {
        return false;
    }
    desires.waiting.push_back(
        {.setting = fmt::format("{}.{}", live.section->plugin->name, setting.key),
         .origin = setting.origin,
         .message = error.message,
         .is_unsupported = true});
    return true;
}

}  // namespace nanotune
