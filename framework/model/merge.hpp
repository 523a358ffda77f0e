// Layers into one: what a file says of a target replaces what it extends says of the same one.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "resolved.hpp"

namespace nanotune {

/// A setting, or a parameter of a rule: its plugin's name and its own there. Refers to what they
/// declare.
using SettingName = std::pair<std::string_view, std::string_view>;

/// The kernel settings, or the parameter, that a key stands for.
[[nodiscard]] std::vector<SettingName> names_of(const Plugin& plugin,
                                                const ResolvedSetting& setting);
[[nodiscard]] std::vector<SettingName> names_of(const Plugin& plugin, const ResolvedUnset& unset);
/// "nic.mtu"
[[nodiscard]] std::string full_text(const SettingName& name);

/// Whether not all are of one layer.
[[nodiscard]] bool have_layers(const std::vector<ResolvedSection>& sections);

/// The value, expression or rows as one text at the end of `out`; equal texts are equal values.
void append_value(std::string& out, const ResolvedSetting& setting);
[[nodiscard]] inline std::string value_text(const ResolvedSetting& setting) {
    std::string text;
    append_value(text, setting);
    return text;
}
/// The selector as one text; equal texts surely select the same.
[[nodiscard]] std::string selector_text(const SectionSelector& selector);

/// Two values for one setting of surely the same target in one layer.
[[nodiscard]] std::vector<Finding> contradictions_in(const std::vector<ResolvedSection>& sections);

/// Drops what a higher layer replaces or unsets for surely the same target, unites sections of one
/// layer and target, and drops an `unset` that nothing is left for. Sections come in the order of
/// layers.
[[nodiscard]] std::vector<ResolvedSection> merged(std::vector<ResolvedSection> sections);

}  // namespace nanotune
