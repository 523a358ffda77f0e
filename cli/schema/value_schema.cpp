#include "value_schema.hpp"

#include <limits>
#include <optional>

#include <nanotune/numbers.hpp>
#include <nanotune/tunable.hpp>

#include "model/drift_policy.hpp"

namespace nanotune::cli::schema {

namespace {

Json scalar_or_list() {
    const Json scalar = {{"type", {"string", "integer"}}};
    return {{"type", {"string", "integer", "array"}}, {"items", scalar}};
}

Json words(const Domain& domain) {
    Json list = Json::array();
    for (const std::string_view word : words_of(domain.words)) {
        list.push_back(std::string(word));
        if (const auto number = whole_number<std::int64_t>(word)) {
            list.push_back(*number);
        }
    }
    return {{"enum", list}};
}

/// Texts of numbers are not looked into further: only the domain does units.
Json integer(const Domain& domain) {
    Json number = {{"type", "integer"}};
    if (domain.minimum != std::numeric_limits<std::int64_t>::min()) {
        number["minimum"] = domain.minimum;
    }
    if (domain.maximum != std::numeric_limits<std::int64_t>::max()) {
        number["maximum"] = domain.maximum;
    }
    const Json quantity = {
        {"type", "string"},
        {"pattern", domain.unit == Unit::none
                        ? R"(^\s*-?[0-9]+(\.0*)?\s*$)"
                        : "^\\s*-?[0-9]+(\\.[0-9]+)?\\s*[A-Za-z%\u00b5\u03bc]*\\s*$"}};
    if (domain.words.empty()) {
        return any_of({number, quantity});
    }
    Json special = words(domain);
    for (const std::string_view spelling : words_of(domain.kernel_words)) {
        if (const auto value = whole_number<std::int64_t>(spelling)) {
            special["enum"].push_back(*value);
        }
    }
    return any_of({number, quantity, special});
}

Json rows(const Domain& domain) {
    Json properties = Json::object();
    for (const Tunable& column : domain.columns) {
        Json value = optional_value(column.domain);
        value["description"] = std::string(column.summary);
        properties[std::string(column.name)] = value;
    }
    return {{"type", "array"},
            {"items",
             {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}}}};
}

Json value_of(const Domain& domain) {
    switch (domain.kind) {
        case Domain::Kind::flag:
            return {{"enum", {true, false, "true", "false"}}};
        case Domain::Kind::integer:
            return integer(domain);
        case Domain::Kind::choice:
            return words(domain);
        case Domain::Kind::text: {
            Json text = scalar_or_list();
            if (domain.normal != nullptr) {
                text["type"].push_back("boolean");
            }
            return text;
        }
        case Domain::Kind::numbers:
        case Domain::Kind::cpus:
            return scalar_or_list();
        case Domain::Kind::rows:
            return rows(domain);
    }
    return {};
}

}  // namespace

Json any_of(std::initializer_list<Json> schemas) {
    Json list = Json::array();
    for (const Json& each : schemas) {
        list.push_back(each);
    }
    Json json = Json::object();
    json["anyOf"] = list;
    return json;
}

Json text_or_texts() {
    const Json text = {{"type", "string"}};
    Json list = {{"type", "array"}};
    list["items"] = text;
    return any_of({text, list});
}

Json drift_policy() {
    Json words = Json::array();
    for (const DriftPolicy policy : {DriftPolicy::warn, DriftPolicy::repair, DriftPolicy::yield}) {
        words.push_back(std::string(name_of(policy)));
    }
    return {{"enum", words}};
}

Json optional_value(const Domain& domain) {
    const Json variable = {{"type", "string"}, {"pattern", "\\$\\{"}};
    const Json value = any_of({value_of(domain), variable});
    Json table = {
        {"type", "object"},
        {"properties",
         {{"value", value}, {"optional", {{"type", "boolean"}}}, {"drift", drift_policy()}}},
        {"required", Json::array({"value"})},
        {"additionalProperties", false}};
    if (domain.kind == Domain::Kind::integer) {
        table["properties"]["at_least"] = {{"type", "boolean"}};
    }
    return any_of({value_of(domain), variable, table});
}

Json values_of_the_host() {
    Json table = {{"type", "object"}};
    table["additionalProperties"] = any_of({{{"type", {"string", "integer", "boolean", "array"}}},
                                            {{"$ref", "#/definitions/values-of-the-host"}}});
    return table;
}

}  // namespace nanotune::cli::schema
