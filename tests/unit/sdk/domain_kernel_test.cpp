// The kernel's spellings, both ways.
#include <nanotune/domain.hpp>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

Value word(const char* text) {
    return std::string(text);
}

Value number(std::int64_t value) {
    return value;
}

constexpr Domain latency = microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"});

}  // namespace

TEST_CASE("the kernel's flags are read in its own spelling", "[domain]") {
    CHECK(from_kernel(flag(), "1\n") == Value(true));
    CHECK(from_kernel(flag(), "0") == Value(false));
    CHECK(from_kernel(flag(), "Y\n") == Value(true));
    CHECK(from_kernel(flag(), "N") == Value(false));
    CHECK(from_kernel(flag("on | off"), "off\n") == Value(false));
    CHECK(from_kernel(flag("0 | 1"), "0") == Value(true));
    CHECK(from_kernel(flag("on | off"), "[on] off") == Value(true));
    CHECK_FALSE(from_kernel(flag("on | off"), "Y").has_value());
    CHECK(from_kernel(flag(), "on").error().message ==
          "expected true or false, but the kernel says \"on\"");
    CHECK(to_kernel(flag(), true) == "1");
    CHECK(to_kernel(flag("on | off"), false) == "off");
    CHECK(to_kernel(flag("0 | 1"), true) == "0");
}

TEST_CASE("a flag that holds a number beyond 1 is shown and put back as that number", "[domain]") {
    const auto held = from_kernel(flag(), "2\n");
    REQUIRE(held == number(2));
    CHECK(held != Value(true));
    CHECK(printed(flag(), *held) == "2");
    CHECK(to_kernel(flag(), *held) == "2");
    CHECK_FALSE(from_kernel(flag("on | off"), "2").has_value());
}

TEST_CASE("the kernel's numbers are decimal or hexadecimal", "[domain]") {
    const Domain usecs = integer(0, 100, Unit::microseconds);
    CHECK(from_kernel(usecs, " 50\n") == number(50));
    CHECK(from_kernel(usecs, "0x10") == number(16));
    CHECK(from_kernel(usecs, "-1") == number(-1));
    CHECK_FALSE(from_kernel(usecs, "50us").has_value());
    CHECK_FALSE(from_kernel(usecs, "").has_value());
    CHECK(to_kernel(usecs, number(50)) == "50");
}

TEST_CASE("a number outside of the author's range is still read and put back", "[domain]") {
    CHECK(from_kernel(integer(0, 100), "5000") == number(5000));
    CHECK(to_kernel(integer(0, 100), number(5000)) == "5000");
}

TEST_CASE("odd spellings of special numbers go both ways", "[domain]") {
    CHECK(from_kernel(latency, "n/a\n") == number(0));
    CHECK(from_kernel(latency, "0\n") == word("unlimited"));
    CHECK(from_kernel(latency, "20") == number(20));
    CHECK(to_kernel(latency, number(0)) == "n/a");
    CHECK(to_kernel(latency, word("unlimited")) == "0");
    CHECK(to_kernel(latency, number(20)) == "20");
}

TEST_CASE("the kernel's choice is read from a word, a number or brackets", "[domain]") {
    const Domain huge = choice("always | madvise | never");
    CHECK(from_kernel(huge, "always [madvise] never\n") == word("madvise"));
    CHECK(from_kernel(huge, "never\n") == word("never"));
    const Domain filter = choice("off | strict | loose", "0 | 1 | 2");
    CHECK(from_kernel(filter, "2\n") == word("loose"));
    CHECK(from_kernel(filter, "0x2") == word("loose"));
    CHECK(to_kernel(filter, word("strict")) == "1");
    CHECK(from_kernel(choice("max | none", "4096 87380 | 0"), "4096 87380") == word("max"));
    CHECK_FALSE(from_kernel(huge, "always madvise").has_value());
    CHECK_FALSE(from_kernel(huge, "\n").has_value());
}

