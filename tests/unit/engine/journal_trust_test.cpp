// By which journals, and in which folders, nobody goes: what others could have written.
#include <filesystem>

#include <unistd.h>

#include "engine/state_folder.hpp"
#include "journal_folder.hpp"
#include "system/storage/file_facts.hpp"

using namespace nanotune;
using namespace nanotune::test;
namespace fs = std::filesystem;

TEST_CASE("root goes by no journal that others can write", "[state]") {
    if (!is_root()) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    REQUIRE(state.lock("test", std::chrono::milliseconds(0)));
    fs::permissions(folder.path, fs::perms::all);
    const auto lock = state.lock("test", std::chrono::milliseconds(0));
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == ErrorCode::denied);
    CHECK_THAT(lock.error().message, nanotune::test::Contains("mode 777"));
}

TEST_CASE("root trusts no state folder that somebody else can replace, and makes none there",
          "[state]") {
    if (!is_root()) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    const JournalFolder folder;
    const fs::path open = folder.path / "open";
    fs::create_directory(open);
    const StateFolder state(open / "deeper" / "state", here);
    const auto refusal = [&] {
        const auto lock = state.lock("test", std::chrono::milliseconds(0));
        REQUIRE_FALSE(lock);
        CHECK(lock.error().code == ErrorCode::denied);
        CHECK_FALSE(fs::exists(open / "deeper"));
        return lock.error().message;
    };
    const auto in_its_place = nanotune::test::Contains("another folder can be put in its place");
    fs::permissions(open, fs::perms::all);
    CHECK_THAT(refusal(), nanotune::test::Contains("others than root can write it (mode 777)"));
    CHECK_THAT(refusal(), in_its_place && nanotune::test::Contains(open.string()));
    fs::permissions(open, fs::perms(0775));
    CHECK_THAT(refusal(), nanotune::test::Contains("others than root can write it (mode 775)"));
    fs::permissions(open, fs::perms(0755));
    constexpr unsigned somebody = 1000;
    REQUIRE(::chown(open.c_str(), somebody, somebody) == 0);
    CHECK_THAT(refusal(), in_its_place && nanotune::test::Contains("belongs to user 1000"));
    REQUIRE(::chown(open.c_str(), 0, 0) == 0);
    fs::permissions(open, fs::perms::all);
    fs::create_directories(open / "other" / "state");
    fs::create_directory_symlink(open / "other" / "state", folder.path / "link");
    const StateFolder linked(folder.path / "link", here);
    const auto lock = linked.lock("test", std::chrono::milliseconds(0));
    REQUIRE_FALSE(lock);
    CHECK_THAT(lock.error().message, in_its_place);
    // Whoever can change a link in between leads the way elsewhere, though both its ends are safe.
    fs::create_directories(folder.path / "safe" / "state");
    fs::create_directory_symlink(folder.path / "safe", open / "between");
    fs::create_directory_symlink(open / "between", folder.path / "twice");
    const auto led = StateFolder(folder.path / "twice" / "state", here)
                         .lock("test", std::chrono::milliseconds(0));
    REQUIRE_FALSE(led);
    CHECK_THAT(led.error().message, in_its_place && nanotune::test::Contains(open.string() + ":"));
    fs::permissions(open, fs::perms::all | fs::perms::sticky_bit);
    CHECK(state.lock("test", std::chrono::milliseconds(0)));
}

namespace {

/// Why each way to the journal is refused, the same for all of them; "" where it is not.
std::string refusal_of(const StateFolder& state) {
    const auto view = state.view();
    const std::string why = view ? std::string() : view.error().message;
    for (const Opening opening : {Opening::apply, Opening::undo}) {
        std::vector<std::string> notes;
        const auto journal = state.open(notes, opening);
        CHECK((journal ? std::string() : journal.error().message) == why);
        CHECK(notes.empty());
    }
    return why;
}

}  // namespace

TEST_CASE("by a journal that is a symbolic link nobody goes, to read it or to write it",
          "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    fs::rename(folder.journal(), folder.path / "elsewhere");
    fs::create_symlink("elsewhere", folder.journal());
    CHECK_THAT(refusal_of(state), nanotune::test::Contains("it is a symbolic link"));
    fs::remove(folder.path / "elsewhere");
    CHECK_THAT(refusal_of(state), nanotune::test::Contains("it is a symbolic link"));
    CHECK(fs::is_symlink(folder.journal()));
    CHECK(folder.files_aside() == 0);
}

TEST_CASE("root goes by no journal that others can write, to read it or to write it", "[state]") {
    if (!is_root()) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    SECTION("by its mode") {
        fs::permissions(folder.journal(), fs::perms{0666});
        CHECK_THAT(refusal_of(state), nanotune::test::Contains("(mode 666)"));
        fs::permissions(folder.journal(), fs::perms{0600});
    }
    SECTION("by its owner") {
        REQUIRE(::chown(folder.journal().c_str(), 4242, 0) == 0);
        CHECK_THAT(refusal_of(state),
                   nanotune::test::Contains("it belongs to user 4242, not to root"));
        REQUIRE(::chown(folder.journal().c_str(), 0, 0) == 0);
    }
    CHECK(refusal_of(state).empty());
    CHECK(state.view()->ledger.applied().size() == 1);
}
