// Layers, variables and the catalog, put together.
#include "resolved.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "canonical.hpp"
#include "cpu_expression.hpp"
#include "key_reader.hpp"
#include "merge.hpp"
#include "misfits.hpp"
#include "section_text.hpp"
#include "selector_reader.hpp"

namespace nanotune {
namespace {

constexpr std::size_t enough_findings = 1'000;  // of which a hundred are told

class Resolver {
  public:
    Resolver(const Profile& profile, const Catalog& catalog)
        : profile_(profile),
          catalog_(catalog),
          variables_(profile, findings_),
          keys_(catalog, findings_) {}

    PartlyResolved resolve() {
        std::vector<std::string> files;
        for (std::size_t i = 0; i < profile_.layers.size(); ++i) {
            const Layer& layer = profile_.layers[i];
            files.push_back(layer.file);
            findings_.insert(findings_.end(), layer.findings.begin(), layer.findings.end());
            collect(layer, i);
        }
        inherit_selectors();
        std::vector<ResolvedSection> sections;
        for (const SectionText& text : texts_) {
            read_section(text, sections);
        }
        number_layers(sections);
        std::ranges::move(contradictions_in(sections), std::back_inserter(findings_));

        PartlyResolved part{.profile = {}, .problems = profile_.missing};
        ResolvedProfile& resolved = part.profile;
        resolved.name = profile_.name;
        resolved.overrides = profile_.overrides;
        resolved.drift = drift_;
        read_cpus(resolved);
        read_layers(resolved);
        resolved.sections = merged(std::move(sections));
        std::ranges::move(misfits_in(resolved), std::back_inserter(findings_));
        resolved.hash = hash_of(resolved);
        std::ranges::move(problems_of(std::move(findings_), files),
                          std::back_inserter(part.problems));
        return part;
    }

  private:
    void collect(const Layer& layer, std::size_t index) {
        for (const ProfileNode& table : layer.tables) {
            if (const ProfileNode* own = table.find("drift"); own && table.key == "profile") {
                drift_ = drift_policy_in(*own, findings_);
                continue;
            }
            if (const Plugin* plugin = catalog_.plugin(table.key)) {
                std::ranges::move(sections_of(*plugin, table, index, variables_, room_, findings_),
                                  std::back_inserter(texts_));
                continue;
            }
            if (const std::string* why = catalog_.refusal_of(table.key)) {
                complain(table.origin, ErrorCode::damaged,
                         fmt::format("[{}]: its plugin is refused: {}", table.key, *why));
                continue;
            }
            std::vector<std::string> known = {"profile", "vars", "cpus"};
            for (const Plugin* plugin : catalog_.plugins()) {
                known.push_back(plugin->name);
            }
            complain(table.origin, ErrorCode::not_found,
                     fmt::format("[{}]: there is no plugin of that name{}", table.key,
                                 did_you_mean(table.key, known)));
        }
    }

    // `match`, `when` and `drift` belong to the table's word: what a file leaves out it takes from
    // the files that it extends, and what it says replaces theirs.
    void inherit_selectors() {
        struct Words {
            const ProfileNode* match = nullptr;
            const ProfileNode* when = nullptr;
            const ProfileNode* drift = nullptr;
            std::map<std::string, std::string, std::less<>> bindings = {};
        };
        std::map<std::pair<const Plugin*, std::string>, Words> words;
        for (const SectionText& text : texts_) {
            Words& said = words[{text.plugin, text.word}];
            said.match = text.match != nullptr ? text.match : said.match;
            said.when = text.when != nullptr ? text.when : said.when;
            said.drift = text.drift != nullptr ? text.drift : said.drift;
            said.bindings.insert(text.bindings.begin(), text.bindings.end());
        }
        for (SectionText& text : texts_) {
            const Words& said = words[{text.plugin, text.word}];
            text.match = said.match;
            text.when = said.when;
            text.drift = said.drift;
            text.bindings.insert(said.bindings.begin(), said.bindings.end());
        }
    }

    void read_section(const SectionText& text, std::vector<ResolvedSection>& sections) {
        if (text.bindings.empty()) {
            read_section(text, variables_, sections);
        } else {
            read_section(text, variables_.bound(text.bindings), sections);
        }
    }

