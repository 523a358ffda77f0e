#include "cli/table.hpp"

#include <algorithm>

#include "cli/text.hpp"
#include "support/catch.hpp"

using nanotune::cli::columns_of;
using nanotune::cli::Style;
using nanotune::cli::Table;

TEST_CASE("columns are as wide as their widest cell and no line ends with blanks", "[cli][table]") {
    Table table({{.title = "A"}, {.title = "LONG"}, {.title = "C"}});
    table.add({{"one"}, {"1"}, {""}});
    table.add({{"fourteen"}, {"2"}, {"x"}});
    CHECK(table.text(0, false) ==
          "A         LONG  C\n"
          "one       1\n"
          "fourteen  2     x\n");
}

TEST_CASE("a cell that ends with blanks ends no line with them", "[cli][table]") {
    Table table({{.title = "A"}, {.title = "B  "}});
    table.add({{"1 "}, {"2 "}});
    table.add({{"日本 "}, {""}});
    CHECK(table.text(0, false) == "A      B\n1      2\n日本\n");
}

TEST_CASE("a column in which every cell is empty is left out", "[cli][table]") {
    Table table({{.title = "A"}, {.title = "LEFT OUT"}, {.title = "C"}});
    table.add({{"1"}, {""}, {"3"}});
    CHECK(table.text(0, false) == "A  C\n1  3\n");
}

TEST_CASE("only columns that may wrap give way on a narrow terminal", "[cli][table]") {
    Table table({{.title = "NAME", .may_wrap = true}, {.title = "FIXED"}});
    table.add({{"net.ipv4.conf.default.rp_filter"}, {"1234567890123"}});
    CHECK(table.text(32, false) ==
          "NAME               FIXED\n"
          "net.ipv4.conf.     1234567890123\n"
          "default.rp_filter\n");
}

TEST_CASE("a cell that is set in stays so where it goes on in the next line", "[cli][table]") {
    Table table({{.title = "NAME", .may_wrap = true}, {.title = "FIXED"}});
    table.add({{"  cat /sys/class/net"}, {"1234567890123"}});
    CHECK(table.text(32, false) ==
          "NAME               FIXED\n"
          "  cat              1234567890123\n"
          "  /sys/class/net\n");
}

TEST_CASE("a table keeps to 80 columns when its columns may wrap", "[cli][table]") {
    Table table({{.title = "A", .may_wrap = true},
                 {.title = "B", .may_wrap = true},
                 {.title = "C", .may_wrap = true}});
    table.add({{std::string(200, 'a')}, {std::string(90, 'b')}, {std::string(5, 'c')}});
    const std::string text = table.text(80, false);
    std::string_view rest = text;
    std::size_t letters = 0;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        CHECK(nanotune::cli::columns_of(line) <= 80);
        letters += static_cast<std::size_t>(std::count(line.begin(), line.end(), 'a'));
        rest.remove_prefix(line.size() + 1);
    }
    CHECK(letters == 200);
}

TEST_CASE("wide and combining characters keep columns aligned", "[cli][table]") {
    Table table({{.title = "NAME"}, {.title = "X"}});
    table.add({{"日本"}, {"1"}});
    table.add({{"e\u0301te"}, {"2"}});
    CHECK(table.text(0, false) == "NAME  X\n日本  1\ne\u0301te   2\n");
}

TEST_CASE("a note stands below its row over the whole width", "[cli][table]") {
    Table table({{.title = "A"}});
    table.add({{"1"}});
    table.add_note("two words");
    CHECK(table.text(10, false) == "A\n1\n    two\n    words\n");
}

TEST_CASE("colour does not change the alignment", "[cli][table]") {
    Table table({{.title = ""}, {.title = ""}});
    table.add({{"a", Style::bad}, {"b"}});
    table.add({{"ccc"}, {"d"}});
    CHECK(table.text(0, true) == "\033[31ma\033[0m    b\nccc  d\n");
}

TEST_CASE("a cell cannot steer the terminal", "[cli][table]") {
    Table table({{.title = ""}});
    table.add({{"eth\033[2J\u009b0"}});
    CHECK(table.text(0, false) == "eth?[2J?0\n");
}

TEST_CASE("a name that fits is not broken where other columns can give way", "[cli][table]") {
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "TARGET", .may_wrap = true},
                 {.title = "NOW", .may_wrap = true},
                 {.title = "WANTED", .may_wrap = true}});
    table.add({{"nic.features.tx-tcp-mangleid-segmentation"},
               {"enp175s0f1np1x"},
               {"4096 131072 268435456"},
               {"4096 131072 268435456"}});
    const std::string text = table.text(60, false);
    INFO(text);
    CHECK(text.contains("enp175s0f1np1x"));
    CHECK(text.contains("segmentation"));
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        CHECK(columns_of(line) <= 60);
        rest.remove_prefix(line.size() + 1);
    }
}
