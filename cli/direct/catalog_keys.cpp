#include "catalog_keys.hpp"

#include <fmt/format.h>

#include <nanotune/discover.hpp>

#include "../text.hpp"

namespace nanotune::cli {

namespace {

std::string section_of(const Plugin& plugin) {
    switch (plugin.selector) {
        case Selector::none:
            return fmt::format("[{}]", plugin.name);
        case Selector::ids:
            return fmt::format("[{0}] or [{0}.\"0-3\"]", plugin.name);
        case Selector::device:
            return fmt::format("[{0}.NAME], [{0}.\"enp*\"], or [{0}.LABEL] with match",
                               plugin.name);
        case Selector::label:
            return fmt::format("[{}.LABEL] with match", plugin.name);
        case Selector::given:
            return fmt::format("[{}.NAME]", plugin.name);
    }
    return "";
}

std::string aliases_of(const Tunable& tunable) {
    std::vector<std::string> words;
    for (const std::string_view word : words_of(tunable.alias)) {
        words.emplace_back(word);
    }
    return joined(words);
}

/// Whether it is found once a queue and nowhere else, so that a table of queues is its place.
bool is_of_queues(const Tunable& tunable, const Bank* bank) {
    return bank != nullptr && !tunable.written_as.empty() &&
           (bank->discovery() == discover::rx_queues || bank->discovery() == discover::tx_queues);
}

std::string section_of(const Plugin& plugin, const Tunable& tunable, const Bank* bank) {
    if (is_of_queues(tunable, bank)) {
        return fmt::format("[{}.NAME.queue.\"0-1\"]", plugin.name);
    }
    const bool is_of_host = bank != nullptr && bank->discovery() == &discover::host;
    return is_of_host ? fmt::format("[{}]", plugin.name) : section_of(plugin);
}

KeyInfo key_of(const Plugin& plugin, const Tunable& tunable, const Bank* bank) {
    return {.name = fmt::format("{}.{}", plugin.name, tunable.name),
            .section = section_of(plugin, tunable, bank),
            .accepts = expectation(tunable.domain),
            .impact = std::string(name_of(tunable.impact)),
            .summary = std::string(tunable.summary),
            .aliases = aliases_of(tunable),
            .check_only = tunable.check_only};
}

}  // namespace

KeyInfo key_of(const SettingRef& setting) {
    KeyInfo key = key_of(*setting.plugin, *setting.tunable, setting.bank);
    if (!setting.tunable->written_as.empty()) {
        key.section += fmt::format(", as {}", setting.tunable->written_as);
    }
    return key;
}

std::vector<KeyInfo> keys_of(const Catalog& catalog) {
    std::vector<KeyInfo> keys;
    for (const Plugin* plugin : catalog.plugins()) {
        for (const Catalog::Written& key : Catalog::written_keys(*plugin)) {
            keys.push_back(key_of(*plugin, key.tunable, key.bank));
        }
    }
    return keys;
}

}  // namespace nanotune::cli
