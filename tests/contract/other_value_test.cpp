#include "other_value.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("other values are never the one that is held, and always in the domain", "[contract]") {
    const struct {
        Domain domain;
        Value held;
    } each[] = {
        {flag(), true},
        {integer(0, 1), std::int64_t{0}},
        {integer(5, 9), std::int64_t{9}},
        {integer(2048, 1 << 30, Unit::bytes), std::int64_t{2048}},
        {choice("a | b"), std::string("b")},
        {numbers(3, 3), std::string("4 5 6")},
        {cpu_list(), CpuSet::of(0)},
        {cpu_list(), CpuSet()},
    };
    for (const auto& [domain, held] : each) {
        INFO(expectation(domain));
        const std::vector<Value> others = other_values(domain, held);
        CHECK_FALSE(others.empty());
        for (const Value& value : others) {
            CHECK_FALSE(value == held);
            CHECK(from_kernel(domain, to_kernel(domain, value)).value() == value);
        }
    }
}
