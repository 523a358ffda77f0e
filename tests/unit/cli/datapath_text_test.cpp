// What a datapath has counted, as people read it.
#include "cli/datapath/datapath_text.hpp"

#include <string>

#include "cli/redrawn.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;

namespace {

Datapath counted(const std::string& received) {
    return {.name = "orders",
            .worker = {.settings = {}, .how = {}},
            .counted = {{"backend", "packet; xdp: " + std::string(80, 'x')},
                        {"received", received},
                        {"declined", "0"},
                        {"ns a packet, p50", "1234"}}};
}

std::string told(const std::string& received, const CountedBefore& before, StatsView view) {
    std::string text;
    const auto gather = [&text](std::string_view more) { text += more; };
    print_stats(Screen(gather, gather).with({.width = 80}), {counted(received)}, before, view);
    return text;
}

}  // namespace

TEST_CASE("numbers of a datapath stand beside their rates, on a screen", "[cli][datapath]") {
    const CountedBefore before{.datapaths = {counted("1000")}, .seconds = 2};
    CHECK(told("21000", before, StatsView::brief) ==
          "orders                    A SECOND\n"
          "backend           packet\n"
          "received          21 000  10 000\n"
          "ns a packet, p50  1234\n");
}

TEST_CASE("what is said of a datapath stays in its column", "[cli][datapath]") {
    const std::string text = told("21000", {}, StatsView::whole);
    CHECK(text.contains("\ndeclined          0\n"));
    CHECK(text.contains("\nbackend           packet; xdp:"));
    for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1) {
        CHECK(text.find('\n', line) - line <= 80);
    }
    CHECK(text.contains("\n                  xxx"));
}

TEST_CASE("what is drawn anew takes the place of what was there", "[cli]") {
    CHECK(redrawn("one\ntwo\n", 0) == "\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J");
    CHECK(redrawn("one\ntwo\n", 3) == "\x1b[Hone\x1b[K\ntwo\x1b[K\n\x1b[J");
    CHECK(redrawn("1\n2\n3\n4\n", 4) ==
          "\x1b[H1\x1b[K\n2\x1b[K\n... and 2 more lines\x1b[K\n\x1b[J");
    CHECK(redrawn("", 4) == "\x1b[H\x1b[J");
}
