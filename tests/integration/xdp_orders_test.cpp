// The orders that the kernel's program sends, and when it sends none.
#include "support/catch.hpp"
#include "xdp_both.hpp"

using namespace nanotune;
using namespace nanotune::datapath;
using namespace nanotune::test;

TEST_CASE("orders in the kernel have every price, quantity, time and byte order", "[xdp]") {
    Both<Ipv4> both({});
    for (const bool network_order : {false, true}) {
        for (const std::uint32_t price : {0U, 1U, 9'999U, 10'000U, 0xFFFFFFFEU, 0xFFFFFFFFU}) {
            for (const std::uint32_t threshold : {0U, 10'000U, 0xFFFFFFFFU}) {
                both.go_by(threshold, price ^ 77U, network_order, true);
                both.agree_on(packet({.payload = market_data({.price = price}, network_order)}));
            }
        }
        both.go_by(10'000, 100, network_order, true);
        for (std::uint64_t time = 1; time != 0; time = time > UINT64_MAX / 10 ? 0 : time * 10) {
            for (const std::uint64_t near : {time - 1, time, time + 1, time * 7}) {
                CHECK(both.agree_on(
                          packet({.payload = market_data({.timestamp = near}, network_order)})) ==
                      nt_answered);
            }
        }
        both.agree_on(packet({.payload = market_data({.timestamp = UINT64_MAX}, network_order)}));
    }
}

TEST_CASE("unarmed, or by a worker that has hung, nothing is sent", "[xdp]") {
    Both<Ipv4> both({});
    both.go_by(10'000, 100, false, false);
    CHECK(both.agree_on(packet({})) == nt_withheld);
    InKernel kernel(listening(), nt_xdp_threshold);
    kernel.program().set_order(10'000 | std::uint64_t{100} << 32);
    kernel.program().set_switches(1U << 8);
    CHECK(kernel.says_of(packet({})).outcome == nt_answered);
    kernel.program().set_armed_until(1);
    CHECK(kernel.says_of(packet({})).outcome == nt_withheld);
}
