// Orders byte by byte. The expected bytes were computed by another program, from the layout's
// words.
#include <cstdio>
#include <cstring>
#include <limits>
#include <string>

#include "given_processor.hpp"
#include "support/catch.hpp"

using namespace nanotune::test;

extern "C" int nt_test_order(const nt_settings* settings, const nt_u8* data, nt_u8* order);

namespace {

Packet bytes_of(std::string_view hex) {
    Packet bytes;
    for (std::size_t at = 0; at < hex.size(); at += 2) {
        bytes.push_back(
            static_cast<std::uint8_t>(std::stoul(std::string(hex.substr(at, 2)), nullptr, 16)));
    }
    return bytes;
}

Packet order_for(const Packet& data, const nt_settings& settings = {10'000, 100, 0, 0}) {
    Packet order(nt_order_size, 0xEE);
    nt_order_id id{};
    nt_store_order(nt_order_for(&settings, data.data(), &id), order.data());
    return order;
}

std::string id_for(std::uint64_t timestamp) {
    const Packet order = order_for(market_data({.timestamp = timestamp}));
    return {order.begin() + 25, order.end()};
}

/// By the words: "ORD" and the timestamp in decimal, cut at 15 characters, filled up with zeros.
std::string described_id(std::uint64_t timestamp) {
    std::string id = ("ORD" + std::to_string(timestamp)).substr(0, 15);
    id.resize(16, '\0');
    return id;
}

}  // namespace

TEST_CASE("a known tick gets the known order, headers and checksums included", "[datapath]") {
    GivenIpv4 given;
    const Packet tick = bytes_of(
        "020000000002020000000001080045000034123440003f11a59ec0a80132c0a801649c401f900020c63e"
        "4141504c202020200f270000e803000015cd853dfe9c9717");
    REQUIRE(tick == packet({}));
    const auto answers = given.answers_to({tick});
    REQUIRE(answers.size() == 1);
    CHECK(answers[0] ==
          bytes_of("020000000001020000000002080045000045000040004011b6c1c0a80164c0a801321f909c40"
                   "003144f14141504c2020202010270000640000000015cd853dfe9c97174f524431373030303030"
                   "303030313200"));
}

TEST_CASE("numbers in network order are read and written so", "[datapath]") {
    const nt_settings settings{10'000, 100, 1, 0};
    const Packet data = market_data({}, true);
    REQUIRE(data == bytes_of("4141504c202020200000270f000003e817979cfe3d85cd15"));
    CHECK(nt_is_below_threshold(&settings, data.data()));
    CHECK(order_for(data, settings) ==
          bytes_of("4141504c2020202000002710000000640017979cfe3d85cd154f524431373030303030303030"
                   "313200"));
}

TEST_CASE("an order is wanted below the price alone", "[datapath]") {
    const nt_settings settings{10'000, 100, 0, 0};
    const auto wants = [&settings](std::uint32_t price) {
        return nt_is_below_threshold(&settings, market_data({.price = price}).data()) != 0;
    };
    CHECK(wants(0));
    CHECK(wants(9999));
    CHECK_FALSE(wants(10'000));
    CHECK_FALSE(wants(std::numeric_limits<std::uint32_t>::max()));
}

TEST_CASE("an order's number is the timestamp's first twelve digits, whatever its length",
          "[datapath]") {
    std::uint64_t power = 1;
    for (int digits = 1; digits <= 20; ++digits) {
        for (const std::uint64_t time : {power - 1, power, power + 1, power * 7 / 3}) {
            CHECK(id_for(time) == described_id(time));
        }
        power *= 10;
    }
    CHECK(id_for(std::numeric_limits<std::uint64_t>::max()) ==
          described_id(std::numeric_limits<std::uint64_t>::max()));
}

TEST_CASE("every four digits are printed", "[datapath]") {
    for (std::uint32_t number = 0; number < 10'000; ++number) {
        char expected[9];
        std::snprintf(expected, sizeof expected, "%04u%04u", number, 9999 - number);
        const std::uint64_t digits = nt_eight_digits(number, 9999 - number);
        REQUIRE(std::memcmp(&digits, expected, 8) == 0);
    }
}

TEST_CASE("a number kept from the order before is right for the next one or made anew",
          "[datapath]") {
    nt_order_id id{};
    const nt_settings settings{10'000, 100, 0, 0};
    const std::uint64_t steps[] = {1'700'000'000'119'999'999,
                                   1'700'000'000'120'000'000,
                                   1'700'000'000'129'999'999,
                                   1'700'000'000'130'000'000,
                                   1'700'000'000'110'000'000,
                                   5,
                                   6,
                                   999'999'999'999,
                                   1'000'000'000'000,
                                   1'000'000'000'009,
                                   0,
                                   std::numeric_limits<std::uint64_t>::max(),
                                   0};
    for (const std::uint64_t time : steps) {
        Packet order(nt_order_size);
        const Packet data = market_data({.timestamp = time});
        nt_store_order(nt_order_for(&settings, data.data(), &id), order.data());
        CHECK(std::string(order.begin() + 25, order.end()) == described_id(time));
    }
}

TEST_CASE("the order's sum is that of its bytes", "[datapath]") {
    const nt_settings settings{10'000, 100, 0, 0};
    for (std::uint64_t time = 3; time < 1ULL << 62; time = time * 5 + 1) {
        const Packet data = market_data({.symbol = "Z", .price = 77, .timestamp = time});
        nt_order_id id{};
        const nt_order order = nt_order_for(&settings, data.data(), &id);
        Packet stored(nt_order_size);
        nt_store_order(order, stored.data());
        const auto checksum = static_cast<std::uint16_t>(~nt_sum_folded(nt_order_sum(order)));
        CHECK(nt_swap16(checksum) == internet_checksum(stored));
    }
}

TEST_CASE("C makes the orders that C++ makes", "[datapath]") {
    const nt_settings settings{10'000, 100, 0, 0};
    const Packet data = market_data({});
    Packet order(nt_order_size);
    CHECK(nt_test_order(&settings, data.data(), order.data()) == 1);
    CHECK(order == order_for(data));
}
