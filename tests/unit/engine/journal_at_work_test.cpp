// A journal that somebody else is at work on, or waits to undo by.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/held_journal.hpp"
#include "engine/state_folder.hpp"
#include "journal_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
namespace fs = std::filesystem;

TEST_CASE("what another process is at work on is not called cut off", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    std::array<int, 2> ready{};
    REQUIRE(::pipe(ready.data()) == 0);
    const pid_t other = ::fork();
    REQUIRE(other >= 0);
    if (other == 0) {
        std::vector<std::string> notes;
        const auto lock = state.lock("nanotune apply b", std::chrono::milliseconds(0));
        auto journal = state.open(notes);
        const bool is_open =
            lock && journal &&
            journal->append(record::Begin{.id = 2, .kind = "apply", .profile = "b"}) &&
            journal->sync();
        static_cast<void>(::write(ready[1], is_open ? "y" : "n", 1));
        ::pause();
        ::_exit(0);
    }
    char answer = 'n';
    REQUIRE(::read(ready[0], &answer, 1) == 1);
    REQUIRE(answer == 'y');
    const auto view = state.view();
    REQUIRE(view);
    CHECK_THAT(view->at_work, nanotune::test::Contains(std::to_string(other)));
    ::kill(other, SIGKILL);
    ::waitpid(other, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    const auto after = state.view();
    REQUIRE(after);
    CHECK(after->at_work.empty());
    CHECK(after->ledger.open() != nullptr);
}

TEST_CASE("a journal that is being written is not called damaged", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const auto overwrite = [&folder](std::string_view bytes) {
        std::fstream(folder.journal(), std::ios::in | std::ios::out | std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()))
            .flush();
    };
    std::string head(8, '\0');
    std::ifstream(folder.journal(), std::ios::binary).read(head.data(), 8);
    const auto lock = state.lock("nanotune apply", std::chrono::milliseconds(0));
    REQUIRE(lock);
    // A writer that gets no CPU for as long as that takes is one that has stopped in the middle.
    bool is_whole = false;
    for (int tries = 0; tries < 5 && !is_whole; ++tries) {
        overwrite(std::string(8, 'x'));  // half of it is there
        std::thread writer([&] {
            std::this_thread::sleep_for(std::chrono::milliseconds(3));
            overwrite(head);
        });
        const auto view = state.view();
        writer.join();
        REQUIRE(view);
        is_whole = view->notes.empty() && view->ledger.lost().empty();
    }
    CHECK(is_whole);
}

TEST_CASE("what another process is done with is never seen as cut off", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
        for (std::uint64_t id = 2;; ++id) {
            const auto lock = state.lock("nanotune apply", std::chrono::seconds(1));
            std::vector<std::string> notes;
            auto journal = state.open(notes);
            if (!lock || !journal ||
                !journal->append(record::Begin{.id = id, .kind = "apply", .profile = "b"}) ||
                !journal->sync() || !journal->append(record::End{"undone"}) || !journal->sync()) {
                ::_exit(1);
            }
        }
    }
    std::size_t at_work = 0;
    std::size_t cut_off = 0;
    std::size_t damaged = 0;
    std::size_t looks = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(500);
    while (std::chrono::steady_clock::now() < end) {
        const auto view = state.view();
        ++looks;
        at_work += view && !view->at_work.empty() ? 1U : 0U;
        cut_off += view && view->ledger.open() != nullptr && view->at_work.empty() ? 1U : 0U;
        damaged += !view || !view->ledger.lost().empty() ? 1U : 0U;
    }
    const pid_t ended = ::waitpid(writer, nullptr, WNOHANG);
    int status = 0;
    if (ended == 0) {
        ::kill(writer, SIGKILL);
        REQUIRE(::waitpid(writer, &status, 0) == writer);
    }
    REQUIRE(ended == 0);  // it wrote all the time
    REQUIRE(WIFSIGNALED(status));
    CHECK(WTERMSIG(status) == SIGKILL);
    INFO(looks << " looks, " << at_work << " while it wrote");
    CHECK(looks > 0);
    CHECK(at_work > 0);
    CHECK(cut_off == 0);
    CHECK(damaged == 0);
}

TEST_CASE("a lock that is taken names its holder", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    const auto first = state.lock("nanotune apply", {});
    REQUIRE(first);
    const auto second = state.lock("nanotune rollback", std::chrono::milliseconds(20));
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::busy);
    CHECK(second.error().message.contains("nanotune apply"));
}

namespace {

/// One apply that awaits its confirmation.
void begin_to_wait(const StateFolder& state) {
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(
        journal->append(record::Begin{.id = 7, .kind = "apply", .profile = "a", .confirm_by = 99}));
    REQUIRE(journal->append(
        record::Intent{mtu.setting, mtu.target, std::int64_t{1500}, std::int64_t{9000}}));
    REQUIRE(
        journal->append(record::End{.how = "committed", .confirm_by = 99, .confirm_by_boot = 77}));
    REQUIRE(journal->sync());
}

bool awaits_again(const StateFolder& state) {
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->notes.empty());
    const Applied* const active = view->ledger.active();
    return active != nullptr && active->id == 7 && active->is_awaiting;
}

