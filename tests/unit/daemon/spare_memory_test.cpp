// What a thread holds that it has freed.
#include "daemon/spare_memory.hpp"

#include <cstddef>
#include <memory>
#include <vector>

#include <malloc.h>

#include "support/catch.hpp"

using namespace nanotune::daemon;

namespace {

constexpr std::size_t piece = 1'000;
constexpr std::size_t kept_of_a_size = 7;

std::vector<std::unique_ptr<char[]>> pieces() {
    std::vector<std::unique_ptr<char[]>> made(kept_of_a_size);
    for (auto& one : made) {
        one = std::make_unique<char[]>(piece);
    }
    return made;
}

/// With what is kept for threads.
std::size_t in_use() {
    return ::mallinfo2().uordblks;
}

bool is_counted() {
    const std::size_t before = in_use();
    const auto much = std::make_unique<char[]>(100 * piece);
    return in_use() != before && much;
}

}  // namespace

TEST_CASE("what is given back is kept for no thread either", "[daemon][memory]") {
    if (!is_counted()) {
        WARN("left out: another malloc than glibc's is in use");
        return;
    }
    pieces().clear();
    const std::size_t kept = in_use();
    give_back_memory();
    CHECK(in_use() + piece * kept_of_a_size <= kept);
}
