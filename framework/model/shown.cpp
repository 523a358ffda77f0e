// A resolved profile as one TOML file again. Reading it back gives the same hash.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "canonical.hpp"
#include "merge.hpp"
#include "resolved.hpp"
#include "toml_text.hpp"

namespace nanotune {

std::string toml_text(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 2);
    out += '"';
    for (const char letter : text) {
        const auto byte = static_cast<unsigned char>(letter);
        if (letter == '"' || letter == '\\') {
            out += '\\';
            out += letter;
        } else if (byte < 0x20 || byte == 0x7f) {
            out += fmt::format("\\u{:04x}", byte);
        } else {
            out += letter;
        }
    }
    return out + '"';
}

namespace {

bool is_bare(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '_' || letter == '-';
    });
}

std::string word_text(std::string_view word) {
    return is_bare(word) ? std::string(word) : toml_text(word);
}

std::string value_spelling(const ResolvedSetting& setting);

std::string rows_spelling(const ResolvedSetting& setting) {
    std::vector<std::string> rows;
    for (const ResolvedRow& row : setting.rows) {
        std::vector<std::string> cells;
        cells.reserve(row.columns.size());
        for (const ResolvedSetting& cell : row.columns) {
            cells.push_back(fmt::format("{} = {}", word_text(cell.key), value_spelling(cell)));
        }
        rows.push_back(fmt::format("{{ {} }}", fmt::join(cells, ", ")));
    }
    return fmt::format("[{}]", fmt::join(rows, ", "));
}

std::string value_spelling(const ResolvedSetting& setting) {
    const Domain& domain = setting.domain();
    if (domain.kind == Domain::Kind::rows) {
        return rows_spelling(setting);
    }
    if (!setting.value) {
        return toml_text(setting.expression);
    }
    const bool is_number =
        std::holds_alternative<std::int64_t>(*setting.value) && domain.unit == Unit::none;
    const bool is_plain = is_number || std::holds_alternative<bool>(*setting.value);
    const std::string text = printed(domain, *setting.value);
    return is_plain ? text : toml_text(text);
}

/// The value, and what is said of it beside.
std::string with_conditions(const ResolvedSetting& setting, std::string value) {
    if (!setting.optional && !setting.at_least && !setting.drift) {
        return value;
    }
    return fmt::format(
        "{{ value = {}{}{}{} }}", value, setting.optional ? ", optional = true" : "",
        setting.at_least ? ", at_least = true" : "",
        setting.drift ? fmt::format(", drift = \"{}\"", name_of(*setting.drift)) : std::string());
}

