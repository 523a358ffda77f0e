// What holds for every domain and every value.
#include <nanotune/domain.hpp>

#include "samples.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using samples::input;

TEST_CASE("every printed value parses to itself", "[domain][property]") {
    samples::Random random;
    for (const Domain& domain : samples::domains()) {
        CAPTURE(expectation(domain));
        for (int round = 0; round < 300; ++round) {
            const Value value = random.value_of(domain);
            CAPTURE(printed(domain, value));
            CHECK(parsed(domain, input(printed(domain, value))) == value);
        }
    }
}

TEST_CASE("the kernel's spelling of every value reads back as itself", "[domain][property]") {
    samples::Random random;
    for (const Domain& domain : samples::domains()) {
        CAPTURE(expectation(domain));
        for (int round = 0; round < 300; ++round) {
            const Value value = random.value_of(domain);
            CAPTURE(to_kernel(domain, value));
            CHECK(from_kernel(domain, to_kernel(domain, value) + "\n") == value);
        }
    }
}

TEST_CASE("no bytes make a parser do anything but answer", "[domain][fuzz]") {
    samples::Random random;
    for (const Domain& domain : samples::domains()) {
        for (int round = 0; round < 3000; ++round) {
            const std::string bytes = random.bytes();
            CAPTURE(bytes, expectation(domain));
            if (const auto value = parsed(domain, input(bytes))) {
                CHECK(parsed(domain, input(printed(domain, *value))) == *value);
            }
            if (const auto value = from_kernel(domain, bytes)) {
                CHECK(from_kernel(domain, to_kernel(domain, *value)) == *value);
            }
        }
    }
}
