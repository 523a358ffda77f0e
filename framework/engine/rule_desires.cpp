#include "engine/rule_desires.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "engine/absence.hpp"
#include "engine/claims.hpp"
#include "engine/readable.hpp"
#include "engine/setting_desires.hpp"

namespace nanotune {
namespace {

using Selected = std::map<std::string, std::vector<Candidate>, std::less<>>;

/// One rule of one plugin on this host.
class RuleCollection {
  public:
    RuleCollection(const Plugin& plugin, const Rule& rule, HostView& host, StageDesires& desires)
        : plugin_(plugin), rule_(rule), host_(host), desires_(desires) {}

    void run() {
        for (const LiveSection& live : host_.sections()) {
            if (live.section->plugin == &plugin_) {
                add(live);
            }
        }
        const auto& candidates = host_.candidates(rule_.discovery());
        for (const auto& [candidate, said] : said_) {
            derive(candidates[candidate], said);
        }
    }

  private:
    using Said = Claims<const Tunable*>;

    void add(const LiveSection& live) {
        for (const ResolvedSetting& setting : live.section->settings) {
            if (setting.parameter.rule != &rule_) {
                continue;
            }
            auto found = setting_of(setting, host_);
            if (!found && is_excused(setting, found.error(), live, desires_)) {
                continue;
            }
            auto understood = host_.kept(std::move(found));
            if (!understood || !cpus_fit(*understood)) {
                name_missing(live);
                continue;
            }
            add(live, setting, *understood);
        }
        for (const ResolvedUnset& unset : live.section->unset) {
            if (unset.parameter.rule == &rule_) {
                claim(live, Claim{.value = {},
                                  .rows = {},
                                  .tunable = unset.parameter.parameter,
                                  .origin = unset.origin,
                                  .group = {}});
            }
        }
    }

    /// Whatever there is for them yet: the CPUs are known. Says all that are not.
    [[nodiscard]] bool cpus_fit(const Setting& said) {
        bool all = host_.cpus_fit(*said.parameter, said.value, said.origin);
        for (const Settings& row : said.rows) {
            for (const Setting& column : row.entries) {
                all = cpus_fit(column) && all;
            }
        }
        return all;
    }

    void add(const LiveSection& live, const ResolvedSetting& setting, const Setting& understood) {
        if (claim(live, Claim{.value = understood.value,
                              .rows = understood.rows,
                              .tunable = understood.parameter,
                              .origin = understood.origin,
                              .optional = setting.optional,
                              .group = {}})) {
            return;
        }
        if (plugin_.selector == Selector::label) {
            await(live, understood);
            return;
        }
        name_missing(live);
        if (absence_of(live, host_).kind == Absence::Kind::unsupported) {
            miss(setting);
        }
    }

    /// All that the section finds is the host itself.
    void miss(const ResolvedSetting& setting) {
        Error none{.code = ErrorCode::unsupported,
                   .message = "this host has no physical NIC that it could be for"};
        const std::string name = fmt::format("{}.{}", plugin_.name, setting.key);
        if (setting.optional) {
            desires_.waiting.push_back({.setting = name,
                                        .origin = setting.origin,
                                        .message = std::move(none.message),
                                        .is_unsupported = true});
        } else {
            host_.add(std::move(none).within(setting.origin.text() + ": " + name));
        }
    }

    /// Once, where the section names what is not there.
    void name_missing(const LiveSection& live) {
        if (plugin_.selector == Selector::label || !explained_.insert(live.section).second) {
            return;
        }
        Absence absence = absence_of(live, rule_.discovery(), host_);
        if (absence.kind == Absence::Kind::not_there) {
            host_.add({.code = ErrorCode::not_found, .message = std::move(absence.message)});
        }
    }

    /// One line for all that the section says.
    void await(const LiveSection& live, const Setting& understood) {
        const auto [place, is_new] = awaited_.try_emplace(live.section, desires_.waiting.size());
        if (is_new) {
            desires_.waiting.push_back(
                {.setting = fmt::format("{}.{}", plugin_.name, live.selector.text),
                 .target = {.kind = plugin_.name, .name = live.selector.text},
                 .origin = live.section->origin,
                 .message = "nothing matches yet: apply again once it has started"});
        }
        std::string& wanted = desires_.waiting[place->second].wanted;
        wanted += fmt::format("{}{}", wanted.empty() ? "" : ", ", in_words(understood));
    }

    /// "policy fifo", and "threads (name rx-*, priority 5)" for rows.
    static std::string in_words(const Setting& said) {
        const Tunable& parameter = *said.parameter;
        if (said.rows.empty()) {
            return fmt::format("{} {}", parameter.name, readable(parameter.domain, said.value));
        }
        std::string text(parameter.name);
        for (const Settings& row : said.rows) {
            std::vector<std::string> cells;
            std::ranges::transform(row.entries, std::back_inserter(cells), in_words);
            text += fmt::format(" ({})", fmt::join(cells, ", "));
        }
        return text;
    }