/// Ends a line with the place that it is from.
void end_line(std::string& out, const Origin& origin) {
    if (!origin.file.empty()) {
        out += "  # ";
        const auto begin = static_cast<std::ptrdiff_t>(out.size());
        out += origin.file;
        if (origin.line != 0) {
            out += ':';
            out += std::to_string(origin.line);
        }
        std::replace_if(
            out.begin() + begin, out.end(),
            [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
    }
    out += '\n';
}

std::string pairs_spelling(const std::vector<std::pair<std::string, std::string>>& pairs) {
    std::vector<std::string> parts;
    parts.reserve(pairs.size());
    for (const auto& [key, value] : pairs) {
        parts.push_back(fmt::format("{} = {}", word_text(key), toml_text(value)));
    }
    return fmt::format("{{ {} }}", fmt::join(parts, ", "));
}

/// What is to be written below one table header.
struct Table {
    const ResolvedSection* section = nullptr;
    std::vector<CanonicalItem> items;
};

/// The keys that need quotes: TOML forbids a.b beside a.b.c; in quotes they are different keys.
std::set<std::string_view> colliding_keys(const Table& table) {
    std::vector<std::string_view> keys;
    for (const CanonicalItem& item : table.items) {
        if (item.setting != nullptr) {
            keys.emplace_back(item.setting->key);
        }
    }
    std::ranges::sort(keys);
    const auto dots_in = [](std::string_view key) { return std::ranges::count(key, '.'); };
    const auto fewest = keys.empty() ? 0 : dots_in(std::ranges::min(keys, {}, dots_in));
    std::set<std::string_view> colliding;
    for (const std::string_view key : keys) {
        std::ptrdiff_t dots = 0;
        for (std::size_t dot = key.find('.'); dot != std::string_view::npos;
             dot = key.find('.', dot + 1), ++dots) {
            const std::string_view shorter = key.substr(0, dot);
            if (dots >= fewest && std::ranges::binary_search(keys, shorter)) {
                colliding.insert({key, shorter});
            }
        }
    }
    return colliding;
}

/// Parts that need no quotes, with dots between them.
bool is_dotted(std::string_view key) {
    while (true) {
        const std::size_t dot = key.find('.');
        if (!is_bare(key.substr(0, dot))) {
            return false;
        }
        if (dot == std::string_view::npos) {
            return true;
        }
        key.remove_prefix(dot + 1);
    }
}

void write_settings(std::string& out, const Table& table) {
    const std::set<std::string_view> colliding = colliding_keys(table);
    for (const CanonicalItem& item : table.items) {
        if (item.setting == nullptr) {
            continue;
        }
        const ResolvedSetting& setting = *item.setting;
        const bool needs_quotes = !is_dotted(setting.key) || colliding.contains(setting.key);
        out += needs_quotes ? toml_text(setting.key) : setting.key;
        out += " = ";
        out += with_conditions(setting, value_spelling(setting));
        end_line(out, setting.origin);
    }
}

void write_table(std::string& out, const Table& table) {
    const SectionSelector& selector = table.section->selector;
    out += fmt::format("\n[{}{}{}", word_text(table.section->plugin->name),
                       selector.text.empty() ? "" : ".",
                       selector.text.empty() ? "" : word_text(selector.text));
    if (!selector.queues.empty()) {
        out += fmt::format(".queue.{}", toml_text(selector.queues.list()));
    }
    out += ']';
    end_line(out, table.section->origin);
    if (!selector.match.empty()) {
        out += fmt::format("match = {}\n", pairs_spelling(selector.match));
    }
    std::vector<std::string> unset;
    std::vector<std::string> layers;
    for (const CanonicalItem& item : table.items) {
        const std::string& key = item.setting != nullptr ? item.setting->key : item.unset->key;
        if (item.setting == nullptr) {
            unset.push_back(toml_text(key));
        }
        if (item.layer > 0) {
            layers.push_back(fmt::format("{} = {}", toml_text(key), item.layer));
        }
    }
    if (!selector.when.empty()) {
        out += fmt::format("when = {}\n", pairs_spelling(selector.when));
    }
    if (!unset.empty()) {
        out += fmt::format("unset = [{}]\n", fmt::join(unset, ", "));
    }
    if (!layers.empty()) {
        out += fmt::format("layers = {{ {} }}\n", fmt::join(layers, ", "));
    }
    write_settings(out, table);
}

void write_cpus(std::string& out, const ResolvedProfile& profile) {
    const std::pair<std::string_view, const CpuRequest*> requests[] = {
        {"housekeeping", &profile.housekeeping},
        {"irq", &profile.irq},
        {"datapath", &profile.datapath},
        {"isolated", &profile.isolated}};
    std::string lines;
    for (const auto& [name, request] : requests) {
        if (!request->text.empty()) {
            lines += fmt::format("{} = {}", name, toml_text(request->text));
            end_line(lines, request->origin);
        }
    }
    out += lines.empty() ? "" : "\n[cpus]\n" + lines;
}

}  // namespace

std::string shown(const ResolvedProfile& profile) {
    std::string out = "[profile]\n";
    if (!profile.summary.empty()) {
        out += fmt::format("summary = {}\n", toml_text(profile.summary));
    }
    if (profile.keep_on_failure) {
        out += "on_failure = \"keep\"\n";
    }
    if (profile.drift) {
        out += fmt::format("drift = \"{}\"\n", name_of(*profile.drift));
    }
    std::vector<std::string> forbidden;
    forbidden.reserve(profile.forbidden.size());
    for (const Impact impact : profile.forbidden) {
        forbidden.push_back(toml_text(name_of(impact)));
    }
    if (!forbidden.empty()) {
        out += fmt::format("forbid = [{}]\n", fmt::join(forbidden, ", "));
    }
    write_cpus(out, profile);

    std::vector<Table> tables;
    std::vector<std::size_t> places;  // of the sections, in `tables`
    std::map<std::pair<const Plugin*, std::string>, std::size_t> first;
    for (const ResolvedSection& section : profile.sections) {
        const auto [place, is_new] =
            first.try_emplace({section.plugin, selector_text(section.selector)}, tables.size());
        if (is_new) {
            tables.push_back({&section, {}});
        }
        places.push_back(place->second);
    }
    for (const CanonicalItem& item : canonical_items(profile)) {
        const auto section = static_cast<std::size_t>(item.section - profile.sections.data());
        tables[places[section]].items.push_back(item);
    }
    for (const Table& table : tables) {
        write_table(out, table);
    }
    return out;
}

}  // namespace nanotune
