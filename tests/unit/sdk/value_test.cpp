// Values in the journal's text.
#include <nanotune/value.hpp>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("a value's text begins with its type", "[value]") {
    CHECK(encoded(true) == "b1");
    CHECK(encoded(false) == "b0");
    CHECK(encoded(std::int64_t{-1500}) == "i-1500");
    CHECK(encoded(std::string("performance")) == "sperformance");
    CHECK(encoded(CpuSet::range(0, 3)) == "c0-3");
}

TEST_CASE("a value comes back from its text", "[value]") {
    const std::vector<Value> values{true,
                                    false,
                                    std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::int64_t>::max(),
                                    std::string(),
                                    std::string("b1"),
                                    std::string("two\nlines\0 and a zero", 21),
                                    CpuSet{},
                                    CpuSet::range(0, 8191)};
    for (const Value& value : values) {
        CHECK(decoded(encoded(value)).value() == value);
    }
    samples::Random random;
    for (const Domain& domain : samples::domains()) {
        for (int round = 0; round < 50; ++round) {
            const Value value = random.value_of(domain);
            CHECK(decoded(encoded(value)).value() == value);
        }
    }
}

TEST_CASE("text that no value has is damaged", "[value]") {
    for (const char* text : {"", "b", "b2", "btrue", "i", "i1x", "i 1", "i99999999999999999999",
                             "c0-", "cx", "x1", "1"}) {
        CAPTURE(text);
        const auto value = decoded(text);
        REQUIRE_FALSE(value.has_value());
        CHECK(value.error().code == ErrorCode::damaged);
    }
}

TEST_CASE("no bytes make the decoder do anything but answer", "[value][fuzz]") {
    samples::Random random;
    for (int round = 0; round < 5000; ++round) {
        const std::string text = random.bytes();
        if (const auto value = decoded(text)) {
            CHECK(decoded(encoded(*value)) == *value);
        }
    }
}