void take_back_last(const StateFolder& state) {
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(journal->append(record::Begin{.id = 8, .kind = "rollback", .undoes = 7}));
    REQUIRE(journal->append(record::Left{.setting = mtu.setting,
                                         .target = mtu.target,
                                         .before = std::int64_t{1500},
                                         .wanted = std::int64_t{9000}}));
    REQUIRE(journal->append(record::End{.how = "finished"}));
    REQUIRE(journal->sync());
}

/// Of the apply 7; nothing where it could not be.
std::optional<bool> is_given_back(const HeldJournal& held, const StateFolder& state) {
    const Result<bool> given = held.give_back(state, 7);
    return given ? std::optional(*given) : std::nullopt;
}

}  // namespace

TEST_CASE("who holds the journal gives it back when its folder was removed", "[state]") {
    const JournalFolder folder;
    const StateFolder state((folder.path / "state").string(), here);
    std::vector<std::string> notes;
    REQUIRE(state.lock("test", {}));
    REQUIRE(state.open(notes));
    const auto held = HeldJournal::of(state);
    REQUIRE(held);
    begin_to_wait(state);  // after it was taken hold of
    CHECK(is_given_back(*held, state) == false);

    SECTION("and nobody has made another one") {
        GENERATE(0, 1) == 0 ? static_cast<void>(fs::remove_all(state.folder()))
                            : fs::rename(state.folder(), folder.path / "moved");
        REQUIRE(state.view()->ledger.applied().empty());
        CHECK(is_given_back(*held, state) == true);
        CHECK(awaits_again(state));
    }
    SECTION("and all that was done in another one was to look whether something could begin") {
        fs::remove_all(state.folder());
        REQUIRE(state.lock("test", {}));
        REQUIRE(state.open(notes));
        CHECK(is_given_back(*held, state) == true);
        CHECK(awaits_again(state));
    }
    SECTION("and says so where another one stands there, which is of later") {
        fs::remove_all(state.folder());
        REQUIRE(state.lock("test", {}));
        commit_one_apply(state, 8);
        const Result<bool> given = held->give_back(state, 7);
        REQUIRE_FALSE(given);
        CHECK(given.error().code == ErrorCode::damaged);
        CHECK_THAT(given.error().message, nanotune::test::Contains("somebody removed it"));
        CHECK(state.view()->ledger.active()->id == 8);
    }
    SECTION("but not where somebody else did, and it was taken back since") {
        const auto other = HeldJournal::of(state);
        REQUIRE(other);
        fs::remove_all(state.folder());
        CHECK(is_given_back(*other, state) == true);
        take_back_last(state);
        commit_one_apply(state, 9);
        CHECK(is_given_back(*held, state) == false);
        CHECK(state.view()->ledger.active()->id == 9);
    }
    SECTION("but says nothing where it was confirmed before") {
        {
            auto journal = state.open(notes);
            REQUIRE(journal);
            REQUIRE(journal->append(record::Confirmed{7}));
            REQUIRE(journal->sync());
        }
        fs::remove_all(state.folder());
        REQUIRE(state.lock("test", {}));
        commit_one_apply(state, 8);
        CHECK(is_given_back(*held, state) == false);
        CHECK(state.view()->ledger.active()->id == 8);
    }
}

TEST_CASE("who keeps hold of a journal puts it back once, and says so once", "[state]") {
    const JournalFolder folder;
    const StateFolder state((folder.path / "state").string(), here);
    REQUIRE(state.lock("test", {}));
    begin_to_wait(state);
    std::optional<HeldJournal> held;
    const auto kept = [&] {
        const Result<bool> back = keep_held(held, state);
        return back ? (*back ? "put back" : "there") : std::string(name_of(back.error().code));
    };
    CHECK(kept() == "there");
    CHECK(kept() == "there");
    fs::remove_all(state.folder());
    CHECK(kept() == "put back");
    CHECK(kept() == "there");
    fs::remove_all(state.folder());
    REQUIRE(state.lock("test", {}));
    commit_one_apply(state, 8);
    CHECK(kept() == name_of(ErrorCode::damaged));
    CHECK_FALSE(held);
    CHECK(state.view()->ledger.active()->id == 8);
}

TEST_CASE("a journal in which a confirmation is awaited stays the same file", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    std::vector<std::string> notes;
    begin_to_wait(state);
    {
        auto journal = state.open(notes);
        REQUIRE(journal);
        for (int i = 0; i < 1000; ++i) {
            REQUIRE(journal->append(record::Begin{.id = 8, .kind = "apply", .profile = "b"}));
            REQUIRE(journal->append(record::End{"undone"}));
        }
        REQUIRE(journal->sync());
    }
    const auto size = fs::file_size(folder.journal());
    REQUIRE(size > 32U << 10U);
    REQUIRE(state.open(notes));
    CHECK(fs::file_size(folder.journal()) == size);
    {
        auto journal = state.open(notes);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Confirmed{7}));
        REQUIRE(journal->sync());
    }
    REQUIRE(state.open(notes));
    CHECK(fs::file_size(folder.journal()) < size);
}
