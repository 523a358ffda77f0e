// A journal that somebody waits to undo by, whatever becomes of its folder.
#include "engine/held_journal.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "engine/state_folder.hpp"
#include "journal_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
namespace fs = std::filesystem;

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
    bool is_awaiting = true;
    const auto kept = [&] {
        const Result<bool> back = keep_held(held, state, is_awaiting);
        return back ? (*back ? "put back" : "there") : std::string(name_of(back.error().code));
    };
    CHECK(kept() == "there");
    CHECK(kept() == "there");
    fs::remove_all(state.folder());
    CHECK(kept() == "put back");
    CHECK(kept() == "there");
    SECTION("and does not let go of what awaits confirmation where others see nothing await") {
        is_awaiting = false;
        CHECK(kept() == "there");
        fs::remove_all(state.folder());
        CHECK(kept() == "put back");
        CHECK(awaits_again(state));
        CHECK(held);
    }
    SECTION("and lets go once it is decided") {
        take_back_last(state);
        is_awaiting = false;
        CHECK(kept() == "there");
        CHECK_FALSE(held);
    }
    SECTION("and makes no folder for what holds nothing") {
        {
            std::vector<std::string> notes;
            auto journal = state.open(notes);
            REQUIRE(journal);
            REQUIRE(journal->append(record::Begin{.id = 8, .kind = "rollback", .undoes = 7}));
            REQUIRE(journal->append(record::End{.how = "finished"}));
            REQUIRE(journal->sync());
        }
        fs::remove_all(state.folder());
        is_awaiting = false;
        CHECK(kept() == "there");
        CHECK_FALSE(held);
        CHECK_FALSE(fs::exists(state.folder()));
    }
    SECTION("and holds on where it cannot be put back") {
        fs::remove_all(state.folder());
        std::ofstream(state.folder()) << "something else";
        const std::string why = kept();
        CHECK(why != "there");
        CHECK(why != "put back");
        REQUIRE(held);
        CHECK(held->is_undecided());
        fs::remove(state.folder());
        CHECK(kept() == "put back");
        CHECK(awaits_again(state));
    }
    SECTION("and lets go where another one was begun, and it is kept aside") {
        fs::remove_all(state.folder());
        REQUIRE(state.lock("test", {}));
        commit_one_apply(state, 8);
        CHECK(kept() == name_of(ErrorCode::damaged));
        CHECK_FALSE(held);
        CHECK(state.view()->ledger.active()->id == 8);
    }
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
