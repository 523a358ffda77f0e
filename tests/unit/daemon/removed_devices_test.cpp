// Of which devices it is certain that they never come back.
#include "daemon/removed_devices.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using nanotune::daemon::RemovedDevices;

namespace {

const DeviceIdentity veth{
    .name = "veth0", .index = 7, .kind = "veth", .address = "02:00:00:00:00:01", .lower = 8};

Notice gone(const DeviceIdentity& device) {
    return {.kind = Notice::Kind::link,
            .device = device.name,
            .number = device.index,
            .is_gone = true,
            .removed = device};
}

Notice there(const DeviceIdentity& device) {
    return {.kind = Notice::Kind::link, .device = device.name, .number = device.index};
}

Notice moved(const DeviceIdentity& device) {
    Notice notice = gone(device);
    notice.removed = {};
    return notice;
}

}  // namespace

TEST_CASE("a virtual device that was removed never comes back", "[daemon][removed]") {
    RemovedDevices removed;
    CHECK_FALSE(removed.has(veth));
    removed.take(there(veth));
    CHECK_FALSE(removed.has(veth));
    DeviceIdentity last = veth;
    last.lower = 0;  // its peer has gone before it
    removed.take(gone(last));
    CHECK(removed.has(veth));
}

TEST_CASE("a device that was recorded under another name or address may be another one",
          "[daemon][removed]") {
    RemovedDevices removed;
    removed.take(gone(veth));
    DeviceIdentity other = veth;
    SECTION("name") {
        other.name = "veth1";
    }
    SECTION("address") {
        other.address = "02:00:00:00:00:02";
    }
    SECTION("kind") {
        other.kind = "macvlan";
    }
    SECTION("number") {
        other.index = 9;
    }
    CHECK_FALSE(removed.has(other));
}

TEST_CASE("what is hardware's comes back, whatever was removed", "[daemon][removed]") {
    DeviceIdentity card = veth;
    SECTION("it is on a bus") {
        card.bus = "/sys/devices/pci0000:00/0000:00:03.0";
    }
    SECTION("its address is burnt in") {
        card.is_burnt_in = true;
    }
    SECTION("it is of no kind") {
        card.kind = "";
    }
    RemovedDevices removed;
    removed.take(gone(card));
    CHECK_FALSE(removed.has(card));
}

TEST_CASE("a device that moves to another network namespace may come back", "[daemon][removed]") {
    RemovedDevices removed;
    removed.take(moved(veth));
    CHECK_FALSE(removed.has(veth));
}

TEST_CASE("of a number that is given again nothing is certain", "[daemon][removed]") {
    RemovedDevices removed;
    removed.take(gone(veth));
    SECTION("to another device") {
        removed.take(there(veth));
    }
    SECTION("to one that has moved away since") {
        removed.take(moved(veth));
    }
    SECTION("maybe, as something was lost") {
        removed.take({.kind = Notice::Kind::lost, .source = Notice::Source::links});
    }
    CHECK_FALSE(removed.has(veth));
}

TEST_CASE("what others lose says nothing of devices", "[daemon][removed]") {
    RemovedDevices removed;
    removed.take(gone(veth));
    removed.take({.kind = Notice::Kind::lost, .source = Notice::Source::files});
    removed.take({.kind = Notice::Kind::ethtool, .device = veth.name});
    CHECK(removed.has(veth));
}

TEST_CASE("of very many removed devices the newest are known", "[daemon][removed]") {
    RemovedDevices removed;
    DeviceIdentity device = veth;
    for (device.index = 1; device.index <= 10'000; ++device.index) {
        removed.take(gone(device));
    }
    device.index = 10'000;
    CHECK(removed.has(device));
    device.index = 1;
    CHECK_FALSE(removed.has(device));
}
