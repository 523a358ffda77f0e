#include "service/given_profile.hpp"

#include <map>

#include "support/catch.hpp"

using namespace nanotune;
using nanotune::test::Contains;

namespace {

/// Files by the paths that they are asked for, and profiles by their names.
ProfileSource files(std::map<std::string, std::string> texts) {
    return [texts = std::move(texts)](std::string_view name,
                                      std::string_view from) -> Result<ProfileText> {
        const std::string folder(from.substr(0, from.rfind('/') + 1));
        const std::string path = name.starts_with('/') || !is_given_by_path(name)
                                     ? std::string(name)
                                     : folder + std::string(name);
        const auto found = texts.find(path);
        if (found == texts.end()) {
            return failure(ErrorCode::not_found, path + ": not there");
        }
        return ProfileText{.file = path, .text = found->second};
    };
}

std::string extending(const std::string& what) {
    return "[profile]\nextends = [\"" + what + "\"]\n";
}

}  // namespace

TEST_CASE("a profile by its name gives no file", "[service]") {
    const auto given = given_files("hft", files({{"hft", ""}}));
    REQUIRE(given);
    CHECK(given->empty());
}

TEST_CASE("a profile by a path gives itself, and what it extends by paths", "[service]") {
    const auto source = files({{"/a/own.toml", extending("./more/other.toml")},
                               {"/a/./more/other.toml", extending("base")},
                               {"base", extending("/a/never.toml")},
                               {"/a/never.toml", ""}});
    const auto given = given_files("/a/own.toml", source);
    REQUIRE(given);
    REQUIRE(given->size() == 3);
    CHECK((*given)[0].path == "/a/own.toml");
    CHECK((*given)[1].path == "/a/./more/other.toml");
}

TEST_CASE("a file that is to be given and is not there is told with who extends it", "[service]") {
    const auto given = given_files(
        "/a/own.toml", files({{"/a/own.toml", extending("./other.toml")}, {"base", ""}}));
    REQUIRE_FALSE(given);
    CHECK(given.error().code == ErrorCode::not_found);
    CHECK_THAT(given.error().message,
               Contains("/a/own.toml:2:12") && Contains("/a/./other.toml: not there"));
}

TEST_CASE("what was given is read as it was given, and nothing else by a path", "[service]") {
    const auto source =
        given_or_named({{.path = "/a/own.toml", .label = "own.toml", .text = "text"}},
                       files({{"base", "named"}, {"/etc/other.toml", "secret"}}));
    CHECK(source("/a/own.toml", "")->text == "text");
    CHECK(source("/a/own.toml", "")->file == "own.toml");
    CHECK(source("base", "own.toml")->text == "named");
    const auto other = source("/etc/other.toml", "own.toml");
    REQUIRE_FALSE(other);
    CHECK_THAT(other.error().message, Contains("opens no path"));
}

TEST_CASE("more files than a message carries are refused", "[service]") {
    std::map<std::string, std::string> texts;
    for (std::size_t i = 0; i <= given_files_limit; ++i) {
        texts["/" + std::to_string(i) + ".toml"] = extending("/" + std::to_string(i + 1) + ".toml");
    }
    const auto given = given_files("/0.toml", files(texts));
    REQUIRE_FALSE(given);
    CHECK(given.error().code == ErrorCode::exhausted);
}

TEST_CASE(
    "what is found by its name may lead on by paths, and a client that calls its file so may not",
    "[service]") {
    const auto named = files({{"base", extending("./more.toml")},
                              {"./more.toml", "more"},
                              {"/etc/shadow.toml", "secret"}});
    const auto honest = given_or_named({}, named);
    CHECK_FALSE(honest("./more.toml", "base"));
    CHECK(honest("base", ""));
    CHECK(honest("./more.toml", "base")->text == "more");
    const auto sly = given_or_named({{.path = "own.toml", .label = "base", .text = "text"}}, named);
    CHECK(sly("base", ""));
    CHECK_FALSE(sly("/etc/shadow.toml", "base"));
}
