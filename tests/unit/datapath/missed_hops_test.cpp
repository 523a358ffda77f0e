// Next hops that the hot thread missed, and who asks for them.
#include "datapath/ports/missed_hops.hpp"

#include <cstdint>
#include <vector>

#include "support/catch.hpp"

using namespace nanotune::datapath;

namespace {

using Address = MissedHops::Address;

Address neighbour(std::uint8_t last) {
    return {10, 0, 0, last};
}

std::vector<Address> taken(MissedHops& missed) {
    std::vector<Address> found;
    missed.take([&found](const Address& one) { found.push_back(one); });
    return found;
}

}  // namespace

TEST_CASE("a next hop that was missed is asked for once", "[datapath]") {
    MissedHops missed;
    CHECK(taken(missed).empty());
    missed.note(neighbour(7));
    missed.note(neighbour(7));
    CHECK(taken(missed) == std::vector{neighbour(7)});
    CHECK(taken(missed).empty());
}

TEST_CASE("a next hop that was forgotten is asked for once it is missed anew", "[datapath]") {
    MissedHops missed;
    missed.note(neighbour(7));
    missed.note(neighbour(8));
    missed.forget();
    CHECK(taken(missed).empty());
    missed.note(neighbour(8));
    CHECK(taken(missed) == std::vector{neighbour(8)});
}

TEST_CASE("a next hop that never answers keeps no other one from being asked for", "[datapath]") {
    MissedHops missed;
    missed.note(neighbour(1));
    missed.note(neighbour(2));
    missed.note(neighbour(3));
    std::vector<Address> asked;
    for (int look = 0; look < 3; ++look) {
        const std::vector<Address> one = taken(missed);
        asked.insert(asked.end(), one.begin(), one.end());
        missed.note(neighbour(1));
    }
    CHECK(asked == std::vector{neighbour(1), neighbour(2), neighbour(3)});
    CHECK(taken(missed) == std::vector{neighbour(1)});
}
