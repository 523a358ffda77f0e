// What authors may write, and what they are told otherwise.
#include <utility>

#include <nanotune/domain.hpp>
#include <nanotune/tunable.hpp>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using samples::input;

namespace {

Result<Value> parse(const Domain& domain, auto content) {
    return parsed(domain, input(std::move(content)));
}

Result<Value> parse(const Domain& domain, const char* text) {
    return parsed(domain, input(std::string(text)));
}

Result<Value> parse(const Domain& domain, int number) {
    return parsed(domain, input(std::int64_t{number}));
}

std::string complaint(const Domain& domain, auto content) {
    const auto value = parse(domain, std::move(content));
    CHECK_FALSE(value.has_value());
    return value ? "" : value.error().message;
}

InputList items(auto... contents) {
    return InputList{input(std::move(contents))...};
}

Value word(const char* text) {
    return std::string(text);
}

Value number(std::int64_t value) {
    return value;
}

}  // namespace

TEST_CASE("a flag is true or false and nothing else", "[domain]") {
    CHECK(parse(flag(), true) == Value(true));
    CHECK(parse(flag("on | off"), false) == Value(false));
    CHECK(parse(flag(), "true") == Value(true));
    CHECK(complaint(flag("on | off"), "on") == "expected true or false, not \"on\"");
    CHECK(complaint(flag(), 1) == "expected true or false, not 1");
    CHECK(complaint(flag(), 1.0) == "expected true or false, not 1.0");
    CHECK(complaint(flag(), InputTable{}) == "expected true or false, not a table");
}

TEST_CASE("a whole number is in the setting's unit unless it names its own", "[domain]") {
    const Domain usecs = integer(0, 65535, Unit::microseconds);
    CHECK(parse(usecs, 50) == number(50));
    CHECK(parse(usecs, "50") == number(50));
    CHECK(parse(usecs, "50us") == number(50));
    CHECK(parse(usecs, "1.5ms") == number(1500));
    CHECK(parse(integer(-1, 10), "-1") == number(-1));
}

TEST_CASE("a wrong number is told what would be right", "[domain]") {
    const Domain usecs = integer(0, 65535, Unit::microseconds);
    const std::string expected = "expected a whole number of microseconds from 0 to 65535, not ";
    CHECK(complaint(usecs, "fast") == expected + "\"fast\"");
    CHECK(complaint(usecs, 65536) == expected + "65536");
    CHECK(complaint(usecs, -1) == expected + "-1");
    CHECK(complaint(usecs, "1s") == expected + "\"1s\"");
    CHECK(complaint(usecs, "1500ns") == expected + "\"1500ns\"");
    CHECK(complaint(usecs, 1.5) == expected + "1.5");
    CHECK(complaint(usecs, true) == expected + "true");
    CHECK(complaint(usecs, items(std::int64_t{1})) == expected + "a list");
    CHECK(complaint(usecs, "8MiB") == expected + "\"8MiB\"; its units are ns, us, ms, s, min, h");
    CHECK(complaint(integer(0, 9), "1k") == "expected a whole number from 0 to 9, not \"1k\"");
    CHECK(complaint(integer(0, 9), "99999999999999999999") ==
          "expected a whole number from 0 to 9, not \"99999999999999999999\"");
}

TEST_CASE("a number may also have words", "[domain]") {
    const Domain latency = microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"});
    CHECK(parse(latency, "unlimited") == word("unlimited"));
    CHECK(parse(latency, 0) == number(0));
    CHECK(parse(latency, "0us") == number(0));
    CHECK(complaint(latency, "n/a") ==
          "expected a whole number of microseconds from 0 to 2147483647 or unlimited, not \"n/a\"");
}

TEST_CASE("a choice is one of its words", "[domain]") {
    const Domain governor = choice("performance | powersave | schedutil");
    CHECK(parse(governor, "powersave") == word("powersave"));
    CHECK(complaint(governor, "perfomance") ==
          "expected performance, powersave or schedutil, not \"perfomance\"");
    CHECK(complaint(governor, "") == "expected performance, powersave or schedutil, not \"\"");
    CHECK(complaint(governor, true) == "expected performance, powersave or schedutil, not true");
    CHECK(complaint(governor, 1) == "expected performance, powersave or schedutil, not 1");
    CHECK(parse(choice("0 | 1 | 2"), 2) == word("2"));
    CHECK_FALSE(parse(choice("off | on", "0 | 1"), 1).has_value());
}

