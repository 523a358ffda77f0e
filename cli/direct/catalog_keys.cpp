#include "catalog_keys.hpp"

#include <fmt/core.h>

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

KeyInfo key_of(const Plugin& plugin, const Tunable& tunable) {
    return {.name = fmt::format("{}.{}", plugin.name, tunable.name),
            .section = section_of(plugin),
            .accepts = expectation(tunable.domain),
            .impact = std::string(name_of(tunable.impact)),
            .summary = std::string(tunable.summary),
            .aliases = aliases_of(tunable),
            .check_only = tunable.check_only};
}

}  // namespace

KeyInfo key_of(const SettingRef& setting) {
    return key_of(*setting.plugin, *setting.tunable);
}

std::vector<KeyInfo> keys_of(const Catalog& catalog) {
    std::vector<KeyInfo> keys;
    for (const Plugin* plugin : catalog.plugins()) {
        for (const Tunable* tunable : Catalog::keys(*plugin)) {
            keys.push_back(key_of(*plugin, *tunable));
        }
    }
    return keys;
}

}  // namespace nanotune::cli
