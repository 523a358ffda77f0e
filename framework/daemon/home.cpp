#include "daemon/home.hpp"

#include <utility>

#include "cli/direct/direct_service.hpp"

namespace nanotune::daemon {

Result<Home> Home::move_into(std::string folder, std::string command) {
    NT_CHECK(cli::prepare_state_folder(folder));
    NT_TRY(Residence residence, Residence::take(folder, command));
    return Home(std::move(folder), std::move(command), std::move(residence));
}

Status Home::stay() {
    if (residence_.stands()) {
        return {};
    }
    NT_CHECK(cli::prepare_state_folder(folder_));
    NT_TRY(residence_, Residence::take(folder_, command_));
    return {};
}

}  // namespace nanotune::daemon
