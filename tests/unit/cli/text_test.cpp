#include "cli/text.hpp"

#include "support/catch.hpp"

using nanotune::cli::columns_of;
using nanotune::cli::counted;
using nanotune::cli::harmless;
using nanotune::cli::joined;
using nanotune::cli::sentence_lines;
using nanotune::cli::wrapped;

TEST_CASE("columns count what a terminal shows", "[cli][text]") {
    CHECK(columns_of("") == 0);
    CHECK(columns_of("eth0") == 4);
    CHECK(columns_of("µs") == 2);
    CHECK(columns_of("日本") == 4);
    CHECK(columns_of("e\u0301") == 1);
}

TEST_CASE("broken UTF-8 counts a column a byte and ends", "[cli][text]") {
    CHECK(columns_of("\xff\xfe") == 2);
    CHECK(columns_of("a\xe6\x97") == 3);
    CHECK(harmless("a\xe6\x97") == "a??");
}

TEST_CASE("text breaks after blanks and signs of names", "[cli][text]") {
    CHECK(wrapped("requested ring size", 10) == std::vector<std::string>{"requested", "ring size"});
    CHECK(wrapped("net.core.rmem_max", 9) == std::vector<std::string>{"net.core.", "rmem_max"});
}

TEST_CASE("paths break between their folders before anything else", "[cli][text]") {
    CHECK(wrapped("/etc/nanotune/low-latency.toml", 20) ==
          std::vector<std::string>{"/etc/nanotune/", "low-latency.toml"});
    CHECK(wrapped("/low-latency.toml", 10) ==
          std::vector<std::string>{"/low-", "latency.", "toml"});
    CHECK(wrapped("./low-latency", 10) == std::vector<std::string>{"./low-", "latency"});
}

TEST_CASE("a word longer than the line is broken inside, never between bytes of a character",
          "[cli][text]") {
    CHECK(wrapped("abcdefgh", 3) == std::vector<std::string>{"abc", "def", "gh"});
    CHECK(wrapped("日本語", 3) == std::vector<std::string>{"日", "本", "語"});
    CHECK(wrapped("日本", 1) == std::vector<std::string>{"日", "本"});
}

TEST_CASE("empty text is one empty line", "[cli][text]") {
    CHECK(wrapped("", 10) == std::vector<std::string>{""});
}

TEST_CASE("counts and lists read as sentences", "[cli][text]") {
    CHECK(counted(1, "setting") == "1 setting");
    CHECK(counted(0, "setting") == "0 settings");
    CHECK(joined({}).empty());
    CHECK(joined({"a"}) == "a");
    CHECK(joined({"a", "b", "c"}) == "a, b and c");
}

TEST_CASE("sizes are told exactly, or in a few digits", "[cli][text]") {
    CHECK(nanotune::cli::exact_bytes(0) == "0 B");
    CHECK(nanotune::cli::exact_bytes(1280UL << 10U) == "1280 KiB");
    CHECK(nanotune::cli::exact_bytes(32UL << 20U) == "32 MiB");
    CHECK(nanotune::cli::exact_bytes(1000) == "1000 B");
    CHECK(nanotune::cli::rounded_bytes(512) == "512 B");
    CHECK(nanotune::cli::rounded_bytes(64UL << 30U) == "64 GiB");
    CHECK(nanotune::cli::rounded_bytes(1536UL << 20U) == "1.5 GiB");
    CHECK(nanotune::cli::rounded_bytes((962UL << 20U) + 4096) == "962 MiB");
}

TEST_CASE("a sentence breaks at blanks, and what is copied from it stays whole", "[cli][text]") {
    using Lines = std::vector<std::string>;
    CHECK(sentence_lines("what stands is told", 80) == Lines{"what stands is told"});
    CHECK(sentence_lines("what stands is told", 0) == Lines{"what stands is told"});
    CHECK(sentence_lines("what stands is told", 12) == Lines{"what stands", "  is told"});
    CHECK(sentence_lines("see /run/nanotune/net.journal now", 10) ==
          Lines{"see", "  /run/nanotune/net.journal", "  now"});
    CHECK(sentence_lines("12:00  drift    eth0", 14) == Lines{"12:00  drift", "  eth0"});
    CHECK(sentence_lines("said twice ", 10) == Lines{"said twice"});
}