TEST_CASE("text is a string, a number, or words to be joined by commas", "[domain]") {
    CHECK(parse(text(), " fq_codel\t 1 ") == word("fq_codel 1"));
    CHECK(parse(text(), 4096) == word("4096"));
    CHECK(parse(text(), items(std::string("a"), std::string("b"))) == word("a,b"));
    CHECK(parse(text(), "") == word(""));
    CHECK(complaint(text(), false) == "expected text on one line, not false; write 0 or 1");
    CHECK(complaint(text(), 1.5) == "expected text on one line, not 1.5");
    CHECK(complaint(text(), "a\nb") == R"(expected text on one line, not "a\nb")");
    CHECK(complaint(text(), items(true)) == "expected text on one line, not a list");
    CHECK(complaint(text(), items(items(std::string("a")))) ==
          "expected text on one line, not a list");
}

TEST_CASE("several numbers are a string or a list", "[domain]") {
    CHECK(parse(numbers(3, 3), " 4096\t87380 6291456") == word("4096 87380 6291456"));
    CHECK(parse(numbers(3, 3), items(std::int64_t{4096}, std::int64_t{87380},
                                     std::int64_t{6291456})) == word("4096 87380 6291456"));
    CHECK(parse(numbers(1, 2), 7) == word("7"));
    CHECK(complaint(numbers(3, 3), "4096 87380") == "expected 3 whole numbers, not \"4096 87380\"");
    CHECK(complaint(numbers(1, 2), "1 2 3") == "expected 1 to 2 whole numbers, not \"1 2 3\"");
    CHECK(complaint(numbers(1, 1), "max") == "expected 1 whole number, not \"max\"");
    CHECK_FALSE(parse(numbers(0, 3), items(1.5)).has_value());
}

TEST_CASE("CPUs are a list in a string, a number or a list of numbers", "[domain]") {
    const Value expected = CpuSet::from_list("0-3").value();
    CHECK(parse(cpu_list(), "0-3") == expected);
    CHECK(parse(cpu_mask(), "3,0-2") == expected);
    CHECK(parse(cpu_list(), items(std::int64_t{0}, std::int64_t{1}, std::int64_t{2},
                                  std::int64_t{3})) == expected);
    CHECK(parse(cpu_list(), items(std::int64_t{3}, std::string("0-2"))) == expected);
    CHECK(parse(cpu_list(), 2) == Value(CpuSet::of(2)));
    CHECK(parse(cpu_list(), "") == Value(CpuSet{}));
    CHECK(complaint(cpu_mask(), "ff") ==
          "expected a list of CPU numbers such as \"0-3,8\", not \"ff\"");
    for (const std::int64_t wrong : {std::int64_t{-1}, std::int64_t{8192}}) {
        CHECK_FALSE(parse(cpu_list(), wrong).has_value());
    }
    CHECK_FALSE(parse(cpu_list(), true).has_value());
}

TEST_CASE("rows are no single value", "[domain]") {
    static constexpr Tunable columns[] = {{.name = "name", .domain = text()},
                                          {.name = "priority", .domain = integer(1, 99)}};
    CHECK(complaint(rows(columns), InputList{}) ==
          "expected a list of tables with the keys name, priority, not a list");
}

TEST_CASE("what a domain accepts is a noun phrase", "[domain]") {
    using Limits = std::numeric_limits<std::int64_t>;
    CHECK(expectation(integer(0, Limits::max(), Unit::bytes)) ==
          "a whole number of bytes from 0 up");
    CHECK(expectation(integer(Limits::min(), 0)) == "a whole number up to 0");
    CHECK(expectation(integer(Limits::min(), Limits::max())) == "a whole number");
    CHECK(expectation(choice("tsc")) == "tsc");
}

TEST_CASE("words between bars are split and trimmed", "[domain]") {
    CHECK(words_of("a | b|c ") == std::vector<std::string_view>{"a", "b", "c"});
    CHECK(words_of("").empty());
    CHECK(words_of("one") == std::vector<std::string_view>{"one"});
}
