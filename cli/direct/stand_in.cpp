#include "stand_in.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "system/storage/storage.hpp"

namespace nanotune::cli {

namespace {

Result<std::string> new_folder_in(const std::string& place) {
    std::string name = place + "/held-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) {
        return kernel_failure("make a folder in " + place, errno);
    }
    return name;
}

void remove_folder(const std::string& folder) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
}

}  // namespace

Result<std::unique_ptr<StandIn>> StandIn::with(const HeldJournal& held,
                                               const std::vector<std::string>& places) {
    NT_TRY(const Identity identity, current_identity());
    Status taken = failure(ErrorCode::not_found, "no folder is known that could take it");
    for (const std::string& place : places) {
        const auto name = new_folder_in(place);
        if (!name) {
            taken = std::unexpected(name.error());
            continue;
        }
        StateFolder folder(*name, identity);
        const Result<bool> given = held.give_back(folder, any_awaiting);
        if (given && *given) {
            return std::unique_ptr<StandIn>(new StandIn(std::move(folder)));  // NOLINT: private
        }
        remove_folder(*name);
        taken = given ? failure(ErrorCode::not_found, "nothing is on record")
                      : std::unexpected(given.error());
    }
    return std::unexpected(std::move(taken).error());
}

bool StandIn::is_blank() const {
    const auto view = folder_.view();
    return view && view->ledger.is_blank();
}

StandIn::~StandIn() {
    if (is_given_back_ || is_blank()) {
        remove_folder(folder_.folder());
    }
}

}  // namespace nanotune::cli
