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
    std::string out = "\"";
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
std::string with_conditions(const ResolvedSetting& setting, const std::string& value) {
    if (!setting.optional && !setting.at_least && !setting.drift) {
        return value;
    }
    return fmt::format(
        "{{ value = {}{}{}{} }}", value, setting.optional ? ", optional = true" : "",
        setting.at_least ? ", at_least = true" : "",
        setting.drift ? fmt::format(", drift = \"{}\"", name_of(*setting.drift)) : std::string());
}

std::string place_comment(const Origin& origin) {
    if (origin.file.empty()) {
        return {};
    }
    std::string place =
        origin.line == 0 ? origin.file : fmt::format("{}:{}", origin.file, origin.line);
    std::ranges::replace_if(
        place, [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; }, '?');
    return "  # " + place;
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

// TOML forbids a.b beside a.b.c; in quotes they are different keys.
bool collides(std::string_view key, const std::set<std::string, std::less<>>& keys) {
    const std::string longer = std::string(key) + ".";
    const auto next = keys.lower_bound(longer);
    if (next != keys.end() && next->starts_with(longer)) {
        return true;
    }
    for (std::size_t dot = key.find('.'); dot != std::string_view::npos;
         dot = key.find('.', dot + 1)) {
        if (keys.contains(key.substr(0, dot))) {
            return true;
        }
    }
    return false;
}

std::string key_text(std::string_view key, const std::set<std::string, std::less<>>& keys) {
    std::string_view rest = key;
    while (true) {
        const std::size_t dot = rest.find('.');
        if (!is_bare(rest.substr(0, dot))) {
            return toml_text(key);
        }
        if (dot == std::string_view::npos) {
            break;
        }
        rest.remove_prefix(dot + 1);
    }
    return collides(key, keys) ? toml_text(key) : std::string(key);
}

void write_table(std::string& out, const Table& table) {
    const SectionSelector& selector = table.section->selector;
    out += fmt::format("\n[{}{}{}", word_text(table.section->plugin->name),
                       selector.text.empty() ? "" : ".",
                       selector.text.empty() ? "" : word_text(selector.text));
    if (!selector.queues.empty()) {
        out += fmt::format(".queue.{}", toml_text(selector.queues.list()));
    }
    out += fmt::format("]{}\n", place_comment(table.section->origin));
    if (!selector.match.empty()) {
        out += fmt::format("match = {}\n", pairs_spelling(selector.match));
    }
    std::set<std::string, std::less<>> keys;
    std::vector<std::string> unset;
    std::vector<std::string> layers;
    for (const CanonicalItem& item : table.items) {
        const std::string& key = item.setting != nullptr ? item.setting->key : item.unset->key;
        if (item.setting != nullptr) {
            keys.insert(key);
        } else {
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
    for (const CanonicalItem& item : table.items) {
        if (item.setting == nullptr) {
            continue;
        }
        const std::string value = value_spelling(*item.setting);
        out +=
            fmt::format("{} = {}{}\n", key_text(item.setting->key, keys),
                        with_conditions(*item.setting, value), place_comment(item.setting->origin));
    }
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
            lines += fmt::format("{} = {}{}\n", name, toml_text(request->text),
                                 place_comment(request->origin));
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
    std::map<std::pair<const Plugin*, std::string>, std::size_t> places;
    const auto table_of = [&](const ResolvedSection& section) -> Table& {
        const auto [place, is_new] =
            places.try_emplace({section.plugin, selector_text(section.selector)}, tables.size());
        if (is_new) {
            tables.push_back({&section, {}});
        }
        return tables[place->second];
    };
    for (const ResolvedSection& section : profile.sections) {
        table_of(section);
    }
    for (const CanonicalItem& item : canonical_items(profile)) {
        table_of(*item.section).items.push_back(item);
    }
    for (const Table& table : tables) {
        write_table(out, table);
    }
    return out;
}

}  // namespace nanotune
