#include "engine/trust.hpp"

#include <fmt/format.h>

#include "system/storage/file_facts.hpp"

namespace nanotune {
namespace {

/// Why root cannot be sure that nobody else puts another file or folder in there; "" if it can.
std::string who_else_can_write(const FileFacts& facts) {
    constexpr unsigned others_write = 022;
    return facts.owner != 0 ? fmt::format("it belongs to user {}, not to root", facts.owner)
           : (facts.mode & others_write) != 0
               ? fmt::format("others than root can write it (mode {:o})", facts.mode)
               : std::string();
}

}  // namespace

Status safely_placed(const std::string& folder) {
    constexpr unsigned sticky = 01000;
    if (!is_root()) {
        return {};
    }
    for (const std::string& place : folders_on_way(folder)) {
        const auto facts = file_facts(place);
        const std::string who = facts ? who_else_can_write(*facts) : std::string();
        const bool only_adds = facts && facts->owner == 0 && (facts->mode & sticky) != 0;
        if (!who.empty() && !only_adds) {
            return failure(ErrorCode::denied,
                           fmt::format("state folder {}: {}: {}, so that another folder can be put "
                                       "in its place; root goes by no such journal",
                                       folder, place, who));
        }
    }
    return {};
}

Status trusted_folder(const std::string& folder) {
    NT_TRY(const FileFacts facts, file_facts(folder));
    const std::string who = is_root() ? who_else_can_write(facts) : std::string();
    if (!who.empty()) {
        return failure(ErrorCode::denied,
                       fmt::format("state folder {}: {}; what its journal says could be anybody's, "
                                   "and root goes by no such journal",
                                   folder, who));
    }
    return {};
}

Status trusted_journal(const std::string& path) {
    if (is_symbolic_link(path)) {
        return failure(ErrorCode::refused,
                       fmt::format("journal {}: it is a symbolic link, which nanotune never makes; "
                                   "nothing is done by what it leads to, and nothing was touched",
                                   path));
    }
    const auto facts = file_facts(path);
    const std::string who = facts && is_root() ? who_else_can_write(*facts) : std::string();
    if (!who.empty()) {
        return failure(ErrorCode::refused,
                       fmt::format("journal {}: {}; what it says could be anybody's: root goes by "
                                   "no such journal, and nothing was touched",
                                   path, who));
    }
    return {};
}

}  // namespace nanotune
