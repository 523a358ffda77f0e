#include "cli/direct/profile_files.hpp"

#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using nanotune::test::Contains;

namespace {

/// Two folders with profiles, removed at the end.
class Folders {
  public:
    Folders()
        : root_(std::filesystem::temp_directory_path() /
                ("nanotune-profiles-" + std::to_string(::getpid()))) {
        put("etc/hft.toml", "# ours");
        put("share/hft.toml", "# theirs");
        put("share/base.toml", "# base");
        put("home/mine.toml", "# mine");
        put("home/parts/common.toml", "# common");
    }
    ~Folders() { std::filesystem::remove_all(root_); }
    Folders(const Folders&) = delete;
    Folders& operator=(const Folders&) = delete;
    Folders(Folders&&) = delete;
    Folders& operator=(Folders&&) = delete;

    void put(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name) << text;
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (root_ / name).string();
    }
    [[nodiscard]] ProfileSource source(
        std::chrono::milliseconds patience = std::chrono::seconds(60)) const {
        return profile_files({path("etc"), path("share")}, path("home"), patience);
    }

  private:
    std::filesystem::path root_;
};

}  // namespace

TEST_CASE("a name is taken from the first folder that has it", "[cli][profiles]") {
    const Folders folders;
    CHECK(folders.source()("hft", "")->text == "# ours");
    CHECK(folders.source()("base", "")->text == "# base");
    CHECK(folders.source()("base", "")->file == folders.path("share/base.toml"));
}

TEST_CASE("a path is taken as given, and named from the working folder", "[cli][profiles]") {
    const Folders folders;
    const auto found = folders.source()(folders.path("home/mine.toml"), "");
    REQUIRE(found.has_value());
    CHECK(found->text == "# mine");
    CHECK(found->file == "mine.toml");
}

TEST_CASE("a path in extends is seen from the file that extends", "[cli][profiles]") {
    const Folders folders;
    const auto found = folders.source()("./parts/common.toml", folders.path("home/mine.toml"));
    REQUIRE(found.has_value());
    CHECK(found->text == "# common");
}

TEST_CASE("a file has one name, however extends spells the way to it", "[cli][profiles]") {
    const Folders folders;
    const std::string common = folders.path("home/parts/common.toml");
    for (const char* way : {"./common.toml", "../parts/common.toml", ".././parts//common.toml"}) {
        const auto found = folders.source()(way, common);
        REQUIRE(found.has_value());
        CHECK(found->file == "parts/common.toml");
    }
}

TEST_CASE("files that extend each other by different ways are a circle that is named",
          "[cli][profiles]") {
    const Folders folders;
    folders.put("etc/a.toml", "[profile]\nextends = [\"./parts/b.toml\"]\n");
    folders.put("etc/parts/b.toml", "[profile]\nextends = [\"../parts/../a.toml\"]\n");
    const auto loaded = loaded_profile(folders.path("etc/a.toml"), folders.source(), {});
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->missing.size() == 1);
    const std::string a = folders.path("etc/a.toml");
    const std::string b = folders.path("etc/parts/b.toml");
    CHECK(loaded->missing.front().message ==
          b + ":2:12: extends-cycle: " + a + " -> " + b + " -> " + a);
}

TEST_CASE("a way through a symbolic link is not made shorter where it leads elsewhere",
          "[cli][profiles]") {
    const Folders folders;
    std::filesystem::create_directory_symlink(folders.path("home/parts"), folders.path("etc/link"));
    folders.put("etc/mine.toml", "# not meant");
    const auto found = folders.source()(folders.path("etc/link/../mine.toml"), "");
    REQUIRE(found.has_value());
    CHECK(found->text == "# mine");
    CHECK(found->file == folders.path("etc/link/../mine.toml"));
}

TEST_CASE("a name in extends is searched as any name", "[cli][profiles]") {
    const Folders folders;
    CHECK(folders.source()("base", folders.path("home/mine.toml"))->text == "# base");
}

TEST_CASE("an unknown name tells where it was looked for, and the nearest", "[cli][profiles]") {
    const Folders folders;
    const auto found = folders.source()("bsae", "");
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == ErrorCode::not_found);
    CHECK_THAT(found.error().message, Contains(folders.path("etc")) &&
                                          Contains(folders.path("share")) &&
                                          Contains("did you mean base?"));
}

TEST_CASE("a file that is not there is named", "[cli][profiles]") {
    const Folders folders;
    const auto found = folders.source()("/nonexistent/x.toml", "");
    REQUIRE_FALSE(found.has_value());
    CHECK_THAT(found.error().message, Contains("/nonexistent/x.toml") && Contains("ENOENT"));
}

TEST_CASE("of a path that leads to no file the nearest in its folder is told", "[cli][profiles]") {
    const Folders folders;
    const auto said = [&folders](const std::string& name, const std::string& from) {
        const auto found = folders.source()(name, from);
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().code == ErrorCode::not_found);
        return found.error().message;
    };
    CHECK_THAT(said(folders.path("home/mien.toml"), ""),
               Contains("; did you mean " + folders.path("home/mine.toml") + "?"));
    CHECK_THAT(said(folders.path("home/mine"), ""),
               Contains("; did you mean " + folders.path("home/mine.toml") + "?"));
    CHECK_THAT(said("./parts/comon.toml", folders.path("home/mine.toml")),
               Contains("/parts/common.toml?"));
    CHECK_FALSE(said(folders.path("home/feed.toml"), "").contains("did you mean"));
}

TEST_CASE("a pipe is read to its end, and not waited for without end", "[cli][profiles]") {
    const Folders folders;
    const std::string pipe = folders.path("home/pipe.toml");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);

    const auto silent = folders.source(std::chrono::milliseconds(50))(pipe, "");
    REQUIRE_FALSE(silent.has_value());
    CHECK(silent.error().code == ErrorCode::timed_out);
    CHECK_THAT(silent.error().message, Contains(pipe));

    std::thread writer([&pipe] {
        std::ofstream(pipe) << "[memory]\n" << std::flush << "ksm = 0\n";
    });
    const auto read = folders.source()(pipe, "");
    writer.join();
    REQUIRE(read.has_value());
    CHECK(read->text == "[memory]\nksm = 0\n");

    std::thread silent_writer([&pipe] { std::ofstream(pipe).flush(); });
    const auto nothing = folders.source()(pipe, "");
    silent_writer.join();
    REQUIRE(nothing.has_value());
    CHECK(nothing->text.empty());
}

TEST_CASE("a profile of 3 MB is not read", "[cli][profiles]") {
    const Folders folders;
    folders.put("etc/huge.toml", std::string(3UL * 1024 * 1024, '#'));
    const auto found = folders.source()("huge", "");
    REQUIRE_FALSE(found.has_value());
    CHECK_THAT(found.error().message, Contains("larger than 1 MiB"));
}
