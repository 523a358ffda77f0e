// The documents of verbs that report on settings. The JSON library's exceptions end here.
#include "json.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "json_document.hpp"

namespace nanotune::cli {

namespace {

/// Names as one word each, so that scripts need not quote: "awaiting_confirmation".
template <typename Enum>
std::string token(Enum value) {
    std::string word(name_of(value));
    std::ranges::replace(word, ' ', '_');
    return word;
}

Json json_row(const Row& row) {
    return {{"setting", row.setting},
            {"target", {{"kind", row.target.kind}, {"name", row.target.name}}},
            {"before", row.before},
            {"wanted", row.wanted},
            {"got", row.got},
            {"outcome", token(row.outcome)},
            {"impact", token(row.impact)},
            {"origin",
             {{"file", row.origin.file}, {"line", row.origin.line}, {"column", row.origin.column}}},
            {"message", row.message}};
}

Json json_rows(const std::vector<Row>& rows) {
    Json list = Json::array();
    for (const Row& row : rows) {
        list.push_back(json_row(row));
    }
    return list;
}

Json json_report(const Report& report) {
    Json json = head(report.verb, report.changed, static_cast<int>(report.exit));
    json["state"] = token(report.state);
    json["profile"] = report.profile;
    json["profile_hash"] = report.profile_hash;
    json["rows"] = json_rows(report.rows);
    json["problems"] = json_problems(report.problems);
    json["notes"] = report.notes;
    return json;
}

/// The enumerator with this name, out of the first `count` ones.
template <typename Enum>
Enum named(std::string_view name, int count) {
    for (int i = 0; i < count; ++i) {
        if (token(static_cast<Enum>(i)) == name) {
            return static_cast<Enum>(i);
        }
    }
    throw Json::other_error::create(501, fmt::format("unknown word \"{}\"", name), nullptr);
}

std::string text_at(const Json& json, const char* key) {
    return json.at(key).get<std::string>();
}

Row row_of(const Json& json) {
    constexpr int outcomes = static_cast<int>(Outcome::not_done) + 1;
    constexpr int impacts = static_cast<int>(Impact::needs_reboot) + 1;
    const Json& origin = json.at("origin");
    return {.setting = text_at(json, "setting"),
            .target = {text_at(json.at("target"), "kind"), text_at(json.at("target"), "name")},
            .before = text_at(json, "before"),
            .wanted = text_at(json, "wanted"),
            .got = text_at(json, "got"),
            .outcome = named<Outcome>(text_at(json, "outcome"), outcomes),
            .impact = named<Impact>(text_at(json, "impact"), impacts),
            .origin = {text_at(origin, "file"), origin.at("line").get<std::uint32_t>(),
                       origin.at("column").get<std::uint32_t>()},
            .message = text_at(json, "message")};
}

Json json_devices(const std::vector<DeviceIdentity>& devices) {
    Json list = Json::array();
    for (const DeviceIdentity& device : devices) {
        list.push_back({{"name", device.name},
                        {"ifindex", device.index},
                        {"kind", device.kind},
                        {"address", device.address},
                        {"burnt_in", device.is_burnt_in},
                        {"bus", device.bus}});
    }
    return list;
}

DeviceIdentity device_of(const Json& json) {
    return {.name = text_at(json, "name"),
            .index = json.at("ifindex").get<unsigned>(),
            .kind = text_at(json, "kind"),
            .address = text_at(json, "address"),
            .is_burnt_in = json.at("burnt_in").get<bool>(),
            .bus = text_at(json, "bus")};
}

SavedPlan plan_of(const Json& json) {
    SavedPlan saved;
    saved.request.name = text_at(json.at("request"), "profile");
    for (const Json& entry : json.at("request").at("set")) {
        saved.request.overrides.push_back({text_at(entry, "name"), text_at(entry, "value")});
    }
    saved.fingerprint = text_at(json, "fingerprint");
    saved.plan.verb = text_at(json, "verb");
    saved.plan.profile = text_at(json, "profile");
    saved.plan.profile_hash = text_at(json, "profile_hash");
    for (const Json& row : json.at("rows")) {
        saved.plan.rows.push_back(row_of(row));
    }
    for (const Json& device : json.value("devices", Json::array())) {  // older plans have none
        saved.plan.devices.push_back(device_of(device));
    }
    return saved;
}

}  // namespace

std::string json_of(const Report& report) {
    return document(json_report(report));
}

namespace {

Json json_overrides(const std::vector<Override>& overrides) {
    Json list = Json::array();
    for (const Override& each : overrides) {
        list.push_back({{"name", each.name}, {"value", each.value}});
    }
    return list;
}

}  // namespace

std::string json_of(const SavedPlan& plan) {
    Json json = json_report(plan.plan);
    json["request"] = {{"profile", plan.request.name},
                       {"set", json_overrides(plan.request.overrides)}};
    json["devices"] = json_devices(plan.plan.devices);
    json["fingerprint"] = plan.fingerprint;
    return document(json);
}

std::string json_of(const HostStatus& status, Exit exit) {
    Json json = head("status", false, static_cast<int>(exit));
    json["state"] = token(status.state);
    json["profile"] = status.profile;
    json["set"] = json_overrides(status.overrides);
    json["profile_hash"] = status.profile_hash;
    json["applied_at"] = status.applied_at;
    json["settings_held"] = status.settings_held;
    json["applies"] = status.applies;
    json["confirm_by"] = status.confirm_by;
    json["guarded"] = status.is_guarded;
    json["interrupted"] = status.interrupted;
    json["frozen"] = status.frozen ? Json{{"reason", status.frozen->reason},
                                          {"by", status.frozen->by},
                                          {"since", status.frozen->since},
                                          {"until", status.frozen->until}}
                                   : Json();
    json["rows"] = json_rows(status.rows);
    json["left"] = json_rows(status.left);
    json["stranded"] = json_rows(status.stranded);
    json["drifted"] = json_rows(status.drifted);
    json["notes"] = status.notes;
    return document(json);
}

std::string json_of(std::string_view verb, const std::vector<KeyInfo>& keys) {
    Json json = head(verb, false, 0);
    Json list = Json::array();
    for (const KeyInfo& key : keys) {
        list.push_back({{"name", key.name},
                        {"section", key.section},
                        {"accepts", key.accepts},
                        {"impact", key.impact},
                        {"summary", key.summary},
                        {"aliases", key.aliases},
                        {"check_only", key.check_only}});
    }
    json["settings"] = std::move(list);
    return document(json);
}

std::string json_of_version(std::string_view version, const std::vector<PluginInfo>& plugins,
                            const Problems& problems, int status) {
    Json json = head("version", false, status);
    json["nanotune"] = version;
    Json list = Json::array();
    for (const PluginInfo& plugin : plugins) {
        list.push_back({{"name", plugin.name},
                        {"file", plugin.file},
                        {"summary", plugin.summary},
                        {"refused", plugin.refused}});
    }
    json["plugins"] = std::move(list);
    json["problems"] = json_problems(problems);
    return document(json);
}

std::string json_of(std::string_view verb, std::string_view name, std::string_view text) {
    Json json = head(verb, false, 0);
    json[std::string(name)] = text;
    return document(json);
}

std::string json_of_boot(std::string_view line, const std::vector<std::string>& arguments) {
    Json json = head("boot", false, 0);
    json["command_line"] = line;
    json["arguments"] = arguments;
    return document(json);
}

std::string json_of_event(std::string_view at,
                          const std::vector<std::pair<std::string, std::string>>& event) {
    Json json = {{"at", at}};
    for (const auto& [name, value] : event) {
        std::string key;
        for (const char letter : name) {  // "ActiveProfile" is active_profile, as elsewhere
            const bool is_capital = letter >= 'A' && letter <= 'Z';
            key += is_capital && !key.empty() ? "_" : "";
            key += is_capital ? static_cast<char>(letter - 'A' + 'a') : letter;
        }
        json[key] = value;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string json_of(std::string_view verb, const Problems& problems, int exit) {
    Json json = head(verb, false, exit);
    json["problems"] = json_problems(problems);
    return document(json);
}

std::string json_of_check(const std::vector<std::string>& notes) {
    Json json = head("profile", false, 0);
    json["problems"] = Json::array();
    json["notes"] = notes;
    return document(json);
}

namespace {

/// The beginning of a document of ours, whatever has become of the rest.
bool begins_as_plan(std::string_view text) {
    constexpr std::size_t enough = 200;
    return text.starts_with('{') && text.substr(0, enough).contains(R"("verb": "plan")");
}

std::unexpected<Error> no_plan() {
    return failure(ErrorCode::invalid, "not a plan written by nanotune plan --out");
}

std::unexpected<Error> damaged_plan(std::string_view how) {
    return failure(ErrorCode::damaged,
                   fmt::format("a saved plan that is damaged: {}; make the plan again", how));
}

}  // namespace

Result<SavedPlan> saved_plan_of(std::string_view text) {
    try {
        const Json json = Json::parse(text);
        if (!json.is_object() || json.value("verb", "") != "plan") {
            return no_plan();
        }
        if (const int version = json.value("version", 0); version != schema_version) {
            return failure(ErrorCode::unsupported,
                           fmt::format("plan of format {}, this nanotune reads format {}", version,
                                       schema_version));
        }
        SavedPlan saved = plan_of(json);
        if (fingerprint_of(saved.plan) != saved.fingerprint) {
            return failure(ErrorCode::conflict,
                           "its rows and its fingerprint do not belong together: the file was "
                           "edited; make the plan again");
        }
        return saved;
    } catch (const Json::parse_error& broken) {
        return begins_as_plan(text)
                   ? damaged_plan(broken.byte > text.size()
                                      ? "it breaks off"
                                      : fmt::format("it is no JSON from byte {} on", broken.byte))
                   : no_plan();
    } catch (const Json::exception&) {
        return begins_as_plan(text) ? damaged_plan("parts of it are missing or have other values")
                                    : no_plan();
    }
}

}  // namespace nanotune::cli
