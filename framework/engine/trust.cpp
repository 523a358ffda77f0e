#include "engine/trust.hpp"

#include <vector>

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

Status safely_placed(const std::string& folder, const std::vector<FolderOnWay>& way) {
    constexpr unsigned sticky = 01000;
    for (const auto& [place, facts] : way) {
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

}  // namespace

Result<bool> trusted_folder(const std::string& folder) {
    if (!is_root()) {
        const auto facts = file_facts(folder);
        return facts && facts->is_folder;
    }
    const Way way = way_to(folder);
    NT_CHECK(safely_placed(folder, way.folders));
    if (!way.end || !way.end->is_folder) {
        return false;
    }
    if (const std::string who = who_else_can_write(*way.end); !who.empty()) {
        return failure(ErrorCode::denied,
                       fmt::format("state folder {}: {}; what its journal says could be anybody's, "
                                   "and root goes by no such journal",
                                   folder, who));
    }
    return true;
}

Status trusted_journal(const std::string& path) {
    const auto facts = name_facts(path);
    if (facts && facts->is_link) {
        return failure(ErrorCode::refused,
                       fmt::format("journal {}: it is a symbolic link, which nanotune never makes; "
                                   "nothing is done by what it leads to, and nothing was touched",
                                   path));
    }
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
