// What the control and netdev families of generic netlink say.
#include <linux/genetlink.h>

#include "octets.hpp"
#include "support/catch.hpp"
#include "system/generic_family.hpp"
#include "system/netdev.hpp"

using namespace nanotune;
using namespace octets;

namespace {

Octets operation(std::uint32_t command) {
    return nest(1,
                number(CTRL_ATTR_OP_ID, command) + number(CTRL_ATTR_OP_FLAGS, std::uint32_t{14}));
}

}  // namespace

TEST_CASE("a family has the commands that the running kernel lists", "[family]") {
    const auto entry = family_entry_of(
        generic(attribute(CTRL_ATTR_FAMILY_NAME, text("ethtool")) +
                number(CTRL_ATTR_FAMILY_ID, std::uint16_t{21}) +
                nest(CTRL_ATTR_OPS, operation(1) + operation(38) + operation(100'000))));
    REQUIRE(entry);
    CHECK(entry->number == 21);
    CHECK(entry->commands.count() == 2);
    CHECK(entry->commands.test(1));
    CHECK(entry->commands.test(38));
}

TEST_CASE("a family without a number is invalid", "[family]") {
    CHECK_FALSE(family_entry_of(generic(attribute(CTRL_ATTR_FAMILY_NAME, text("ethtool")))));
    CHECK_FALSE(family_entry_of(
        generic(number(CTRL_ATTR_FAMILY_ID, std::uint16_t{21}) + nest(CTRL_ATTR_OPS, Octets(5)))));
}

TEST_CASE("a queue has a number, a direction and perhaps a NAPI instance", "[netdev]") {
    const Octets index = number(1, std::uint32_t{3}) + number(2, std::uint32_t{2});
    const auto receive = netdev_queue_of(
        generic(index + number(3, std::uint32_t{0}) + number(4, std::uint32_t{513})));
    REQUIRE(receive);
    CHECK(*receive == QueueInterrupt{.is_receive = true, .queue = 3, .napi = 513, .irq = 0});
    const auto transmit = netdev_queue_of(generic(index + number(3, std::uint32_t{1})));
    REQUIRE(transmit);
    CHECK(*transmit == QueueInterrupt{.is_receive = false, .queue = 3, .napi = 0, .irq = 0});
    CHECK_FALSE(netdev_queue_of(generic(index)));
}

TEST_CASE("a NAPI instance may have no interrupt", "[netdev]") {
    const auto with =
        netdev_napi_of(generic(number(1, std::uint32_t{2}) + number(2, std::uint32_t{513}) +
                               number(3, std::uint32_t{27})));
    REQUIRE(with);
    CHECK(*with == std::pair(513U, 27U));
    const auto without = netdev_napi_of(generic(number(2, std::uint32_t{513})));
    REQUIRE(without);
    CHECK(*without == std::pair(513U, 0U));
    CHECK_FALSE(netdev_napi_of(generic(first(number(2, std::uint32_t{513}), 7))));
}

TEST_CASE("a queue has its NAPI instance's interrupt, and its instance where that names none",
          "[netdev]") {
    const auto queue = [](std::uint32_t id, std::uint32_t type, const Octets& napi) {
        return generic(number(1, id) + number(3, type) + napi);
    };
    const auto napi = [](std::uint32_t id, const Octets& irq) {
        return generic(number(2, id) + irq);
    };
    const Bodies queues = {queue(0, 0, number(4, std::uint32_t{513})),
                           queue(1, 0, number(4, std::uint32_t{514})), queue(0, 1, {})};
    const Bodies napis = {napi(513, number(3, std::uint32_t{27})), napi(514, {})};
    const auto found = netdev_queues_of(queues, napis);
    REQUIRE(found);
    CHECK(*found ==
          std::vector<QueueInterrupt>{{.is_receive = true, .queue = 0, .napi = 513, .irq = 27},
                                      {.is_receive = true, .queue = 1, .napi = 514, .irq = 0}});
}

TEST_CASE("a NAPI instance has those times that its kernel keeps", "[netdev]") {
    const auto times =
        napi_times_of(generic(number(2, std::uint32_t{8192}) + number(5, std::uint32_t{20}) +
                              number(6, std::uint32_t{200'000})));
    REQUIRE(times);
    CHECK(*times == NapiTimes{.defer_hard_irqs = 20, .gro_flush_timeout = 200'000});
    const auto wide = napi_times_of(generic(number(7, std::uint64_t{1} << 40U)));
    REQUIRE(wide);
    CHECK(wide->irq_suspend_timeout == std::uint64_t{1} << 40U);
    const auto without = napi_times_of(generic(number(2, std::uint32_t{8192})));
    REQUIRE_FALSE(without);
    CHECK(without.error().code == ErrorCode::unsupported);
}
