// Names of capabilities as capabilities(7) has them, and of modes as ip-link(8) explains them.
#include <algorithm>

#include <nanotune/system.hpp>

namespace nanotune {

std::string_view name_of(Capability capability) noexcept {
    switch (capability) {
        case Capability::net_admin:
            return "CAP_NET_ADMIN";
        case Capability::sys_admin:
            return "CAP_SYS_ADMIN";
        case Capability::sys_nice:
            return "CAP_SYS_NICE";
        case Capability::sys_resource:
            return "CAP_SYS_RESOURCE";
        case Capability::dac_override:
            return "CAP_DAC_OVERRIDE";
    }
    return "";
}

std::optional<std::uint32_t> Link::number(std::uint16_t attribute) const {
    const auto found = std::ranges::lower_bound(numbers, attribute, {}, &LinkNumber::attribute);
    return found == numbers.end() || found->attribute != attribute ? std::nullopt
                                                                   : std::optional(found->value);
}

std::string_view name_of(XdpProgram::Mode mode) noexcept {
    switch (mode) {
        case XdpProgram::Mode::generic:
            return "generic";
        case XdpProgram::Mode::native:
            return "native";
        case XdpProgram::Mode::offloaded:
            return "offloaded";
    }
    return "";
}

}  // namespace nanotune
