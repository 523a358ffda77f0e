// Numbers with units, without loss.
#include "sdk/src/quantity.hpp"

#include <limits>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("a quantity is read into the kernel's unit", "[quantity]") {
    CHECK(quantity_of("50us", Unit::microseconds) == 50);
    CHECK(quantity_of("0us", Unit::microseconds) == 0);
    CHECK(quantity_of("50", Unit::microseconds) == 50);
    CHECK(quantity_of("2ms", Unit::microseconds) == 2000);
    CHECK(quantity_of("1.5ms", Unit::microseconds) == 1500);
    CHECK(quantity_of("3000ns", Unit::microseconds) == 3);
    CHECK(quantity_of("\u00b5s", Unit::microseconds).error() == QuantityFault::not_a_number);
    CHECK(quantity_of("7\u00b5s", Unit::microseconds) == 7);
    CHECK(quantity_of("7\u03bcs", Unit::microseconds) == 7);
    CHECK(quantity_of("30s", Unit::seconds) == 30);
    CHECK(quantity_of("30s", Unit::milliseconds) == 30'000);
    CHECK(quantity_of("1.5h", Unit::seconds) == 5400);
    CHECK(quantity_of("8MiB", Unit::bytes) == 8'388'608);
    CHECK(quantity_of("8 MiB", Unit::bytes) == 8'388'608);
    CHECK(quantity_of("8MB", Unit::bytes) == 8'000'000);
    CHECK(quantity_of("1GiB", Unit::kibibytes) == 1'048'576);
    CHECK(quantity_of("3.2GHz", Unit::kilohertz) == 3'200'000);
    CHECK(quantity_of("800MHz", Unit::kilohertz) == 800'000);
    CHECK(quantity_of("85%", Unit::percent) == 85);
    CHECK(quantity_of("-1", Unit::none) == -1);
    CHECK(quantity_of("-1.5ms", Unit::microseconds) == -1500);
    CHECK(quantity_of("2.000000000000000000000000000", Unit::none) == 2);
}

TEST_CASE("a quantity that the unit cannot hold exactly is refused, not rounded", "[quantity]") {
    CHECK(quantity_of("1500ns", Unit::microseconds).error() == QuantityFault::inexact);
    CHECK(quantity_of("0.0001ms", Unit::microseconds).error() == QuantityFault::inexact);
    CHECK(quantity_of("1.5", Unit::none).error() == QuantityFault::inexact);
    CHECK(quantity_of("1kB", Unit::kibibytes).error() == QuantityFault::inexact);
    CHECK(quantity_of("128kB", Unit::kibibytes) == 125);
    CHECK(quantity_of("0.0000000000000000001s", Unit::nanoseconds).error() ==
          QuantityFault::inexact);
}

TEST_CASE("numbers are exact to the ends of their range, and refused beyond", "[quantity]") {
    using Limits = std::numeric_limits<std::int64_t>;
    CHECK(quantity_of("9223372036854775807", Unit::none) == Limits::max());
    CHECK(quantity_of("-9223372036854775808", Unit::none) == Limits::min());
    CHECK(quantity_of("9223372036854775807ns", Unit::nanoseconds) == Limits::max());
    CHECK(quantity_of("9223372036854775808", Unit::none).error() == QuantityFault::too_large);
    CHECK(quantity_of("-9223372036854775809", Unit::none).error() == QuantityFault::too_large);
    CHECK(quantity_of("8388608TiB", Unit::bytes).error() == QuantityFault::too_large);
    CHECK(quantity_of("8388607TiB", Unit::bytes) == 8'388'607LL << 40);
    CHECK(quantity_of("99999999999999999999", Unit::none).error() == QuantityFault::too_large);
}

TEST_CASE("what is no number, or of another dimension, is told apart", "[quantity]") {
    for (const char* text :
         {"", "us", "fast", "-", ".", "1.", ".5", "1.2.3", "--1", "1-2", "+1", "0x10us", "1e3"}) {
        CAPTURE(text);
        CHECK_FALSE(quantity_of(text, Unit::microseconds).has_value());
    }
    CHECK(quantity_of("fast", Unit::bytes).error() == QuantityFault::not_a_number);
    CHECK(quantity_of("5us", Unit::bytes).error() == QuantityFault::unknown_unit);
    CHECK(quantity_of("8m", Unit::bytes).error() == QuantityFault::unknown_unit);
    CHECK(quantity_of("8k", Unit::none).error() == QuantityFault::unknown_unit);
    CHECK(quantity_of("3.2ghz", Unit::kilohertz).error() == QuantityFault::unknown_unit);
}

TEST_CASE("a quantity is printed in the largest unit that fits it exactly", "[quantity]") {
    CHECK(quantity_text(0, Unit::microseconds) == "0us");
    CHECK(quantity_text(50, Unit::microseconds) == "50us");
    CHECK(quantity_text(1500, Unit::microseconds) == "1500us");
    CHECK(quantity_text(2000, Unit::microseconds) == "2ms");
    CHECK(quantity_text(200'000, Unit::nanoseconds) == "200us");
    CHECK(quantity_text(3600, Unit::seconds) == "3600s");
    CHECK(quantity_text(8'388'608, Unit::bytes) == "8MiB");
    CHECK(quantity_text(212'992, Unit::bytes) == "208KiB");
    CHECK(quantity_text(1'000'000, Unit::bytes) == "1000000B");
    CHECK(quantity_text(2048, Unit::kibibytes) == "2MiB");
    CHECK(quantity_text(3, Unit::kibibytes) == "3KiB");
    CHECK(quantity_text(3'200'000, Unit::kilohertz) == "3.2GHz");
    CHECK(quantity_text(3'000'000, Unit::kilohertz) == "3GHz");
    CHECK(quantity_text(2'401'000, Unit::kilohertz) == "2401MHz");
    CHECK(quantity_text(800'000, Unit::kilohertz) == "800MHz");
    CHECK(quantity_text(1, Unit::kilohertz) == "1kHz");
    CHECK(quantity_text(85, Unit::percent) == "85%");
    CHECK(quantity_text(-1000, Unit::microseconds) == "-1ms");
    CHECK(quantity_text(-1, Unit::none) == "-1");
}

TEST_CASE("every printed quantity reads back as itself", "[quantity]") {
    using Limits = std::numeric_limits<std::int64_t>;
    samples::Random random;
    for (const Domain& domain : samples::domains()) {
        for (const std::int64_t edge : {Limits::min(), Limits::max(), std::int64_t{0}}) {
            CHECK(quantity_of(quantity_text(edge, domain.unit), domain.unit) == edge);
        }
        for (int round = 0; round < 500; ++round) {
            const std::int64_t number = random.number(Limits::min(), Limits::max());
            CAPTURE(number);
            CHECK(quantity_of(quantity_text(number, domain.unit), domain.unit) == number);
        }
    }
}

TEST_CASE("the units that an author may write are listed in ASCII", "[quantity]") {
    CHECK(suffixes_of(Unit::microseconds) == "ns, us, ms, s, min, h");
    CHECK(suffixes_of(Unit::kilohertz) == "Hz, kHz, MHz, GHz");
    CHECK(suffixes_of(Unit::none).empty());
    CHECK(plural_of(Unit::bytes) == "bytes");
}
