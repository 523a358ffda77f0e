// The journal's file, cut off, damaged or none at all: what stands before that counts, and nothing
// blocks.
#include <csignal>
#include <filesystem>
#include <fstream>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/state_folder.hpp"
#include "journal_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
namespace fs = std::filesystem;

TEST_CASE("a cut-off last record is dropped and the journal goes on", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    // Killed while it appended: what was synced before is all there, so no write has followed.
    const std::string next = record::framed(record::Begin{.id = 2, .kind = "apply"});
    std::ofstream(folder.journal(), std::ios::app) << next.substr(0, next.size() - 3);
    CHECK(state.view()->ledger.lost().empty());
    CHECK(state.view()->notes.empty());
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    CHECK(notes.empty());
    REQUIRE(journal->append(record::Begin{.id = 3, .kind = "apply", .profile = "b"}));
    REQUIRE(journal->append(record::End{"committed"}));
    REQUIRE(journal->sync());
    CHECK(state.view()->ledger.active()->profile == "b");
    CHECK(folder.files_aside() == 0);
}

TEST_CASE("a journal cut off before its last sync has lost something, wherever it is cut",
          "[state]") {
    const JournalFolder whole;
    commit_one_apply(StateFolder(whole.path, here));
    const auto size = fs::file_size(whole.journal());
    for (std::uintmax_t left = 0; left < size; ++left) {
        INFO(left << " of " << size << " bytes are left");
        const JournalFolder folder;
        fs::copy_file(whole.journal(), folder.journal());
        fs::resize_file(folder.journal(), left);
        const StateFolder state(folder.path, here);
        CHECK(state.view()->ledger.lost().size() == 1);
        std::vector<std::string> notes;
        REQUIRE(state.open(notes));
        CHECK(notes.size() == 1);
        CHECK(folder.files_aside() == 1);
        const auto view = state.view();
        REQUIRE(view);
        REQUIRE(view->ledger.lost().size() == 1);
        CHECK(view->ledger.lost()[0].kept_in.contains(".aside-"));
        CHECK(view->notes.size() == 1);
    }
}

TEST_CASE("a journal damaged before its last sync has lost something", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const auto size = static_cast<std::streamoff>(fs::file_size(folder.journal()));
    std::fstream(folder.journal(), std::ios::in | std::ios::out).seekp(size - 4).write("XXXX", 4);
    const auto view = state.view();
    REQUIRE(view);
    REQUIRE(view->ledger.lost().size() == 1);
    CHECK(view->ledger.lost()[0].after == 1);
    CHECK(view->ledger.open() != nullptr);
}

TEST_CASE("damage in the middle is set aside, and what stands before it is used", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const auto good_size = fs::file_size(folder.journal());
    std::ofstream(folder.journal(), std::ios::app) << std::string(100, 'x');
    std::vector<std::string> notes;
    REQUIRE(state.open(notes));
    CHECK(notes.size() == 1);
    CHECK(folder.files_aside() == 1);
    CHECK(state.view()->ledger.active()->profile == "a");
    CHECK(fs::file_size(folder.journal()) == good_size);
}

TEST_CASE("a folder or a pipe in place of the journal is set aside, and nobody waits for it",
          "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    if (GENERATE(true, false)) {
        REQUIRE(::mkfifo(folder.journal().c_str(), 0600) == 0);
    } else {
        fs::create_directory(folder.journal());
    }
    CHECK(state.view()->notes.at(0).contains("it is no file"));
    std::vector<std::string> notes;
    REQUIRE(state.open(notes));
    REQUIRE(notes.size() == 1);
    CHECK_THAT(notes.front(),
               nanotune::test::Contains("it is no file") && nanotune::test::Contains("is kept as"));
    CHECK(fs::is_regular_file(folder.journal()));
    CHECK(state.view()->ledger.lost().size() == 1);
}

TEST_CASE("a journal that is larger than any of ours is set aside whole, and blocks nobody",
          "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    std::ofstream(folder.journal()) << "large";
    fs::permissions(folder.journal(), fs::perms::owner_read | fs::perms::owner_write);
    fs::resize_file(folder.journal(), journal_limit + 1);  // a hole: it takes no room
    CHECK(state.view()->notes.at(0).contains("it has 64 MiB, more than nanotune writes"));
    std::vector<std::string> notes;
    REQUIRE(state.open(notes));
    REQUIRE(notes.size() == 1);
    CHECK_THAT(notes.front(), nanotune::test::Contains("is kept as"));
    CHECK(fs::file_size(folder.journal()) < 1024);
    CHECK(state.view()->ledger.lost().size() == 1);
}

TEST_CASE("the loss of a journal that is no file is known until a new one stands in its place",
          "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    fs::create_directory(folder.journal());
    const pid_t other = ::fork();
    REQUIRE(other >= 0);
    if (other == 0) {
        const struct rlimit none = {.rlim_cur = 0, .rlim_max = 0};
        std::signal(SIGXFSZ, SIG_IGN);
        std::vector<std::string> notes;
        const bool is_limited = ::setrlimit(RLIMIT_FSIZE, &none) == 0;
        static_cast<void>(state.open(notes, Opening::undo));
        ::_exit(is_limited ? 0 : 1);
    }
    int status = -1;
    REQUIRE(::waitpid(other, &status, 0) == other);
    REQUIRE(status == 0);  // which could write nothing
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->ledger.lost().size() == 1);
    std::vector<std::string> notes;
    REQUIRE(state.open(notes));
    CHECK(folder.files_aside() == 1);
    const auto after = state.view();
    REQUIRE(after);
    REQUIRE(after->ledger.lost().size() == 1);
    CHECK(fs::is_directory(after->ledger.lost()[0].kept_in));
}
