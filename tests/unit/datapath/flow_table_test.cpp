#include "datapath/processor/flow_table.hpp"

#include <vector>

#include "support/catch.hpp"

using namespace nanotune::datapath;

namespace {

template <typename Family>
bool insert(FlowTable<Family>& table, const typename Family::Key& key, std::uint32_t now) {
    const auto place = table.make_room(key, now);
    place.flow->key = key;
    place.flow->used = now;
    return place.was_taken;
}

Ipv4::Key key(std::uint64_t number) {
    return {number | 1ULL << 40};
}

}  // namespace

TEST_CASE("senders are found again, others are not", "[datapath]") {
    FlowTable<Ipv4> table(1000);
    std::size_t displaced = 0;
    for (std::uint64_t number = 0; number < 1000; ++number) {
        displaced += insert(table, key(number), 1) ? 1 : 0;
    }
    CHECK(displaced == 0);
    CHECK(table.size() == 1000);
    for (std::uint64_t number = 0; number < 1000; ++number) {
        const Flow<Ipv4>* const flow = table.find(key(number), table.first(key(number)));
        REQUIRE(flow != nullptr);
        CHECK(flow->key == key(number));
    }
    CHECK(table.find(key(1000), table.first(key(1000))) == nullptr);
    table.clear();
    CHECK(table.size() == 0);
    CHECK(table.find(key(1), table.first(key(1))) == nullptr);
}

TEST_CASE("IPv6 senders differ by every part of the address and by the port", "[datapath]") {
    FlowTable<Ipv6> table(16);
    const std::vector<Ipv6::Key> keys{{1, 2, 3}, {1, 2, 4}, {1, 3, 3}, {2, 2, 3}};
    for (const auto& one : keys) {
        CHECK_FALSE(insert(table, one, 1));
    }
    CHECK(table.size() == keys.size());
    for (const auto& one : keys) {
        REQUIRE(table.find(one, table.first(one)) != nullptr);
        CHECK(table.find(one, table.first(one))->key == one);
    }
}

TEST_CASE("where there is no room, the sender that was used least recently makes way",
          "[datapath]") {
    FlowTable<Ipv4> table(1);
    std::uint32_t now = ~std::uint32_t{0} - 5;  // ages are right where the count of bursts wraps
    std::vector<Ipv4::Key> neighbours;          // nine that are looked for in one place first
    for (std::uint64_t number = 0; neighbours.size() < 9; ++number) {
        if (table.first(key(number)) == table.first(key(0))) {
            neighbours.push_back(key(number));
        }
    }
    for (std::size_t number = 0; number < 8; ++number) {
        CHECK_FALSE(insert(table, neighbours[number], now++));
    }
    const auto found = [&table](const Ipv4::Key& one) { return table.find(one, table.first(one)); };
    found(neighbours[0])->used = now++;
    CHECK(insert(table, neighbours[8], now));
    CHECK(found(neighbours[1]) == nullptr);
    for (const std::size_t kept : {0U, 2U, 3U, 4U, 5U, 6U, 7U, 8U}) {
        REQUIRE(found(neighbours[kept]) != nullptr);
        CHECK(found(neighbours[kept])->key == neighbours[kept]);
    }
    CHECK(table.size() == 8);
}
