// What a table's rows declare, without any host.
#include <algorithm>
#include <map>
#include <set>

#include <nanotune/domain.hpp>

#include "engine/resets.hpp"
#include "support/catch.hpp"
#include "support/plugin_files.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_' || c == '.' || c == '-';
    });
}

/// Why the domain cannot be meant, "" when it can.
std::string flaw_of(const Domain& domain) {
    const std::size_t words = words_of(domain.words).size();
    const std::size_t kernel_words = words_of(domain.kernel_words).size();
    if (domain.minimum > domain.maximum) {
        return "the range is empty";
    }
    switch (domain.kind) {
        case Domain::Kind::flag:
            return kernel_words == 2 ? "" : "a flag has two spellings";
        case Domain::Kind::choice:
            if (words < 2) {
                return "a choice has at least two words";
            }
            return kernel_words == 0 || kernel_words == words ? "" : "each word has one spelling";
        case Domain::Kind::integer:
            return kernel_words == words || kernel_words == 0 ? "" : "each word has one spelling";
        case Domain::Kind::numbers:
            return domain.minimum >= 1 ? "" : "a list of numbers has at least one";
        case Domain::Kind::rows:
            return domain.columns.empty() ? "rows have columns" : "";
        case Domain::Kind::text:
        case Domain::Kind::cpus:
            return "";
    }
    return "unknown kind";
}

void check_declaration(const Tunable& tunable) {
    CHECK(is_name(tunable.name));
    CHECK(tunable.summary.ends_with("."));
    CHECK(tunable.summary.size() > 10);
    CHECK(flaw_of(tunable.domain).empty());
    CHECK_FALSE(expectation(tunable.domain).empty());
    for (const Tunable& column : tunable.domain.columns) {
        INFO("column " << column.name);
        check_declaration(column);
    }
}

std::string full_alias(const std::string& plugin, std::string_view alias) {
    return alias.starts_with("sysctl.") ? std::string(alias) : plugin + "." + std::string(alias);
}

std::set<std::string> full_names(const std::vector<PluginFile>& plugins) {
    std::set<std::string> names;
    for (const PluginFile& plugin : plugins) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                names.insert(plugin.name + "." + std::string(tunable->name));
            }
        }
    }
    return names;
}

}  // namespace

TEST_CASE("every plugin of this build loads and declares something", "[contract]") {
    const auto plugins = plugins_of_this_build();
    CHECK(plugins.size() == 9);
    for (const PluginFile& plugin : plugins) {
        INFO(plugin.file << ": " << plugin.summary);
        CHECK_FALSE(plugin.name.empty());
        CHECK(plugin.summary.ends_with('.'));
        CHECK_FALSE(plugin.banks.empty());
    }
}

TEST_CASE("every setting and parameter has a name, a summary and a sane domain", "[contract]") {
    for (const PluginFile& plugin : plugins_of_this_build()) {
        for (const auto& bank : plugin.banks) {
            CHECK(bank->discovery() != nullptr);
            for (const Tunable* tunable : bank->tunables()) {
                INFO(plugin.name << "." << tunable->name);
                check_declaration(*tunable);
            }
        }
        for (const auto& rule : plugin.rules) {
            CHECK(rule->discovery() != nullptr);
            for (const Tunable& parameter : rule->parameters()) {
                INFO(plugin.name << "." << parameter.name);
                check_declaration(parameter);
            }
        }
    }
}

TEST_CASE("no plugin declares a name twice", "[contract]") {
    for (const PluginFile& plugin : plugins_of_this_build()) {
        std::set<std::string_view> names;
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                INFO(plugin.name << "." << tunable->name);
                CHECK(names.insert(tunable->name).second);
            }
        }
        for (const auto& rule : plugin.rules) {
            for (const Tunable& parameter : rule->parameters()) {
                INFO(plugin.name << "." << parameter.name);
                CHECK(names.insert(parameter.name).second);
            }
        }
    }
}

namespace {

/// Whether a bank takes the name, though it declares none like it: it has a device's in it.
bool is_taken(const std::vector<PluginFile>& plugins, std::string_view full_name) {
    const auto dot = full_name.find('.');
    const auto owner = std::ranges::find_if(
        plugins, [&](const PluginFile& plugin) { return plugin.name == full_name.substr(0, dot); });
    return owner != plugins.end() && std::ranges::any_of(owner->banks, [&](const auto& bank) {
               const auto opened = bank->open(full_name.substr(dot + 1));
               return opened && *opened && !bank->device_in(**opened).empty();
           });
}

}  // namespace

TEST_CASE("what a setting resets or carries exists", "[contract]") {
    const auto plugins = plugins_of_this_build();
    const auto names = full_names(plugins);
    for (const PluginFile& plugin : plugins) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                for (const std::string_view lost : all_resets_of(*tunable)) {
                    INFO(plugin.name << "." << tunable->name << " resets " << lost);
                    CHECK(names.contains(std::string(lost)));
                }
                for (const std::string_view part : words_of(tunable->carries)) {
                    INFO(plugin.name << "." << tunable->name << " carries " << part);
                    CHECK((part.contains("{}") ? is_taken(plugins, part)
                                               : names.contains(std::string(part))));
                }
            }
        }
    }
}

TEST_CASE("what bounds a setting is a number of the same unit, read from the same targets",
          "[contract]") {
    struct Declared {
        const Bank* bank;
        const Tunable* tunable;
    };
    const auto plugins = plugins_of_this_build();
    std::map<std::string, Declared> declared;
    for (const PluginFile& plugin : plugins) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                declared[plugin.name + "." + std::string(tunable->name)] = {bank.get(), tunable};
            }
        }
    }
    std::size_t bounded = 0;
    for (const auto& [name, one] : declared) {
        if (one.tunable->at_most.empty()) {
            continue;
        }
        INFO(name << " is at most " << one.tunable->at_most);
        ++bounded;
        const auto limit = declared.find(std::string(one.tunable->at_most));
        REQUIRE(limit != declared.end());
        CHECK(limit->second.bank->discovery() == one.bank->discovery());
        CHECK(limit->second.bank->stage() == one.bank->stage());
        CHECK(limit->second.tunable->domain.kind == Domain::Kind::integer);
        CHECK(limit->second.tunable->domain.unit == one.tunable->domain.unit);
    }
    CHECK(bounded >= 5);
}

TEST_CASE("an alias is no other setting's name, and stands for settings of one plugin",
          "[contract]") {
    const auto plugins = plugins_of_this_build();
    const auto names = full_names(plugins);
    std::map<std::string, std::string> owners;
    for (const PluginFile& plugin : plugins) {
        for (const auto& bank : plugin.banks) {
            for (const Tunable* tunable : bank->tunables()) {
                for (const std::string_view alias : words_of(tunable->alias)) {
                    const std::string full = full_alias(plugin.name, alias);
                    INFO(plugin.name << "." << tunable->name << " is also " << full);
                    CHECK(is_name(alias));
                    CHECK_FALSE(names.contains(full));
                    CHECK(owners.try_emplace(full, plugin.name).first->second == plugin.name);
                }
            }
        }
    }
}
