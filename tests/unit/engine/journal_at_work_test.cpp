// A journal that somebody else is at work on.
#include <csignal>
#include <fstream>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include "engine/state_folder.hpp"
#include "journal_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

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
    for (int tries = 0; tries < 200 && !is_whole; ++tries) {
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
