// Words of what a change does to the host.
#include <nanotune/tunable.hpp>

namespace nanotune {

std::string_view name_of(Impact impact) noexcept {
    switch (impact) {
        case Impact::none:
            return "";
        case Impact::drops_packets:
            return "drops";
        case Impact::bounces_link:
            return "bounces";
        case Impact::moves_processes:
            return "moves";
        case Impact::disturbs_clock:
            return "clock";
        case Impact::needs_reboot:
            return "reboot";
    }
    return "";
}

}  // namespace nanotune
