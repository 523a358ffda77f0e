#include "daemon/own_version.hpp"

namespace nanotune::daemon {

std::string_view own_version() noexcept {
    return NANOTUNE_VERSION;
}

}  // namespace nanotune::daemon
