// The records' JSON. The library, which has the words for what is not plain text, throws nothing
// beyond here.
#include "service/history.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "service/journald.hpp"
#include "service/time_text.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t file_limit = std::size_t{1} << 20U;  // of two files: this one and the older
constexpr std::chrono::seconds turn_patience{2};
constexpr std::size_t rows_kept = 256;
constexpr std::size_t problems_kept = 16;
constexpr std::size_t longest_text = 4096;  // of a reason, a problem
constexpr std::size_t longest_value = 512;
constexpr std::size_t any_length = std::string_view::npos;
constexpr std::string_view message_id = "8c1b6f1f0a1e4f7f9b8f5b0f6a1d2c3e";

/// As much of it as a record has room for.
std::string bounded(std::string_view text, std::size_t longest) {
    return text.size() <= longest
               ? std::string(text)
               : fmt::format("{} [{} bytes more]", text.substr(0, longest), text.size() - longest);
}

/// Whether the row is about a value that is another one now, or should be.
bool says_something(const Row& row) {
    return row.outcome != Outcome::unchanged && row.outcome != Outcome::unsupported;
}

/// Most texts are in JSON what they are anywhere.
bool needs_no_escape(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

/// As it is between the quotes of JSON.
std::string quotable(std::string_view text) {
    if (needs_no_escape(text)) {
        return std::string(text);
    }
    const std::string quoted = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return quoted.substr(1, quoted.size() - 2);
}

/// What introduces a value, up to its quote, and as much of the value as a record has room for.
void append_value(std::string& line, std::string_view introduction, std::string_view value,
                  std::size_t longest = longest_value) {
    line += introduction;
    if (value.size() <= longest && needs_no_escape(value)) {
        line += value;
    } else {
        line += quotable(bounded(value, longest));
    }
}

/// As text at once: by a tree of values, which has to be made and taken apart, or with a text of
/// its own for each value, it takes several times as long.
void append_row(std::string& line, const Row& row) {
    append_value(line, R"({"setting":")", row.setting, any_length);
    append_value(line, R"(","target":")", row.target.text(), any_length);
    append_value(line, R"(","before":")", row.before);
    append_value(line, R"(","wanted":")", row.wanted);
    append_value(line, R"(","got":")", row.got);
    append_value(line, R"(","outcome":")", name_of(row.outcome));
    line += R"("})";
}

/// Whether it is another value now, or will be once it can.
bool is_changed(const Row& row) {
    return row.outcome == Outcome::changed || row.outcome == Outcome::adjusted ||
           (row.outcome == Outcome::pending && row.before != row.got);
}

std::ptrdiff_t changed_in(const Report& report) {
    return std::ranges::count_if(report.rows, is_changed);
}

/// "as wanted", "refused", ...: what it came to, in a word.
std::string_view outcome_of(Exit exit) {
    constexpr std::array<std::string_view, 8> words = {
        "as wanted",   "refused",      "differs",         "reboot needed",
        "rolled back", "not restored", "consent missing", "busy or timed out"};
    return words[static_cast<std::size_t>(exit)];
}

std::string json_of(const Problems& problems) {
    std::string list;
    std::string_view between;
    for (const Error& problem : problems | std::views::take(problems_kept)) {
        list += fmt::format("{}\"{}\"", std::exchange(between, ","),
                            quotable(bounded(problem.message, longest_text)));
    }
    return list;
}

/// The last members of a record, with the comma before them.
void append_settings(std::string& line, const Report& report) {
    constexpr std::size_t usual_row = 160;
    const auto all = static_cast<std::size_t>(std::ranges::count_if(report.rows, says_something));
    line.reserve(line.size() + std::min(all, rows_kept) * usual_row);
    line += ",\"settings\":[";
    std::string_view between;
    for (const Row& row :
         report.rows | std::views::filter(says_something) | std::views::take(rows_kept)) {
        append_row(line.append(std::exchange(between, ",")), row);
    }
    line += ']';
    if (all > rows_kept) {
        line += fmt::format(",\"settings_left_out\":{}", all - rows_kept);
    }
}

/// What a person finds in the journal of the system.
std::string message_of(const HistoryRecord& record) {
    const Report& report = record.report;
    return fmt::format(
        "{}{}{} by user {}{}: {}{}", report.verb, report.profile.empty() ? "" : " of ",
        report.profile, record.actor.user,
        record.actor.client.empty() ? "" : fmt::format(" with {}", record.actor.client),
        outcome_of(report.exit),
        record.reason.empty() ? "" : fmt::format(" ({})", bounded(record.reason, longest_text)));
}

