// Files of nanotune's own, on a disk that works.
#include "system/storage/storage.hpp"

#include <csignal>
#include <set>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch_folder.hpp"
#include "support/catch.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/memory_file.hpp"

using namespace nanotune;

namespace {

unsigned mode_of(const std::string& path) {
    struct stat status{};
    REQUIRE(stat(path.c_str(), &status) == 0);
    return status.st_mode & 07777U;
}

}  // namespace

TEST_CASE("what is appended is there, in its order, for nobody else to read", "[storage]") {
    const ScratchFolder folder;
    {
        auto file = DurableFile::open(folder.at("journal"));
        REQUIRE(file);
        REQUIRE(file->append("first "));
        REQUIRE(file->append("second"));
        REQUIRE(file->sync());
    }
    auto again = DurableFile::open(folder.at("journal"));
    REQUIRE(again);
    REQUIRE(again->append(" third"));
    CHECK(folder.text("journal") == "first second third");
    CHECK(mode_of(folder.at("journal")) == 0600);
}

TEST_CASE("a file knows whether its last line has an end", "[storage]") {
    const ScratchFolder folder;
    auto file = DurableFile::open(folder.at("history"));
    REQUIRE(file);
    CHECK(file->ends_whole() == Result<bool>(true));
    REQUIRE(file->append("line"));
    CHECK(file->ends_whole() == Result<bool>(false));
    REQUIRE(file->append("\n"));
    CHECK(file->ends_whole() == Result<bool>(true));
}

TEST_CASE("of an append that cannot be written whole nothing is left", "[storage]") {
    const ScratchFolder folder;
    folder.write("journal", "whole record|");
    int status = -1;
    const pid_t child = ::fork();
    if (child == 0) {  // the limit is its own
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{.rlim_cur = 20, .rlim_max = 20};
        auto file = DurableFile::open(folder.at("journal"));
        const bool is_refused = file && ::setrlimit(RLIMIT_FSIZE, &limit) == 0 &&
                                !file->append("next record|") && !file->append("next record|", 13);
        ::_exit(is_refused ? 0 : 1);
    }
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(folder.text("journal") == "whole record|");
}

TEST_CASE("a torn end is cut off when the file is opened again", "[storage]") {
    const ScratchFolder folder;
    folder.write("journal", "whole record|torn rec");
    auto file = DurableFile::open(folder.at("journal"), 13);
    REQUIRE(file);
    REQUIRE(file->append("next record|"));
    CHECK(folder.text("journal") == "whole record|next record|");
}

TEST_CASE("a file shorter than what is to be kept is damaged, not filled up", "[storage]") {
    const ScratchFolder folder;
    folder.write("journal", "short");
    const auto file = DurableFile::open(folder.at("journal"), 13);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == ErrorCode::damaged);
    CHECK(folder.text("journal") == "short");
}

TEST_CASE("a symbolic link is not followed by an append", "[storage]") {
    const ScratchFolder folder;
    folder.write("elsewhere", "untouched");
    REQUIRE(symlink(folder.at("elsewhere").c_str(), folder.at("journal").c_str()) == 0);
    const auto file = DurableFile::open(folder.at("journal"));
    REQUIRE_FALSE(file);
    CHECK(file.error().code == ErrorCode::io);
    CHECK(folder.text("elsewhere") == "untouched");
}

TEST_CASE("a folder is made with its parents, for its owner alone", "[storage]") {
    const ScratchFolder folder;
    REQUIRE(make_folder(folder.at("a/b/c")));
    CHECK(mode_of(folder.at("a")) == 0700);
    CHECK(mode_of(folder.at("a/b/c")) == 0700);
    CHECK(make_folder(folder.at("a/b/c")));
    CHECK(make_folder(folder.at("a/b/c/")));
}

TEST_CASE("a folder says what is in its way", "[storage]") {
    const ScratchFolder folder;
    folder.write("a", "a file");
    const Status status = make_folder(folder.at("a/b"));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::io);
    CHECK(status.error().message == "make folder " + folder.at("a") + ": a file is in the way");
}

