#include "history_text.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "json_document.hpp"
#include "text.hpp"

namespace nanotune::cli {

namespace {

RecordedSetting recorded_setting(const Json& json) {
    return {.setting = json.value("setting", ""),
            .target = json.value("target", ""),
            .before = json.value("before", ""),
            .got = json.value("got", ""),
            .outcome = json.value("outcome", "")};
}

RecordedDeed recorded_deed(const Json& json) {
    RecordedDeed deed{.at = json.value("at", ""),
                      .verb = json.value("verb", ""),
                      .profile = json.value("profile", ""),
                      .user = json.value("user", 0U),
                      .login_user = json.value("login_user", json.value("user", 0U)),
                      .client = json.value("client", ""),
                      .process = json.value("recorded_by", 0L),
                      .outcome = json.value("outcome", ""),
                      .changed = json.value("settings_changed", std::size_t{0}),
                      .reason = json.value("reason", ""),
                      .problems = json.value("problems", std::vector<std::string>()),
                      .settings = {},
                      .settings_left_out = json.value("settings_left_out", std::size_t{0})};
    if (json.value("recovered", false)) {
        deed.reason += fmt::format("{}what was left open before was taken back first",
                                   deed.reason.empty() ? "" : "; ");
    }
    for (const Json& setting : json.value("settings", Json::array())) {
        deed.settings.push_back(recorded_setting(setting));
    }
    return deed;
}

/// "0(root)", as id(1) has it.
std::string named(std::uint32_t user,
                  const std::function<std::string(std::uint32_t)>& name_of_user) {
    const std::string name = name_of_user(user);
    return name.empty() ? std::to_string(user) : fmt::format("{}({})", user, name);
}

/// Who did it, and with what where the verb does not say that; on a brief line it has no number.
std::string doer_of(const RecordedDeed& deed,
                    const std::function<std::string(std::uint32_t)>& name_of_user, bool is_brief) {
    std::string doer = named(deed.user, name_of_user);
    if (deed.login_user != deed.user) {
        doer += fmt::format(", login {}", named(deed.login_user, name_of_user));
    }
    // "nanotune datapath" of the verb "datapath enable"
    const std::string by_itself = "nanotune " + deed.verb.substr(0, deed.verb.find(' '));
    const std::string program =
        is_brief ? deed.client.substr(0, deed.client.find(" (process ")) : deed.client;
    if (!program.empty() && program != by_itself && !(is_brief && program == "nanotune")) {
        doer += fmt::format(", {}", program);
    }
    return doer;
}

void add_details(Table& table, const RecordedDeed& deed) {
    for (const std::string& problem : deed.problems) {
        table.add_note(problem);
    }
    for (const RecordedSetting& setting : deed.settings) {
        table.add_note(fmt::format("{} on {}: {} -> {} ({})", setting.setting, setting.target,
                                   setting.before, setting.got, setting.outcome));
    }
    if (deed.settings_left_out > 0) {
        table.add_note(fmt::format("and {} more", deed.settings_left_out));
    }
}

}  // namespace

Result<Deeds> history_of(std::string_view lines) {
    Deeds history;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        try {
            history.deeds.push_back(recorded_deed(Json::parse(line)));
            history.lines.emplace_back(line);
        } catch (const Json::exception& broken) {
            return failure(ErrorCode::damaged,
                           fmt::format("record {} of the history is no record: {}",
                                       history.lines.size() + 1, broken.what()));
        }
    }
    return history;
}

std::string json_of(const Deeds& history) {
    Json json = head("history", false, 0);
    Json records = Json::array();
    for (const std::string& line : history.lines) {
        records.push_back(Json::parse(line));
    }
    json["records"] = std::move(records);
    return document(json);
}

void print_history(const Screen& screen, const std::vector<RecordedDeed>& deeds,
                   const std::function<std::string(std::uint32_t)>& name_of_user) {
    Table table({{.title = "AT"},
                 {.title = "VERB", .may_wrap = true},
                 {.title = "PROFILE", .may_wrap = true},
                 {.title = "BY", .may_wrap = true},
                 {.title = "CHANGED"},
                 {.title = "OUTCOME", .may_wrap = true}});
    for (const RecordedDeed& deed : deeds) {
        table.add({{deed.at},
                   {deed.verb},
                   {deed.profile},
                   {doer_of(deed, name_of_user, !screen.look().verbose)},
                   {deed.changed == 0 ? "" : std::to_string(deed.changed)},
                   {deed.outcome, deed.outcome == "as wanted" ? Style::plain : Style::warning}});
        if (!deed.reason.empty()) {
            table.add_note(deed.reason);
        }
        if (screen.look().verbose) {
            add_details(table, deed);
        }
    }
    if (table.empty()) {
        screen.line("Nothing has been done here yet.");
        return;
    }
    screen.table(table);
}

}  // namespace nanotune::cli
