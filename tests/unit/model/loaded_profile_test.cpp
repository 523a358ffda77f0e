// Chains of files.
#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

std::vector<std::string> files_of(const Profile& profile) {
    std::vector<std::string> files;
    for (const Layer& layer : profile.layers) {
        files.push_back(layer.file);
    }
    return files;
}

}  // namespace

TEST_CASE("what is extended comes first, the file itself last", "[extends]") {
    const Profile profile = given::profile({{"host", "[profile]\nextends = [\"hft\", \"lab\"]\n"},
                                            {"hft", "[profile]\nextends = \"base\"\n"},
                                            {"lab", ""},
                                            {"base", ""}});
    CHECK(files_of(profile) == std::vector<std::string>{"base", "hft", "lab", "host"});
    CHECK(profile.top().file == "host");
    CHECK(profile.name == "host");
}

TEST_CASE("a file that is reached twice stands once, where it was reached first", "[extends]") {
    const Profile profile = given::profile({{"host", "[profile]\nextends = [\"a\", \"b\"]\n"},
                                            {"a", "[profile]\nextends = [\"base\"]\n"},
                                            {"b", "[profile]\nextends = [\"base\"]\n"},
                                            {"base", ""}});
    CHECK(files_of(profile) == std::vector<std::string>{"base", "a", "b", "host"});
}

TEST_CASE("an extends-cycle is told at the line that closes it", "[extends][bad input]") {
    CHECK(given::load_problems({{"a.toml", "[profile]\nextends = [\"b.toml\"]\n"},
                                {"b.toml", "[profile]\n\nextends = [\"a.toml\"]\n"}}) ==
          std::vector<std::string>{"b.toml:3:12: extends-cycle: a.toml -> b.toml -> a.toml"});
    CHECK(given::load_problems({{"a.toml", "[profile]\nextends = \"a.toml\"\n"}}) ==
          std::vector<std::string>{"a.toml:2:11: extends-cycle: a.toml -> a.toml"});
}

TEST_CASE("a missing file is told at the line that asks for it", "[extends][bad input]") {
    CHECK(given::load_problems({{"a.toml", "[profile]\nextends = [\"hfd\"]\n"}}) ==
          std::vector<std::string>{"a.toml:2:12: no profile hfd"});
}

TEST_CASE("a missing profile has no line", "[extends][bad input]") {
    const auto loaded = loaded_profile("nowhere", given::source({}), {});
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().front().message == "no profile nowhere");
    CHECK(loaded.error().front().code == ErrorCode::not_found);
}

TEST_CASE("a file that is missing hides nothing that is wrong with the others",
          "[extends][bad input]") {
    const given::ProfileFiles files = {{"a.toml",
                                        "[profile]\nextends = [\"hfd\", \"b.toml\"]\n"
                                        "[vars]\nx = 1\nlong = \"${far}000\"\n"
                                        "[nic.eth0]\nmut = 1500\nmtu = \"${far}\"\n"
                                        "coalesce.rx_usecs = \"${long}\"\n"},
                                       {"b.toml", "[nicc.eth0]\nmtu = 1500\n"}};
    const auto messages = given::resolution(files).messages();
    REQUIRE(messages.size() == 4);
    CHECK(messages[0] == "a.toml:2:12: no profile hfd");
    CHECK(messages[1].starts_with("b.toml:1:2: [nicc]: there is no plugin of that name"));
    CHECK(messages[2].starts_with("a.toml:4:1: vars.x"));
    CHECK(messages[3].starts_with("a.toml:7:1: nic has no setting mut"));
}

TEST_CASE("all files are read before anything is told", "[extends][bad input]") {
    const auto problems =
        given::resolution({{"a.toml",
                            "[profile]\nextends = [\"b.toml\", \"c.toml\", \"d.toml\"]\n"
                            "[vars]\nx = 1\n"},
                           {"b.toml", "mtu = = 1\n"},
                           {"d.toml", "[broken\n"}})
            .messages();
    REQUIRE(problems.size() == 4);
    CHECK(problems[0].starts_with("b.toml:1:"));
    CHECK(problems[1].starts_with("d.toml:1:"));
    CHECK(problems[2] == "a.toml:2:22: no profile c.toml");
    CHECK(problems[3].starts_with("a.toml:4:1: vars.x"));
}

TEST_CASE("a chain without end is cut off", "[extends][bad input]") {
    const ProfileSource endless = [](std::string_view name, std::string_view) {
        return Result<ProfileText>(
            {std::string(name), "[profile]\nextends = [\"" + std::string(name) + "x\"]\n"});
    };
    const auto loaded = loaded_profile("x", endless, {});
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->missing.size() == 1);
    CHECK(loaded->missing.front().message.ends_with("more than 64 files extend each other"));
}

TEST_CASE("a file that cannot be read is read, and told, once, however often it is named",
          "[extends][bad input]") {
    std::string names;
    for (int i = 0; i < 5'000; ++i) {
        names += "'broken',";
    }
    int asked = 0;
    const ProfileSource source = [&](std::string_view name,
                                     std::string_view) -> Result<ProfileText> {
        ++asked;
        return ProfileText{
            .file = std::string(name),
            .text = name == "host" ? "[profile]\nextends = [" + names + "]\n" : std::string("=\n")};
    };
    const auto loaded = loaded_profile("host", source, {});
    REQUIRE(loaded);
    CHECK(loaded->missing.size() == 2);
    CHECK_THAT(loaded->missing.back().message,
               nanotune::test::Contains("files are named more than 256 times in extends"));
    CHECK(asked == 257);
}

TEST_CASE("files are named in extends as often as is said, and no more", "[extends][bad input]") {
    const auto missing = [](int times) {
        std::string names;
        for (int i = 0; i < times; ++i) {
            names += "'base',";
        }
        const ProfileSource source = [&names](std::string_view name, std::string_view) {
            return Result<ProfileText>(
                {std::string(name),
                 name == "host" ? "[profile]\nextends = [" + names + "]\n" : std::string()});
        };
        const auto loaded = loaded_profile("host", source, {});
        REQUIRE(loaded);
        return loaded->missing.size();
    };
    CHECK(missing(256) == 0);
    CHECK(missing(257) == 1);
}
