#include "permission.hpp"

namespace nanotune::nic {

Status may_administer(System& system, const Target& nic, const Tunable& tunable) {
    if (system.has(Capability::net_admin)) {
        return {};
    }
    return failure(ErrorCode::denied, std::string(name_of(Capability::net_admin)) +
                                          " is missing, which " + std::string(tunable.name) +
                                          " of " + nic.name + " needs");
}

std::unexpected<Error> lacks(const Target& nic, std::string_view what) {
    return failure(ErrorCode::unsupported,
                   "the driver of " + nic.name + " does not have " + std::string(what));
}

}  // namespace nanotune::nic
