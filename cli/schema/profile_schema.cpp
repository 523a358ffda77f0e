#include "profile_schema.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "../json_document.hpp"
#include "model/layer_reader.hpp"
#include "model/selector_reader.hpp"
#include "value_schema.hpp"

namespace nanotune::cli {

namespace {

using schema::any_of;
using schema::text_or_texts;

/// The keys of a section, as the tree that their dots make of them.
struct Group {
    std::optional<Json> value;
    std::map<std::string, Group, std::less<>> below;
};

void add(Group& root, std::string_view name, const Json& value) {
    Group* group = &root;
    while (!name.empty()) {
        const std::size_t dot = name.find('.');
        group = &group->below[std::string(name.substr(0, dot))];
        name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    }
    if (!group->value) {
        group->value = value;
    }
}

/// What one section of a plugin may hold.
class SectionSchema {
  public:
    SectionSchema(const Catalog& catalog, const Plugin& plugin)
        : catalog_(catalog), plugin_(plugin) {
        for (const Tunable* key : Catalog::keys(plugin)) {
            Json value = schema::optional_value(key->domain);
            value["description"] = fmt::format("{} ({})", key->summary, expectation(key->domain));
            add_key(key->written_as.empty() ? key->name : key->written_as, value);
            for (const std::string_view alias : words_of(key->alias)) {
                add_key(alias, value);
            }
        }
    }

    [[nodiscard]] Json json() const {
        Json section = of_group({}, keys_);
        for (const auto& [name, value] : spelled_whole_) {
            if (!section["properties"].contains(name)) {
                section["properties"][name] = value;
            }
        }
        section["properties"]["match"] = pairs(match_keys(plugin_.selector));
        section["properties"]["when"] = pairs_or_value(section, "when");
        section["properties"]["unset"] = text_or_texts();
        section["properties"]["drift"] = schema::drift_policy();
        section["properties"]["layers"] = {{"type", "object"},
                                           {"additionalProperties", {{"type", "integer"}}}};
        if (plugin_.selector == Selector::device) {
            section["properties"]["queue"] = {
                {"type", "object"},
                {"additionalProperties",
                 {{"$ref", fmt::format("#/definitions/{}-section", plugin_.name)}}}};
        }
        return section;
    }

  private:
    void add_key(std::string_view name, const Json& value) {
        // A full name belongs to the other plugin's section.
        const std::string_view first = name.substr(0, name.find('.'));
        if (first != plugin_.name && name.contains('.') && catalog_.plugin(first) != nullptr) {
            return;
        }
        add(keys_, name, value);
        if (name.contains('.')) {
            spelled_whole_.emplace(name, value);  // "net.core.rmem_max" in quotes
        }
    }

    static Json pairs(std::span<const std::string> names) {
        Json properties = Json::object();
        for (const std::string& name : names) {
            properties[name] = any_of({{{"type", "string"}}, {{"type", "integer"}}});
        }
        return {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
    }

    /// `when` is a setting of one plugin's, too.
    static Json pairs_or_value(const Json& section, const std::string& name) {
        Json table = pairs(match_keys(Selector::device));
        const auto own = section["properties"].find(name);
        return own == section["properties"].end() ? table : any_of({table, *own});
    }

    /// Whether names that only the host knows may stand there, and what they hold.
    [[nodiscard]] std::optional<Json> open_value(const std::string& path) const {
        // A hyphen, as all features of the kernel's have one.
        const auto meaning = catalog_.meaning(plugin_, path + "what-only.the-host-knows");
        const auto shorter = catalog_.meaning(plugin_, path + "what-only-the-host-knows");
        const auto& found = meaning ? meaning : shorter;
        if (!found || found->settings.empty()) {
            return std::nullopt;
        }
        return schema::optional_value(found->settings.front().tunable->domain);
    }

    [[nodiscard]] bool has_unnamed_groups() const {
        return std::ranges::any_of(plugin_.banks,
                                   [](const auto& bank) { return bank->tunables().empty(); });
    }

    [[nodiscard]] Json of_group(const std::string& path, const Group& group) const {
        Json properties = Json::object();
        for (const auto& [name, below] : group.below) {
            Json value = below.value.value_or(Json());
            if (!below.below.empty()) {
                Json table = of_group(path + name + ".", below);
                value = below.value ? any_of({*below.value, table}) : table;
            }
            properties[name] = value;
        }
        Json json = {{"type", "object"}, {"properties", properties}};
        if (const auto open = open_value(path)) {
            json["additionalProperties"] =
                any_of({*open, {{"$ref", "#/definitions/values-of-the-host"}}});
        } else if (path.empty() && has_unnamed_groups()) {
            json["additionalProperties"] = {{"$ref", "#/definitions/values-of-the-host"}};
        } else {
            json["additionalProperties"] = false;
        }
        return json;
    }

    const Catalog& catalog_;
    const Plugin& plugin_;
    Group keys_;
    std::map<std::string, Json> spelled_whole_;
};

/// The table of a plugin: a section itself, and, by the words after its name, more of them.
Json table_of(const Plugin& plugin, const Json& section) {
    Json table = section;
    const Json one = {{"$ref", fmt::format("#/definitions/{}-section", plugin.name)}};
    if (plugin.selector == Selector::label || plugin.selector == Selector::given) {
        table = {{"type", "object"}, {"additionalProperties", one}};
    } else if (plugin.selector != Selector::none) {
        table["additionalProperties"] = one;
        table["properties"].erase("match");
    }
    table["description"] = plugin.summary;
    return table;
}

Json own_tables() {
    Json forbidden = text_or_texts();
    Json sets = Json::object();
    for (const std::string_view name : cpu_set_names) {
        sets[std::string(name)] = {{"type", "string"},
                                   {"description", R"(a list of CPUs such as "2-3", or "auto")"}};
    }
    return {
        {"profile",
         {{"type", "object"},
          {"description", "What the profile is, and what it builds on."},
          {"properties",
           {{"summary", {{"type", "string"}}},
            {"extends", text_or_texts()},
            {"on_failure", {{"enum", {"rollback", "keep"}}}},
            {"forbid", forbidden},
            {"drift", schema::drift_policy()}}},
          {"additionalProperties", false}}},
        {"vars",
         {{"type", "object"},
          {"description", "Variables: ${name} elsewhere."},
          {"additionalProperties", text_or_texts()}}},
        {"cpus",
         {{"type", "object"},
          {"description", "The CPU plan, which everything else refers to."},
          {"properties", sets},
          {"additionalProperties", false}}},
    };
}

Json schema_of(const Catalog& catalog) {
    Json properties = own_tables();
    Json definitions = {{"values-of-the-host", schema::values_of_the_host()}};
    for (const Plugin* plugin : catalog.plugins()) {
        const Json section = SectionSchema(catalog, *plugin).json();
        definitions[plugin->name + "-section"] = section;
        properties[plugin->name] = table_of(*plugin, section);
    }
    return {{"$schema", "http://json-schema.org/draft-07/schema#"},
            {"title", "A profile of nanotune"},
            {"type", "object"},
            {"properties", properties},
            {"additionalProperties", {{"type", "object"}}},
            {"definitions", definitions}};
}

}  // namespace

std::string profile_schema_of(const Catalog& catalog) {
    return schema_of(catalog).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string json_of_schema(const Catalog& catalog) {
    Json json = head("schema", false, 0);
    json["schema"] = schema_of(catalog);
    return document(json);
}

}  // namespace nanotune::cli