/// With all that the record has: who may read that journal may read settings, too.
void tell_journald(const HistoryRecord& record, std::string_view line) {
    const Report& report = record.report;
    const bool is_bad = report.exit == Exit::not_restored || report.exit == Exit::rolled_back;
    const std::string message = message_of(record);
    const std::string user = std::to_string(record.actor.user);
    const std::string login_user = std::to_string(record.actor.login_user.value_or(0));
    const std::array<JournaldField, 12> fields = {{{"MESSAGE", message},
                                                   {"MESSAGE_ID", message_id},
                                                   {"PRIORITY", is_bad ? "4" : "5"},
                                                   {"SYSLOG_IDENTIFIER", "nanotune"},
                                                   {"NANOTUNE_VERB", report.verb},
                                                   {"NANOTUNE_USER", user},
                                                   {"NANOTUNE_CLIENT", record.actor.client},
                                                   {"NANOTUNE_PROFILE", report.profile},
                                                   {"NANOTUNE_PROFILE_HASH", record.profile_hash},
                                                   {"NANOTUNE_OUTCOME", outcome_of(report.exit)},
                                                   {"NANOTUNE_RECORD", line},
                                                   {"NANOTUNE_LOGIN_USER", login_user}}};
    const std::size_t none = record.actor.login_user ? 0 : 1;  // nobody has logged in
    send_to_journald(std::span(fields).first(fields.size() - none));
}

/// In the place of a line that is no record: a disk or a crash left it so, and it says nothing
/// more.
constexpr std::string_view damaged_record = R"({"outcome":"damaged record"})";

/// The lines, each of them a record.
std::string records_in(std::string_view lines) {
    std::string records;
    while (!lines.empty()) {
        const std::string_view line = lines.substr(0, lines.find('\n'));
        lines.remove_prefix(std::min(line.size() + 1, lines.size()));
        if (!line.empty()) {
            const bool is_whole = line.front() == '{' && Json::accept(line);
            records.append(is_whole ? line : damaged_record).push_back('\n');
        }
    }
    return records;
}

/// The last `count` lines of the text.
std::string_view last_lines(std::string_view text, std::size_t count) {
    std::size_t begin = text.size();
    for (; count > 0 && begin > 0; --count) {
        const std::size_t end = text.rfind('\n', begin - 1);
        begin = end == std::string_view::npos || begin < 2 ? 0 : text.rfind('\n', begin - 2) + 1;
    }
    return text.substr(begin);
}

/// The folder may not be there yet.
Result<DurableFile> opened(const std::string& path, const std::string& folder) {
    auto file = DurableFile::open(path);
    if (file) {
        return file;
    }
    NT_CHECK(make_folder(folder));
    return DurableFile::open(path);
}

}  // namespace

std::string line_of(const HistoryRecord& record, std::string_view at) {
    const Report& report = record.report;
    const std::optional<std::uint32_t> login_user = record.actor.login_user;
    std::string line = fmt::format(
        R"({{"at":"{}","verb":"{}","user":{}{},"client":"{}","recorded_by":{},"profile":"{}",)"
        R"("profile_hash":"{}","outcome":"{}","exit":{},"state":"{}","changed":{},)"
        R"("settings_changed":{}{}{},"problems":[{}])",
        quotable(at), quotable(report.verb), record.actor.user,
        login_user ? fmt::format(R"(,"login_user":{})", *login_user) : "",
        quotable(record.actor.client), ::getpid(), quotable(report.profile),
        quotable(record.profile_hash), outcome_of(report.exit), static_cast<int>(report.exit),
        name_of(report.state), report.changed, changed_in(report),
        report.has_recovered ? R"(,"recovered":true)" : "",
        record.reason.empty()
            ? ""
            : fmt::format(R"(,"reason":"{}")", quotable(bounded(record.reason, longest_text))),
        json_of(report.problems));
    append_settings(line, report);
    return line += '}';
}

Status History::add(const HistoryRecord& record) const {
    std::string line = line_of(record, time_text(seconds_since_epoch()));
    tell_journald(record, line);
    line += '\n';
    const std::string path = folder_ + "/history";
    NT_TRY(DurableFile file, opened(path, folder_));
    NT_TRY(const std::uint64_t size, file.size());
    if (size + line.size() > file_limit) {
        NT_TRY(file, turned_over(path, line.size()));
    }
    NT_TRY(const bool is_whole, file.ends_whole());
    if (!is_whole) {  // what a crash has cut off keeps its line to itself
        line.insert(0, 1, '\n');
    }
    NT_CHECK(file.append(line));
    return file.sync();
}

/// What was refused is on record too, by whoever did not get the lock: it is one's own turn here.
Result<DurableFile> History::turned_over(const std::string& path, std::size_t more) const {
    NT_TRY(const Lock turn, Lock::acquire(folder_ + "/history.lock", "history", turn_patience));
    NT_TRY(DurableFile file, DurableFile::open(path));
    NT_TRY(const std::uint64_t size, file.size());
    if (size + more <= file_limit) {
        return file;
    }
    NT_CHECK(move_file(path, path + ".older"));
    return DurableFile::open(path);
}

Result<std::string> History::last(std::size_t count) const {
    std::string text;
    for (const bool is_older : {true, false}) {
        auto part = read_file(folder_ + (is_older ? "/history.older" : "/history"), 2 * file_limit);
        if (part) {
            text += *part;
            text += !text.empty() && text.back() != '\n' ? "\n" : "";
        } else if (is_older && part.error().code == ErrorCode::io) {
            text.append(damaged_record).push_back('\n');  // those since are no less true
        } else if (part.error().code != ErrorCode::not_found) {
            return std::unexpected(std::move(part).error());
        }
    }
    return records_in(last_lines(text, count));
}

}  // namespace nanotune
