// A line for each file: path, identity, names of its settings elsewhere, and its summary, with tabs
// between; of one that hangs, a mark in the place of the names that no setting can have.
#include "engine/seen_plugins.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/domain.hpp>

#include "system/storage/file_facts.hpp"
#include "system/storage/next_line.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {
namespace {

constexpr std::size_t size_limit = 1 << 20;
constexpr std::string_view hanging = "!";

}  // namespace

SeenPlugins::SeenPlugins(std::string file) : file_(std::move(file)) {
    const auto facts = file_facts(file_);
    const auto text =
        facts && facts->is_regular ? read_file(file_, size_limit) : Result<std::string>{};
    std::string_view rest = text ? std::string_view(*text) : std::string_view();
    while (!rest.empty()) {
        remember(next_line(rest));
    }
}

void SeenPlugins::remember(std::string_view line) {
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    const std::size_t third = line.find('\t', second + 1);
    if (first == std::string_view::npos || second == std::string_view::npos ||
        third == std::string_view::npos) {
        return;
    }
    SeenPlugin seen{.identity = {std::string(line.substr(first + 1, second - first - 1))},
                    .summary = std::string(line.substr(third + 1))};
    const std::string_view names = line.substr(second + 1, third - second - 1);
    seen.hangs = names == hanging;
    if (!seen.hangs) {
        for (const std::string_view name : words_of(names)) {
            seen.names_elsewhere.emplace_back(name);
        }
    }
    by_path_.emplace(line.substr(0, first), std::move(seen));
}

const SeenPlugin* SeenPlugins::find(std::string_view path, const FileIdentity& identity) const {
    const auto found = by_path_.find(path);
    return found != by_path_.end() && found->second.identity == identity ? &found->second : nullptr;
}

void SeenPlugins::add(std::string path, SeenPlugin seen) {
    by_path_.insert_or_assign(std::move(path), std::move(seen));
    is_new_ = true;
}

void SeenPlugins::keep() const {
    if (!is_new_ || file_.empty()) {
        return;
    }
    std::string text;
    for (const auto& [path, seen] : by_path_) {
        text += fmt::format("{}\t{}\t{}\t{}\n", path, seen.identity.text,
                            seen.hangs ? std::string(hanging)
                                       : fmt::format("{}", fmt::join(seen.names_elsewhere, "|")),
                            seen.summary.substr(0, seen.summary.find('\n')));
    }
    std::ignore = replace_file(file_, text);
}

}  // namespace nanotune
