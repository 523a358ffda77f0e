// When two looks at a device are looks at one device.
#include <nanotune/device_identity.hpp>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

const DeviceIdentity veth{
    .name = "veth0", .index = 7, .kind = "veth", .address = "02:00:00:00:00:01", .lower = 6};
const DeviceIdentity card{.name = "eth0",
                          .index = 2,
                          .address = "52:54:00:00:00:01",
                          .is_burnt_in = true,
                          .bus = "/sys/devices/pci0000:00/0000:03:00.0"};

DeviceIdentity with(DeviceIdentity device, auto change) {
    change(device);
    return device;
}

}  // namespace

TEST_CASE("a device stays the same under another name", "[device]") {
    CHECK(is_same(veth, with(veth, [](DeviceIdentity& d) { d.name = "foo"; })));
    CHECK(is_same(card, with(card, [](DeviceIdentity& d) { d.name = "foo"; })));
}

TEST_CASE("a device stays the same with another address, and stacked elsewhere", "[device]") {
    CHECK(is_same(veth, with(veth, [](DeviceIdentity& d) {
                      d.address = "02:00:00:00:00:09";
                      d.lower = 0;
                  })));
}

TEST_CASE("a virtual device made anew under the same name is another one", "[device]") {
    CHECK_FALSE(is_same(veth, with(veth, [](DeviceIdentity& d) { d.index = 9; })));
}

TEST_CASE("a device that came with the number of one that has gone is another one", "[device]") {
    CHECK_FALSE(is_same(veth, with(veth, [](DeviceIdentity& d) {
                            d.name = "eth0";
                            d.address = "02:00:00:00:00:09";
                            d.lower = 12;
                        })));
    CHECK_FALSE(is_same(veth, with(veth, [](DeviceIdentity& d) { d.kind = "dummy"; })));
}

TEST_CASE("a card is the same after its driver was loaded anew", "[device]") {
    const DeviceIdentity anew = with(card, [](DeviceIdentity& d) {
        d.index = 11;
        d.name = "eth1";
    });
    CHECK(is_same(card, anew));
    CHECK_FALSE(
        is_same(card, with(anew, [](DeviceIdentity& d) { d.address = "52:54:00:00:00:02"; })));
    CHECK_FALSE(is_same(card, with(anew, [](DeviceIdentity& d) {
                            d.bus = "/sys/devices/pci0000:00/0000:04:00.0";
                        })));
}

TEST_CASE("another card with the name and number of one that was pulled is another one",
          "[device]") {
    CHECK_FALSE(
        is_same(card, with(card, [](DeviceIdentity& d) { d.address = "52:54:00:00:00:02"; })));
}

TEST_CASE(
    "a device that was moved to another namespace is known there, though its number is "
    "taken",
    "[device]") {
    CHECK(is_moved(veth, with(veth, [](DeviceIdentity& d) { d.index = 2; })));
    CHECK(is_moved(veth, with(veth, [](DeviceIdentity& d) { d.address = "02:00:00:00:00:09"; })));
    CHECK_FALSE(is_moved(veth, with(veth, [](DeviceIdentity& d) {
                             d.name = "eth0";
                             d.address = "02:00:00:00:00:09";
                         })));
}

TEST_CASE("a device's identity reads back as it was written", "[device]") {
    CHECK(device_decoded(encoded(veth)) == veth);
    CHECK(device_decoded(encoded(card)) == card);
    CHECK(device_decoded(encoded(card) + " and-what-is-added-later") == card);
    CHECK(encoded(veth) == "veth0 7 veth 02:00:00:00:00:01 - 6 -");
    for (const std::string_view text :
         {"", "veth0", "veth0 7 veth - - 6", "- 7 veth - - 6 -", "veth0 0 veth - - 6 -",
          "veth0 x veth - - 6 -", "veth0 4294967295 veth - - 6 -"}) {
        INFO(text);
        CHECK_FALSE(device_decoded(text));
    }
}