    void read_section(const SectionText& text, const Variables& variables,
                      std::vector<ResolvedSection>& sections) {
        // The `match` of a label may stand in a file that could not be read.
        const bool is_told = profile_.missing.empty() || text.match != nullptr ||
                             text.plugin->selector != Selector::label;
        const auto selector =
            is_told ? SelectorReader(variables, findings_).read(text) : std::nullopt;
        ResolvedSection section{.plugin = text.plugin,
                                .selector = selector.value_or(SectionSelector{}),
                                .layer = text.layer,
                                .settings = {},
                                .unset = {},
                                .origin = text.origin};
        // One section for each sub-layer; `layers` is rare, and one is the rule.
        std::map<std::size_t, ResolvedSection> by_layer = {{0, section}};
        by_layer.begin()->second.settings.reserve(text.keys.size());
        const auto section_for = [&](std::string_view key) -> ResolvedSection& {
            return by_layer.try_emplace(keys_.sub_layer_of(text, key), section).first->second;
        };
        const auto drift = drift_of(text);
        for (const SectionKey& key : text.keys) {
            ResolvedSection& its = section_for(key.key);
            if (findings_.size() >= enough_findings) {
                its.is_cut = true;
                break;
            }
            if (auto setting = keys_.read(text, key, variables)) {
                its.settings.push_back(*std::move(setting));
            } else {
                its.is_cut = true;
            }
        }
        for (auto& [sub_layer, part] : by_layer) {
            for (ResolvedSetting& setting : part.settings) {
                setting.drift = setting.drift ? setting.drift : drift;
            }
        }
        if (text.unset != nullptr) {
            for (ResolvedUnset& unset : keys_.read_unset(text)) {
                section_for(unset.key).unset.push_back(std::move(unset));
            }
        }
        for (auto& [sub_layer, part] : by_layer) {
            const bool is_idle =
                part.settings.empty() && part.unset.empty() && !part.is_cut && by_layer.size() > 1;
            if (selector && !is_idle) {
                sub_layers_.emplace_back(text.layer, sub_layer);
                sections.push_back(std::move(part));
                places_.push_back(sub_layers_.back());
            }
        }
    }

    /// Whatever is wrong with it is said once, however many sections it is for.
    std::optional<DriftPolicy> drift_of(const SectionText& text) {
        if (text.drift == nullptr) {
            return std::nullopt;
        }
        const auto [known, is_new] = drifts_.try_emplace(text.drift);
        if (is_new) {
            known->second = drift_policy_in(*text.drift, findings_);
        }
        return known->second;
    }

    void number_layers(std::vector<ResolvedSection>& sections) {
        std::ranges::sort(sub_layers_);
        const auto repeated = std::ranges::unique(sub_layers_);
        sub_layers_.erase(repeated.begin(), repeated.end());
        for (std::size_t i = 0; i < sections.size(); ++i) {
            sections[i].layer = static_cast<std::size_t>(
                std::ranges::lower_bound(sub_layers_, places_[i]) - sub_layers_.begin());
        }
        std::ranges::stable_sort(sections, {}, &ResolvedSection::layer);
    }

    void read_cpus(ResolvedProfile& resolved) {
        const std::pair<std::string_view, CpuRequest*> places[] = {
            {"housekeeping", &resolved.housekeeping},
            {"irq", &resolved.irq},
            {"datapath", &resolved.datapath},
            {"isolated", &resolved.isolated}};
        for (const auto& [name, place] : places) {
            const auto found = variables_.cpus().find(name);
            if (found == variables_.cpus().end()) {
                continue;
            }
            const auto& [text, origin] = found->second;
            *place = {text, origin};
            if (text == "auto") {
                continue;
            }
            const auto terms = cpu_terms(text);
            if (!terms) {
                complain(origin, terms.error().code,
                         fmt::format("cpus.{}: {}", name, terms.error().message));
                continue;
            }
            for (const CpuTerm& term : *terms) {
                if (term.kind == CpuTerm::Kind::near) {
                    complain(origin, ErrorCode::invalid,
                             fmt::format("cpus.{}: numa({}) cannot stand in [cpus]; \"auto\" takes "
                                         "the CPUs near the NIC",
                                         name, term.text));
                }
            }
        }
    }

    void read_layers(ResolvedProfile& resolved) {
        for (const Layer& layer : profile_.layers) {
            resolved.forbidden.insert(resolved.forbidden.end(), layer.forbidden.begin(),
                                      layer.forbidden.end());
        }
        std::ranges::sort(resolved.forbidden);
        const auto repeated = std::ranges::unique(resolved.forbidden);
        resolved.forbidden.erase(repeated.begin(), repeated.end());
        if (!profile_.layers.empty()) {
            resolved.summary = profile_.top().summary;
            resolved.keep_on_failure = profile_.top().on_failure == "keep";
        }
    }

    void complain(const Origin& origin, ErrorCode code, std::string message) {
        findings_.push_back({origin, {code, std::move(message)}});
    }

    const Profile& profile_;
    const Catalog& catalog_;
    std::vector<Finding> findings_;
    Variables variables_;
    KeyReader keys_;
    SectionRoom room_;
    std::vector<SectionText> texts_;
    std::optional<DriftPolicy> drift_;  // of [profile]
    std::map<const ProfileNode*, std::optional<DriftPolicy>> drifts_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;      // of the sections, in order
    std::vector<std::pair<std::size_t, std::size_t>> sub_layers_;  // file, then `layers`
};

}  // namespace

Checked<ResolvedProfile> resolved(const Profile& profile, const Catalog& catalog) {
    PartlyResolved part = partly_resolved(profile, catalog);
    return part.problems.empty() ? Checked<ResolvedProfile>(std::move(part.profile))
                                 : std::unexpected(std::move(part.problems));
}

PartlyResolved partly_resolved(const Profile& profile, const Catalog& catalog) {
    return Resolver(profile, catalog).resolve();
}

}  // namespace nanotune
