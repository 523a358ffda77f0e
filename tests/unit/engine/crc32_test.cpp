// The checksum of journals and plugins' files.
#include "checksum/crc32.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("the checksum is the one that is known as CRC-32") {
    Crc32 sum;
    CHECK(sum.sum() == 0);
    sum.add("123456789");
    CHECK(sum.sum() == 0xCBF43926U);
}

TEST_CASE("bytes have the same checksum in whatever pieces they come") {
    std::string bytes;
    for (int i = 0; i < 100; ++i) {
        bytes.push_back(static_cast<char>(i * 37));
    }
    Crc32 whole;
    whole.add(bytes);
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
        Crc32 sum;
        for (std::string_view rest = bytes; !rest.empty();) {
            sum.add(rest.substr(0, piece));
            rest.remove_prefix(std::min(piece, rest.size()));
        }
        INFO(piece);
        CHECK(sum.sum() == whole.sum());
    }
}