TEST_CASE("a word of the kernel's that no author may write is still read and put back",
          "[domain]") {
    const Domain governor = choice("performance | powersave");
    CHECK(from_kernel(governor, "conservative\n") == word("conservative"));
    CHECK(to_kernel(governor, word("conservative")) == "conservative");
}

TEST_CASE("text and numbers are compared without regard to white space", "[domain]") {
    CHECK(from_kernel(text(), "4\t4\t1\t7\n") == word("4 4 1 7"));
    CHECK(from_kernel(numbers(3, 3), "4096\t131072\t6291456\n") == word("4096 131072 6291456"));
    CHECK(to_kernel(numbers(3, 3), word("4096 131072 6291456")) == "4096 131072 6291456");
    CHECK_FALSE(from_kernel(numbers(3, 3), "max").has_value());
}

TEST_CASE("CPUs are read and written as the kernel's list or mask", "[domain]") {
    const Value cpus = CpuSet::from_list("0-3,32").value();
    CHECK(from_kernel(cpu_list(), "0-3,32\n") == cpus);
    CHECK(from_kernel(cpu_mask(), "00000001,0000000f\n") == cpus);
    CHECK(to_kernel(cpu_list(), cpus) == "0-3,32");
    CHECK(to_kernel(cpu_mask(), cpus) == "1,0000000f");
    CHECK(to_kernel(cpu_mask(), CpuSet{}) == "0");
    CHECK(from_kernel(cpu_list(), "\n") == Value(CpuSet{}));
    CHECK(from_kernel(cpu_list(), "  (null)\n") == Value(CpuSet{}));
    CHECK_FALSE(from_kernel(cpu_list(), "f").has_value());
}

TEST_CASE("binary interfaces carry values as numbers", "[domain]") {
    CHECK(from_number(flag("on | off"), 1) == Value(true));
    CHECK(from_number(flag("0 | 1"), 0) == Value(false));
    CHECK_FALSE(from_number(flag(), 2).has_value());
    CHECK(from_number(integer(0, 10), 4096) == number(4096));
    CHECK_FALSE(from_number(integer(0, 10), ~std::uint64_t{0}).has_value());
    CHECK(from_number(choice("off | strict", "0 | 1"), 1) == word("strict"));
    CHECK(from_number(cpu_mask(), 0b1011) == Value(CpuSet::from_list("0-1,3").value()));
    CHECK(from_number(cpu_list(), 3) == Value(CpuSet::of(3)));
    CHECK(from_number(text(), 3) == word("3"));

    CHECK(to_number(flag("0 | 1"), true) == 1);
    CHECK(to_number(integer(0, 10), number(7)) == 7);
    CHECK(to_number(choice("off | strict", "0 | 1"), word("strict")) == 1);
    CHECK(to_number(choice("off | strict"), word("strict")) == 0);
    CHECK(to_number(cpu_mask(), CpuSet::from_list("0-1,3,64").value()) == 0b1011);
    CHECK(to_number(cpu_list(), CpuSet::of(3)) == 3);
}

TEST_CASE("a number that the kernel spells a word with is that word to an author, too",
          "[domain]") {
    const Domain share = microseconds_or_unlimited({.zero_is = {}, .unlimited_is = "-1"});
    const Value unlimited = word("unlimited");
    const auto parse = [&](auto written) {
        return parsed(share, {.content = written, .origin = {}});
    };
    CHECK(parse(std::int64_t{-1}) == unlimited);
    CHECK(parse(std::string("-1")) == unlimited);
    CHECK(parse(std::string("unlimited")) == unlimited);
    CHECK(parse(std::int64_t{0}) == number(0));
    CHECK_FALSE(parse(std::int64_t{-2}).has_value());
    CHECK(from_kernel(share, "-1") == unlimited);
    CHECK(to_kernel(share, unlimited) == "-1");
    CHECK(printed(share, unlimited) == "unlimited");
}