    /// Whether the section selects anything.
    bool claim(const LiveSection& live, Claim claim) {
        claim.layer = live.section->layer;
        claim.rank = live.selector.rank();
        claim.by_exact_name = live.selector.kind == SectionSelector::Kind::name;
        const auto& candidates = host_.candidates(rule_.discovery());
        bool is_selected = false;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (live.selector.takes(candidates[i])) {
                is_selected = true;
                if (auto added = said_[i].add(claim.tunable, claim); !added) {
                    host_.add(std::move(added).error());
                }
            }
        }
        return is_selected;
    }

    void derive(const Candidate& candidate, const Said& said) {
        Settings settings;
        bool by_exact_name = false;
        bool is_optional = true;
        for (const auto& [parameter, claim] : said.winners()) {
            if (claim.value) {
                settings.entries.push_back({parameter, *claim.value, claim.rows, claim.origin});
                by_exact_name = by_exact_name || claim.by_exact_name;
                is_optional = is_optional && claim.optional;
            }
        }
        if (settings.entries.empty()) {
            return;
        }
        const Selected selected = selected_by_labels();
        const std::function<std::vector<Candidate>(std::string_view)> lookup =
            [&selected](std::string_view plugin) {
                const auto found = selected.find(plugin);
                return found == selected.end() ? std::vector<Candidate>{} : found->second;
            };
        const RuleInput input{candidate, settings, host_.topology(), lookup,
                              host_.foreseen().planned()};
        auto wishes = host_.kept(host_.survey().calls().ask(
            fmt::format("{} on {}", plugin_.name, candidate.target.text()),
            [&](System& system) { return rule_.derive(system, input); }));
        if (!wishes) {
            return;
        }
        if (!*wishes) {
            refuse(std::move(*wishes).error(), candidate, settings, is_optional);
            return;
        }
        for (Wish& wish : **wishes) {
            grant(candidate, std::move(wish), by_exact_name, is_optional);
        }
    }

    void refuse(Problems problems, const Candidate& candidate, const Settings& settings,
                bool is_optional) {
        const bool is_unsupported = std::ranges::all_of(
            problems, [](const Error& p) { return p.code == ErrorCode::unsupported; });
        const bool is_unsettled =
            host_.foreseen().is_unsettled(candidate.device) &&
            std::ranges::find(problems, ErrorCode::conflict, &Error::code) == problems.end();
        if (!is_unsettled && (!is_optional || !is_unsupported)) {
            host_.add(std::move(problems));
            return;
        }
        desires_.waiting.push_back(
            {.setting = fmt::format("{} on {}", plugin_.name, candidate.target.text()),
             .origin = settings.entries.front().origin,
             .message =
                 is_unsettled
                     ? fmt::format("decided once the queues of {} are changed; as they are: {}",
                                   candidate.device, problems.front().message)
                     : problems.front().message,
             .is_unsupported = !is_unsettled});
    }

    Selected selected_by_labels() {
        Selected selected;
        for (const LiveSection& live : host_.sections()) {
            const Plugin& other = *live.section->plugin;
            if (&other == &plugin_ || other.selector != Selector::label) {
                continue;
            }
            for (const auto& rule : other.rules) {
                for (const Candidate& candidate : host_.candidates(rule->discovery())) {
                    if (live.selector.takes(candidate)) {
                        selected[other.name].push_back(candidate);
                    }
                }
            }
        }
        return selected;
    }

    void grant(const Candidate& from, Wish wish, bool by_exact_name, bool is_optional) {
        for (const auto& bank : plugin_.banks) {
            const auto tunables = bank->tunables();
            const auto found = std::ranges::find(tunables, wish.setting, &Tunable::name);
            if (found == tunables.end()) {
                continue;
            }
            const SettingRef ref{&plugin_, bank.get(), *found};
            Candidate candidate = wish.pending ? Candidate{.target = wish.target}
                                               : host_.survey().candidate_of(ref, wish.target);
            if (candidate.device.empty()) {
                candidate.device = from.device;
            }
            desires_.desired.push_back({.setting = ref,
                                        .candidate = std::move(candidate),
                                        .value = std::move(wish.value),
                                        .origin = std::move(wish.origin),
                                        .optional = is_optional,
                                        .by_exact_name = by_exact_name,
                                        .group = {},
                                        .pending = wish.pending,
                                        .missing = {},
                                        .note = std::move(wish.note)});
            return;
        }
        host_.add({.code = ErrorCode::invalid,
                   .message = fmt::format("plugin {}: a rule asks for {}, which no bank has",
                                          plugin_.name, wish.setting)});
    }

    const Plugin& plugin_;
    const Rule& rule_;
    HostView& host_;
    StageDesires& desires_;
    std::map<std::size_t, Said> said_;  // by candidate
    std::set<const ResolvedSection*> explained_;
    std::map<const ResolvedSection*, std::size_t> awaited_;  // the line of each
};

}  // namespace

void add_rule_desires(HostView& host, StageDesires& desires) {
    std::set<const Rule*> done;
    for (const LiveSection& live : host.sections()) {
        const Plugin& plugin = *live.section->plugin;
        for (const auto& rule : plugin.rules) {
            if (rule->stage() == host.stage() && done.insert(rule.get()).second) {
                RuleCollection(plugin, *rule, host, desires).run();
            }
        }
    }
}

}  // namespace nanotune
