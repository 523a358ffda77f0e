// What a trial gives a setting, by its domain alone.
#include "model/trial_values.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace nanotune;

namespace {

const TrialGround ground = {
    .cpus = CpuSet::range(0, 3), .nodes = CpuSet::range(0, 1), .queues = CpuSet::range(0, 2)};

std::vector<Value> values_of(const Domain& domain, const std::vector<Value>& held) {
    return trial_values(domain, held, ground);
}

Value number(std::int64_t value) {
    return value;
}

Value word(const char* text) {
    return std::string(text);
}

Result<std::string> any_text(std::string_view text) {
    return std::string(text);
}

}  // namespace

TEST_CASE("a trial's values are never the one that is held, and always in the domain", "[trial]") {
    const struct {
        Domain domain;
        Value held;
    } each[] = {
        {flag(), true},
        {integer(0, 1), number(0)},
        {integer(5, 9), number(9)},
        {integer(0, 1 << 20), number(0)},
        {integer(2048, 1 << 30, Unit::bytes), number(2048)},
        {integer(0, 16), number(16)},
        {choice("a | b"), word("b")},
        {numbers(3, 3), word("4 5 6")},
        {cpu_list(), CpuSet::of(0)},
        {cpu_list(), CpuSet()},
        {node_list(), CpuSet::of(1)},
        {queue_mask(), CpuSet()},
        {microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"}), word("unlimited")},
    };
    for (const auto& [domain, held] : each) {
        INFO(expectation(domain));
        const std::vector<Value> values = values_of(domain, {held});
        CHECK_FALSE(values.empty());
        for (const Value& value : values) {
            INFO(printed(domain, value));
            CHECK_FALSE(value == held);
            CHECK(from_kernel(domain, to_kernel(domain, value)).value() == value);
            CHECK(parsed(domain, {.content = printed(domain, value), .origin = {}}).value() ==
                  value);
        }
    }
}

TEST_CASE("numbers are tried near what is held, never at the ends of a wide range", "[trial]") {
    const Domain wide = integer(0, 1 << 30);
    CHECK(values_of(wide, {number(256)}).front() == number(128));
    for (const std::int64_t held : {0, 1, 3, 1500, 1 << 29}) {
        for (const Value& value : values_of(wide, {number(held)})) {
            const auto tried = std::get<std::int64_t>(value);
            INFO(held << " to " << tried);
            CHECK(tried <= std::max<std::int64_t>(held * 2, 16));
        }
    }
}

TEST_CASE("all of a narrow range is tried", "[trial]") {
    CHECK(values_of(integer(0, 2), {number(1)}) == std::vector<Value>{number(0), number(2)});
}

TEST_CASE("a value that no target holds comes before one that some hold", "[trial]") {
    const auto values = values_of(choice("a | b | c"), {word("a"), word("b")});
    CHECK(values == std::vector<Value>{word("c"), word("a"), word("b")});
    CHECK(values_of(flag(), {false, true}) == std::vector<Value>{false, true});
}

TEST_CASE("where a domain has samples nothing else is tried", "[trial]") {
    constexpr Domain smt = with_samples(choice("on | off | forceoff"), "on | off");
    CHECK(values_of(smt, {word("on")}) == std::vector<Value>{word("off")});
    CHECK(values_of(smt, {word("off")}) == std::vector<Value>{word("on")});
    CHECK(values_of(with_samples(integer(68, 65536), "1400 | 1300"), {number(1500)}) ==
          std::vector<Value>{number(1400), number(1300)});
    CHECK(values_of(with_samples(text(), "fq"), {word("fq")}).empty());
}

TEST_CASE("a text without samples is tried only where its parts can change places", "[trial]") {
    CHECK(values_of(text(), {word("some words")}).empty());
    CHECK(values_of(text(), {word("01:02:03")}).empty());
    CHECK(values_of(normal_text(any_text, "a key"), {word("01:02:03")}) ==
          std::vector<Value>{word("02:03:01")});
    CHECK(values_of(normal_text(any_text, "a key"), {word("00:00")}).empty());
}

TEST_CASE("CPUs, nodes and queues are taken from those of the host, the first CPU late",
          "[trial]") {
    CHECK(values_of(cpu_mask(), {CpuSet::range(0, 3)}).front() == Value(CpuSet::of(1)));
    for (const Value& value : values_of(node_list(), {CpuSet::of(0)})) {
        CHECK(ground.nodes.contains_all(std::get<CpuSet>(value)));
    }
    for (const Value& value : values_of(queue_mask(), {CpuSet()})) {
        CHECK(ground.queues.contains_all(std::get<CpuSet>(value)));
    }
}

TEST_CASE("where nothing is held nothing is tried", "[trial]") {
    CHECK(values_of(flag(), {}).empty());
}
