// The profile against the catalog: variables put in, every key known, every value in its domain.
// What only the host can answer (which targets a glob takes, what "isolated" is) is still open.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "catalog.hpp"
#include "cpu_plan.hpp"
#include "drift_policy.hpp"
#include "profile.hpp"

namespace nanotune {

/// What a section selects, and how strongly. Variables are put in.
struct SectionSelector {
    enum class Kind { whole, glob, match, name, ids };
    Kind kind = Kind::whole;
    std::string text;  ///< name, glob, label or number list, as written
    CpuSet ids;        ///< Kind::ids
    std::vector<std::pair<std::string, std::string>> match;  ///< all must hold; values may be globs
    std::vector<std::pair<std::string, std::string>> when;   ///< all must hold, on any section

    CpuSet queues;  ///< [nic.eth0.queue."0-1"]: of what it takes these queues alone; empty for all

    std::string expression;  ///< Kind::ids made of CPU words: `selector_of` fills `ids` from it

    /// Whether the section takes the candidate. Physical functions only for globs, matches and the
    /// whole kind, unless `kind` is among the match keys. For a device's candidate `when` must hold
    /// too.
    [[nodiscard]] bool takes(const Candidate& candidate) const;
    /// Whether this host is one that `when` limits the section to: one of its NICs has all of it.
    [[nodiscard]] bool holds_on(std::span<const Candidate> nics) const;
    /// Inside one file the higher rank wins: queues, then name, then match (more keys win), then
    /// glob, then whole.
    [[nodiscard]] std::tuple<int, std::size_t> rank() const;
};

struct ResolvedRow;

/// One key of a section, or one column of a row.
struct ResolvedSetting {
    std::string key;  ///< as written: "features.tso"
    std::vector<SettingRef>
        settings;            ///< several where the key is a group alias; empty for a parameter
    ParameterRef parameter;  ///< set when the key belongs to a rule
    /// The value, or nothing while it waits for the host: then `expression` holds a CPU expression
    /// ("irq,4") for domains of CPUs, a text with "${cpus.irq}" in it for the others.
    std::optional<Value> value;
    std::string expression;
    std::vector<ResolvedRow> rows;  ///< Domain::Kind::rows, instead of both
    bool optional = false;
    bool at_least = false;  ///< a host that has more keeps it; only for whole numbers
    std::optional<DriftPolicy> drift = {};  ///< what it, or its section, says of that
    Origin origin;

    /// The domain of its settings, or of its parameter.
    [[nodiscard]] const Domain& domain() const;
};

/// One inline table of a Domain::Kind::rows list.
struct ResolvedRow {
    std::vector<ResolvedSetting> columns;  ///< `parameter.parameter` is the column
};

/// A key that a section drops: of all that this and lower layers and ranks say of it, nothing
/// stays.
struct ResolvedUnset {
    std::string key;
    std::vector<SettingRef> settings;
    ParameterRef parameter;
    Origin origin;
};

struct ResolvedSection {
    const Plugin* plugin = nullptr;
    SectionSelector selector;
    std::size_t layer = 0;  ///< the higher wins, whatever the rank
    std::vector<ResolvedSetting> settings;
    std::vector<ResolvedUnset>
        unset;  ///< takes part in the order of layers and ranks as a value does
    Origin origin;
    bool is_cut = false;  ///< a key of it, or its value, could not be understood
};

/// A CPU set of [cpus], as written (variables in) and where; empty text means it was left out.
struct CpuRequest {
    std::string text;
    Origin origin;
};

struct ResolvedProfile {
    std::string name;
    std::string hash;  ///< SHA-256 (hex) of the canonical text: equal profiles have equal hashes
    std::vector<Override> overrides;  ///< that went into it
    std::string summary;
    bool keep_on_failure = false;
    std::vector<Impact> forbidden;
    std::optional<DriftPolicy> drift = {};  ///< of settings that say nothing of it themselves
    CpuRequest housekeeping;
    CpuRequest irq;
    CpuRequest datapath;
    CpuRequest isolated;
    std::vector<ResolvedSection> sections;
};

/// Puts in variables and overrides, looks up every key, parses every value. Problems: unknown
/// table, key, plugin or variable with the nearest known name, wrong types, contradictions inside
/// one file; all of them, each at file:line:column.
[[nodiscard]] Checked<ResolvedProfile> resolved(const Profile& profile, const Catalog& catalog);

/// A profile as far as it could be understood.
struct PartlyResolved {
    ResolvedProfile profile;  ///< without what is wrong
    Problems problems;        ///< as above; none where nothing is wrong
};
[[nodiscard]] PartlyResolved partly_resolved(const Profile& profile, const Catalog& catalog);

/// The setting's value now that the host's CPUs are known. Errors, with file:line:column: invalid;
/// not_found for a CPU or device that does not exist; unsupported where a word stands for no CPU.
[[nodiscard]] Result<Value> value_of(const ResolvedSetting& setting, const CpuWords& words);
/// A parameter as its rule takes it, rows included. Errors: as above.
[[nodiscard]] Result<Setting> setting_of(const ResolvedSetting& setting, const CpuWords& words);
/// The selector with its `ids` filled in. Errors: as above.
[[nodiscard]] Result<SectionSelector> selector_of(const ResolvedSection& section,
                                                  const CpuWords& words);

/// The CPU plan on this topology. Problems: CPUs that do not exist or that the plan takes offline,
/// sets that overlap though they must not (isolated and housekeeping), both lines named.
[[nodiscard]] Checked<CpuPlan> cpu_plan_of(const ResolvedProfile& profile, const Topology& topology,
                                           std::optional<unsigned> preferred_node);

/// The merged profile as TOML with the origin of every value as a comment (`profile show`).
[[nodiscard]] std::string shown(const ResolvedProfile& profile);

}  // namespace nanotune
