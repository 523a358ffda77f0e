// Exit statuses, which scripts go by.
#include "model/report.hpp"

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("of several exit statuses the first of 5, 4, 1, 7, 6, 2, 3 and 0 wins", "[report]") {
    const std::vector<int> order = {5, 4, 1, 7, 6, 2, 3, 0};
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t j = i; j < order.size(); ++j) {
            const auto first = static_cast<Exit>(order[i]);
            const auto second = static_cast<Exit>(order[j]);
            INFO(order[i] << " and " << order[j]);
            CHECK(worse(first, second) == first);
            CHECK(worse(second, first) == first);
        }
    }
}
