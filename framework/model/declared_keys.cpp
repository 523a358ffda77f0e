// The keys of one plugin's section, as it declares them.
#include <algorithm>
#include <set>

#include "catalog.hpp"

namespace nanotune {

bool Catalog::begins_a_key(const Plugin& plugin, std::string_view word) {
    const auto begins = [word](std::string_view key) {
        return key.starts_with(word) && (key.size() == word.size() || key[word.size()] == '.');
    };
    const auto is_begun = [&begins, word](const Tunable& tunable) {
        return begins(tunable.name) || (tunable.alias.contains(word) &&
                                        std::ranges::any_of(words_of(tunable.alias), begins));
    };
    return std::ranges::any_of(plugin.rules,
                               [&](const auto& rule) {
                                   return std::ranges::any_of(rule->parameters(), is_begun);
                               }) ||
           std::ranges::any_of(plugin.banks, [&](const auto& bank) {
               return std::ranges::any_of(
                   bank->tunables(), is_begun,
                   [](const Tunable* one) -> const Tunable& { return *one; });
           });
}

std::vector<const Tunable*> Catalog::keys(const Plugin& plugin) {
    std::vector<const Tunable*> keys;
    std::set<std::string_view> seen;
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            if (seen.insert(parameter.name).second) {
                keys.push_back(&parameter);
            }
        }
    }
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            if (seen.insert(tunable->name).second) {
                keys.push_back(tunable);
            }
        }
    }
    return keys;
}

std::vector<Catalog::Written> Catalog::written_keys(const Plugin& plugin) {
    std::vector<Written> keys;
    std::set<std::string_view> seen;
    const auto add = [&](const Tunable& tunable, const Bank* bank, std::string_view key) {
        if (seen.insert(key).second) {
            keys.push_back({tunable, bank});
            keys.back().tunable.name = key;
        }
    };
    for (const auto& rule : plugin.rules) {
        for (const Tunable& parameter : rule->parameters()) {
            add(parameter, nullptr, parameter.name);
        }
    }
    std::vector<Written> elsewhere;  // after what has the same key as its own
    for (const auto& bank : plugin.banks) {
        for (const Tunable* tunable : bank->tunables()) {
            if (tunable->written_as.empty()) {
                add(*tunable, bank.get(), tunable->name);
            } else {
                elsewhere.push_back({*tunable, bank.get()});
            }
        }
        for (const Tunable& pattern : bank->patterns()) {
            add(pattern, bank.get(), pattern.name);
        }
    }
    for (const Written& one : elsewhere) {
        add(one.tunable, one.bank, one.tunable.written_as);
    }
    return keys;
}

}  // namespace nanotune
