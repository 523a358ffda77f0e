// The walk over attributes stays inside its bytes, whatever they say.
#include "system/attributes.hpp"

#include "octets.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"

using namespace nanotune;
using namespace octets;
using nanotune::test::held;

TEST_CASE("attributes are found by type, in their order", "[attributes]") {
    const Octets bytes =
        number(1, std::uint8_t{200}) + number(2, std::uint16_t{60000}) + attribute(3, text("eth0"));
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    std::vector<std::uint16_t> types;
    for (const Attribute attribute : *attributes) {
        types.push_back(attribute.type());
    }
    CHECK(types == std::vector<std::uint16_t>{1, 2, 3});
    CHECK(attributes->number(1, 0) == 200);
    CHECK(attributes->number(2, 0) == 60000);
    CHECK(held(attributes->find(3)).text() == "eth0");
    CHECK_FALSE(attributes->find(4));
    CHECK(attributes->number(4, 99) == 99);
}

TEST_CASE("a number is read at each of its widths", "[attributes]") {
    constexpr std::uint64_t large = 0x1122334455667788;
    const Octets bytes = number(1, std::uint8_t{0x88}) + number(2, std::uint16_t{0x7788}) +
                         number(4, std::uint32_t{0x55667788}) + number(8, large) +
                         attribute(3, Octets(3)) + attribute(5, {});
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    CHECK(held(attributes->find(1)).number() == 0x88U);
    CHECK(held(attributes->find(2)).number() == 0x7788U);
    CHECK(held(attributes->find(4)).number() == 0x55667788U);
    CHECK(held(attributes->find(8)).number() == large);
    CHECK_FALSE(held(attributes->find(3)).number());
    CHECK_FALSE(held(attributes->find(5)).number());
}

TEST_CASE("the flags of a type are not part of it", "[attributes]") {
    const Octets bytes = nest(9, number(1, std::uint32_t{5})) +
                         attribute(10 | NLA_F_NET_BYTEORDER, of(std::uint32_t{0}));
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    CHECK(held(attributes->find(9)).is_nested());
    CHECK(attributes->find(10));
    const auto inside = attributes->nested(9);
    REQUIRE(inside);
    CHECK(inside->number(1, 0) == 5);
}

TEST_CASE("an attribute that is not there holds nothing", "[attributes]") {
    const auto inside = Attributes().nested(1);
    REQUIRE(inside);
    CHECK(inside->begin() == inside->end());
}

TEST_CASE("a text ends at its first NUL, or with the attribute", "[attributes]") {
    const Octets bytes = attribute(1, text("eth0") + text("more")) +
                         attribute(2, first(text("eth0"), 4)) + attribute(3, {});
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    CHECK(held(attributes->find(1)).text() == "eth0");
    CHECK(held(attributes->find(2)).text() == "eth0");
    CHECK(held(attributes->find(3)).text().empty());
}

TEST_CASE("attributes cut short anywhere are invalid as a whole", "[attributes]") {
    const Octets bytes = number(1, std::uint32_t{1}) + attribute(2, text("seven.."));
    for (std::size_t size = 1; size < bytes.size(); ++size) {
        CAPTURE(size);
        const bool is_between_attributes = size == 8;
        CHECK(Attributes::of(first(bytes, size)).has_value() == is_between_attributes);
    }
}

TEST_CASE("an attribute shorter than its header is invalid", "[attributes]") {
    constexpr std::uint16_t header_size = NLA_HDRLEN;
    for (std::uint16_t length = 0; length < header_size; ++length) {
        const nlattr header{.nla_len = length, .nla_type = 1};
        CHECK_FALSE(Attributes::of(of(header) + Octets(8)));
    }
}

TEST_CASE("an attribute's missing padding at the end is no harm", "[attributes]") {
    const Octets bytes = first(number(1, std::uint8_t{3}), NLA_HDRLEN + 1);
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    CHECK(attributes->number(1, 0) == 3);
    CHECK(++attributes->begin() == attributes->end());
}

TEST_CASE("a nest cut short is invalid when it is opened", "[attributes]") {
    const Octets bytes = nest(1, first(number(2, std::uint32_t{1}), 6));
    const auto attributes = Attributes::of(bytes);
    REQUIRE(attributes);
    CHECK_FALSE(attributes->nested(1));
}

TEST_CASE("attributes by type are the first of each, and none beyond the types", "[attributes]") {
    const Octets bytes = number(1, std::uint8_t{7}) + number(3, std::uint32_t{8}) +
                         number(3, std::uint32_t{9}) + number(4, std::uint32_t{10}) +
                         nest(2, number(1, std::uint32_t{5})) + number(500, std::uint32_t{11});
    const auto all = Attributes::of(bytes);
    REQUIRE(all);
    const AttributesByType<4> attributes(*all);
    CHECK(attributes.number(1, 0) == 7);
    CHECK(attributes.number(3, 0) == 8);
    CHECK_FALSE(attributes.find(0));
    CHECK(attributes.number(0, 99) == 99);
    const auto inside = attributes.nested(2);
    REQUIRE(inside);
    CHECK(inside->number(1, 0) == 5);
    CHECK(attributes.nested(0)->begin() == Attributes::end());
}
