// What devlink's replies say of a driver's parameters.
#include <linux/devlink.h>
#include <linux/genetlink.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "system/devlink.hpp"

using namespace nanotune;
using namespace octets;

namespace {

Octets value(std::uint8_t mode, const Octets& data) {
    return nest(DEVLINK_ATTR_PARAM_VALUE, data + number(DEVLINK_ATTR_PARAM_VALUE_CMODE, mode));
}

Octets parameter(std::string_view name, std::uint8_t type, const Octets& values) {
    return generic(attribute(DEVLINK_ATTR_BUS_NAME, text("pci")) +
                   nest(DEVLINK_ATTR_PARAM, attribute(DEVLINK_ATTR_PARAM_NAME, text(name)) +
                                                number(DEVLINK_ATTR_PARAM_TYPE, type) +
                                                nest(DEVLINK_ATTR_PARAM_VALUES_LIST, values)));
}

}  // namespace

TEST_CASE("a parameter has a value for each time at which one takes effect", "[devlink]") {
    const auto read = devlink_parameter_of(
        parameter("max_macs", 3,
                  value(DEVLINK_PARAM_CMODE_RUNTIME,
                        number(DEVLINK_ATTR_PARAM_VALUE_DATA, std::uint32_t{64})) +
                      value(DEVLINK_PARAM_CMODE_DRIVERINIT,
                            number(DEVLINK_ATTR_PARAM_VALUE_DATA, std::uint32_t{128}))));
    REQUIRE(read);
    CHECK(*read ==
          DevlinkParameter{.name = "max_macs", .type = 3, .values = {{0, "64"}, {1, "128"}}});
}

TEST_CASE("a flag is on by being there, and a text is itself", "[devlink]") {
    const auto on = devlink_parameter_of(
        parameter("enable_roce", 6, value(1, attribute(DEVLINK_ATTR_PARAM_VALUE_DATA, {}))));
    REQUIRE(on);
    CHECK(on->values.at(1) == "1");
    const auto off = devlink_parameter_of(parameter("enable_roce", 6, value(1, Octets())));
    REQUIRE(off);
    CHECK(off->values.at(1) == "0");
    const auto words = devlink_parameter_of(parameter(
        "flow_steering_mode", 5, value(0, attribute(DEVLINK_ATTR_PARAM_VALUE_DATA, text("smfs")))));
    REQUIRE(words);
    CHECK(words->values.at(0) == "smfs");
}

TEST_CASE("a parameter without name or type, or cut short, is invalid", "[devlink]") {
    CHECK_FALSE(devlink_parameter_of(generic(attribute(DEVLINK_ATTR_BUS_NAME, text("pci")))));
    CHECK_FALSE(devlink_parameter_of(parameter("odd", 7, Octets())));
    const Octets whole = parameter("max_macs", 3, value(0, Octets()));
    CHECK_FALSE(devlink_parameter_of(first(whole, whole.size() - 5)));
}
