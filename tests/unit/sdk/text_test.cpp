// Words and numbers inside the kernel's text.
#include "sdk/src/text.hpp"

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("white space at both ends is dropped", "[text]") {
    CHECK(trimmed(" \t a b\r\n") == "a b");
    CHECK(trimmed(" \n").empty());
    CHECK(trimmed("").empty());
    CHECK(trimmed("a") == "a");
}

TEST_CASE("words are split at any white space", "[text]") {
    CHECK(split_words("4096\t87380  6291456\n") ==
          std::vector<std::string_view>{"4096", "87380", "6291456"});
    CHECK(split_words("  ").empty());
    CHECK(one_spaced(" a\t b\n") == "a b");
}

TEST_CASE("whole numbers are read whole or not at all", "[text]") {
    CHECK(decimal("-12") == -12);
    CHECK(decimal("0x10") == std::nullopt);
    CHECK(decimal("1 ") == std::nullopt);
    CHECK(decimal("") == std::nullopt);
    CHECK(kernel_number("0x1F") == 31);
    CHECK(kernel_number("010") == 10);
    CHECK(kernel_number("0x") == std::nullopt);
    CHECK(kernel_number("0x-1") == std::nullopt);
    CHECK(kernel_number("18446744073709551615") == std::nullopt);
    CHECK(numbers_of(" 4096\t0x10 ") == "4096 16");
    CHECK(numbers_of("4096 max") == std::nullopt);
}

TEST_CASE("the word in brackets is the chosen one", "[text]") {
    CHECK(chosen_word("always [madvise] never") == "madvise");
    CHECK(chosen_word("tsc\n") == "tsc");
    CHECK(chosen_word("tsc hpet") == std::nullopt);
    CHECK(chosen_word("[] a") == std::nullopt);
    CHECK(chosen_word("") == std::nullopt);
}
