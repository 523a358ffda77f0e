// A line for each file: path, identity, names of its settings elsewhere, and its summary, with tabs
// between; of one that hangs, a mark in the place of the names that no setting can have.
#include "engine/seen_plugins.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/domain.hpp>

#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {
namespace {

constexpr std::size_t size_limit = 1 << 20;

/// Nothing where a part is missing.
std::optional<SeenPlugin> seen_in(std::string_view line) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::size_t third = line.find('\t', second + 1);
    if (first == std::string_view::npos || second == std::string_view::npos ||
        third == std::string_view::npos) {
        return std::nullopt;
    }
    const bool hangs = line.substr(second + 1).starts_with(SeenPlugins::hanging);
    return SeenPlugin{.path = line.substr(0, first),
                      .identity = line.substr(first + 1, second - first - 1),
                      .names_elsewhere = hangs ? "" : line.substr(second + 1, third - second - 1),
                      .summary = line.substr(third + 1),
                      .hangs = hangs};
}

/// Whether whatever changes the folder from now on gives it another change time: what changed in
/// the same tick of the clock does not.
bool is_past(std::int64_t changed) {
    using std::chrono::system_clock;
    constexpr std::chrono::seconds longest_tick{2};
    const auto then = std::chrono::nanoseconds(changed);
    return system_clock::now().time_since_epoch() - longest_tick > then;
}

}  // namespace

SeenPlugins::SeenPlugins(std::string file) : file_(std::move(file)) {
    text_ = file_.empty() ? std::string() : read_file(file_, size_limit).value_or(std::string());
    std::string_view rest = text_;
    while (!rest.empty()) {
        if (const auto seen = seen_in(next_line(rest))) {
            seen_.push_back(*seen);
        }
    }
}

const SeenPlugin* SeenPlugins::find(std::string_view path, const FileIdentity& identity) const {
    const auto found = std::ranges::find(seen_, path, &SeenPlugin::path);
    return found != seen_.end() && found->identity == identity.text ? &*found : nullptr;
}

SeenPlugin SeenPlugins::add(std::string_view path, const FileIdentity& identity,
                            std::string_view found) {
    const std::string& line = added_.emplace_back(
        fmt::format("{}\t{}\t{}", path, identity.text, found.substr(0, found.find('\n'))));
    const SeenPlugin seen = seen_in(line).value_or(SeenPlugin());
    std::erase_if(seen_, [&](const SeenPlugin& before) { return before.path == path; });
    seen_.push_back(seen);
    return seen;
}

void SeenPlugins::keep() const {
    if (added_.empty() || file_.empty()) {
        return;
    }
    std::string text;
    for (const SeenPlugin& seen : seen_) {
        text += fmt::format(
            "{}\t{}\t{}{}\n", seen.path, seen.identity,
            seen.hangs ? std::string(hanging) : fmt::format("{}\t", seen.names_elsewhere),
            seen.summary);
    }
    std::ignore = replace_file(file_, text);
}

Result<std::vector<std::string>> plugin_files_in(const std::string& folder, const FileFacts& facts,
                                                 SeenPlugins& seen) {
    const FileIdentity identity = identity_of(facts);
    if (const SeenPlugin* known = seen.find(folder, identity)) {
        const std::vector<std::string_view> files = words_of(known->names_elsewhere);
        return std::vector<std::string>(files.begin(), files.end());
    }
    NT_TRY(std::vector<std::string> files, folder_names(folder));
    std::erase_if(files, [](const std::string& name) { return !name.ends_with(".so"); });
    const bool are_words = std::ranges::none_of(files, [](const std::string& name) {
        return name.find_first_of("|\t\n") != std::string::npos;
    });
    if (are_words && is_past(facts.changed) && has_times_of_changes(folder)) {
        seen.add(folder, identity, fmt::format("{}\t", fmt::join(files, "|")));
    }
    return files;
}

}  // namespace nanotune