TEST_CASE("a file is read whole, or not at all", "[storage]") {
    const ScratchFolder folder;
    folder.write("state", std::string(10'000, 'x'));
    const auto whole = read_file(folder.at("state"), 10'000);
    REQUIRE(whole);
    CHECK(*whole == std::string(10'000, 'x'));
    const auto too_much = read_file(folder.at("state"), 9'999);
    REQUIRE_FALSE(too_much);
    CHECK(too_much.error().code == ErrorCode::io);
    const auto absent = read_file(folder.at("absent"), 10);
    REQUIRE_FALSE(absent);
    CHECK(absent.error().code == ErrorCode::not_found);
    folder.write("empty", "");
    CHECK(read_file(folder.at("empty"), 0) == std::string());
    CHECK(read_file("/proc/self/comm", 100).has_value());
}

TEST_CASE("a pipe in a file's place is waited for by nobody", "[storage]") {
    const ScratchFolder folder;
    const std::string path = folder.path() + "/pipe";
    REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
    const auto text = read_file(path, 4096);
    REQUIRE_FALSE(text);
    CHECK(text.error().message == "read " + path + ": it is a pipe, and no file");
    const auto file = DurableFile::open(path);
    REQUIRE_FALSE(file);
    CHECK(file.error().message == "open " + path + ": it is a pipe, and no file");
    CHECK(read_file("/dev/null", 4096) == Result<std::string>(""));  // as units are masked
}

TEST_CASE("the way to a path has the folders that it names, and those that links lead through",
          "[storage]") {
    const ScratchFolder folder;
    REQUIRE(make_folder(folder.at("a/b")));
    folder.write("a/b/file", "text");
    REQUIRE(::symlink("b/../b", folder.at("a/near").c_str()) == 0);
    REQUIRE(::symlink(folder.at("a/near").c_str(), folder.at("far").c_str()) == 0);
    REQUIRE(::symlink("circle", folder.at("circle").c_str()) == 0);
    const auto names = [&folder](const Way& way) {
        std::set<std::string> inside;
        for (const auto& [path, facts] : way.folders) {
            CHECK((facts && facts->is_folder));
            if (path.starts_with(folder.at(""))) {
                inside.insert(path.substr(folder.at("").size()));
            }
        }
        return inside;
    };
    const Way direct = way_to(folder.at("a/./b//file"));
    CHECK(names(direct) == std::set<std::string>{"a", "a/b"});
    REQUIRE(direct.end);
    CHECK(direct.end->is_regular);
    CHECK(direct.end->size == 4);
    const Way led = way_to(folder.at("far/file"));
    CHECK(names(led) == std::set<std::string>{"a", "a/b"});
    CHECK(led.end == direct.end);
    const Way to_folder = way_to(folder.at("far"));
    CHECK(names(to_folder) == std::set<std::string>{"a"});
    CHECK((to_folder.end && to_folder.end->is_folder));
    CHECK_FALSE(way_to(folder.at("a/none/file")).end);
    CHECK(way_to(folder.at("a/b/../b")).end == to_folder.end);
    for (const char* nowhere : {"a/none/../b", "a/b/file/../file", "circle/../a"}) {
        CHECK_FALSE(way_to(folder.at(nowhere)).end);
    }
    CHECK_FALSE(way_to(folder.at("circle/file")).end);
    CHECK(way_to("/").end);
    CHECK_FALSE(way_to("").end);
}

TEST_CASE("replacing a file leaves the new one alone in its folder", "[storage]") {
    const ScratchFolder folder;
    REQUIRE(replace_file(folder.at("state"), "old"));
    REQUIRE(replace_file(folder.at("state"), "new"));
    CHECK(folder.text("state") == "new");
    CHECK(mode_of(folder.at("state")) == 0600);
    CHECK(folder.size() == 1);
}

TEST_CASE("a file that cannot be replaced stays as it was", "[storage]") {
    const ScratchFolder folder;
    REQUIRE(make_folder(folder.at("state/inside")));
    const Status status = replace_file(folder.at("state"), "new");
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::io);
    CHECK(folder.size() == 1);
}

TEST_CASE("a file moves between folders", "[storage]") {
    const ScratchFolder folder;
    REQUIRE(make_folder(folder.at("aside")));
    folder.write("journal", "text");
    REQUIRE(move_file(folder.at("journal"), folder.at("aside/journal")));
    CHECK(folder.text("aside/journal") == "text");
    const Status again = move_file(folder.at("journal"), folder.at("aside/journal"));
    REQUIRE_FALSE(again);
    CHECK(again.error().code == ErrorCode::not_found);
}

TEST_CASE("removing what is not there is success", "[storage]") {
    const ScratchFolder folder;
    folder.write("journal", "text");
    CHECK(remove_file(folder.at("journal")));
    CHECK(remove_file(folder.at("journal")));
    CHECK(folder.size() == 0);
}

TEST_CASE("room is checked without a trace", "[storage]") {
    const ScratchFolder folder;
    CHECK(check_room(folder.path(), 1 << 16));
    CHECK(folder.size() == 0);
    const Status nowhere = check_room(folder.at("absent"), 1);
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().code == ErrorCode::io);
}

TEST_CASE("an identity is the same each time it is asked for", "[storage]") {
    const auto identity = current_identity();
    REQUIRE(identity);
    CHECK(identity->boot.size() == 36);
    CHECK(identity->network != 0);
    CHECK(current_identity() == identity);
}

TEST_CASE("nobody can run what is kept in memory, where the kernel has such memory", "[storage]") {
    constexpr unsigned never_run = 8;  // MFD_NOEXEC_SEAL
    if (!Descriptor(memfd_create("test", never_run)).is_open()) {
        WARN("not tried: this kernel has no MFD_NOEXEC_SEAL (Linux 6.3)");
        return;
    }
    const auto file = memory_file("test", "a test");
    REQUIRE(file);
    struct stat status{};
    REQUIRE(fstat(file->number(), &status) == 0);
    CHECK((status.st_mode & 0111U) == 0);
}

TEST_CASE("what is kept in memory may be sealed", "[storage]") {
    const auto file = memory_file("test", "a test");
    REQUIRE(file);
    CHECK(fcntl(file->number(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW) == 0);
    CHECK(write(file->number(), "x", 1) < 0);
}
