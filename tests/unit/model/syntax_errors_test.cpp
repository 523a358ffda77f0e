// A person who writes a profile by hand hears of every slip at once, and of nothing that is none.

#include "model/profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

/// Where the errors are, "LINE:COLUMN" of each.
std::vector<std::string> places(const std::string& text) {
    const auto layer = layer_of({"host.toml", text});
    std::vector<std::string> places;
    if (!layer) {
        for (const Error& problem : layer.error()) {
            const std::string& message = problem.message;
            const std::size_t begin = message.find(':') + 1;
            places.push_back(message.substr(begin, message.find(": ") - begin));
        }
    }
    return places;
}

using Places = std::vector<std::string>;

}  // namespace

TEST_CASE("every line of broken TOML is told, and none that is whole", "[toml][bad input]") {
    CHECK(places("[nic.eth0]\n"
                 "mtu = = 9000\n"
                 "txqueuelen = 500\n"
                 "features = { tso = }\n"
                 "[sysctl]\n"
                 "\"vm.swappiness\" = \n"
                 "\"vm.dirty_ratio\" = 5\n") == Places{"2:7", "4:20", "6:19"});
}

TEST_CASE("what stands below a broken header stays apart from the table above it",
          "[toml][bad input]") {
    CHECK(places("[nic.eth0]\n"
                 "mtu = 1500\n"
                 "[nic.eth1\n"
                 "mtu = 9000\n"
                 "[nic.eth2\n"
                 "mtu = 9000\n")
              .size() == 2);
}

TEST_CASE("a name that is defined twice hides no error behind it", "[toml][bad input]") {
    CHECK(places("[sysctl]\na = 1\na = 2\nb = = 1\n").size() == 2);
}

TEST_CASE("nothing is judged behind a statement of several lines that is broken",
          "[toml][bad input]") {
    CHECK(places("[irq]\ncpus = [1 2,\n 3, 4]\nspread = = 1\n").size() == 1);
    CHECK(places("[irq]\ncpus = [1,\n 3 4]\nspread = = 1\n").size() == 1);
    CHECK(places("[profile]\nsummary = \"\"\"one\ntwo\nthree = = 1\n").size() == 1);
}

TEST_CASE("no more than ten errors of a file are told at once", "[toml][bad input]") {
    std::string text;
    for (int i = 0; i < 20; ++i) {
        text += "a" + std::to_string(i) + " = = 1\n";
    }
    CHECK(places(text).size() == 10);
}
