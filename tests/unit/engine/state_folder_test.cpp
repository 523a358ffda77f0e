// What one process records the next one finds: another boot, another namespace, a long journal.
#include "engine/state_folder.hpp"

#include <filesystem>
#include <fstream>

#include "journal_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;
namespace fs = std::filesystem;

TEST_CASE("a record that nobody could read back is refused, and the others count",
          "[journal][state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path.string(), here);
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    const Status begun =
        journal->append(record::Begin{.id = 1,
                                      .kind = "apply",
                                      .profile = "a",
                                      .overrides = {"x=" + std::string(2'000'000, 'x')}});
    REQUIRE_FALSE(begun);
    CHECK(begun.error().code == ErrorCode::refused);
    CHECK(journal->sync());
    CHECK(journal->ledger().open() == nullptr);
    commit_one_apply(state);
    CHECK(state.view()->ledger.applied().size() == 1);
}

TEST_CASE("a journal that says nothing any more is its header again", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    std::vector<std::string> notes;
    {
        REQUIRE(state.open(notes));
    }
    const auto header = fs::file_size(folder.journal());
    commit_one_apply(state);
    CHECK(fs::file_size(folder.journal()) > header);
    {
        auto journal = state.open(notes);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = 2, .kind = "rollback", .undoes = 1}));
        REQUIRE(journal->append(record::End{"finished"}));
        REQUIRE(journal->sync());
        CHECK(fs::file_size(folder.journal()) == header);
    }
    CHECK(state.view()->ledger.applied().empty());
    commit_one_apply(state);
    CHECK(state.view()->ledger.applied().size() == 1);
    CHECK(state.view()->notes.empty());
    CHECK(notes.empty());
}

TEST_CASE("a journal whose header has another length is written anew, and loses nothing",
          "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    const std::string boot = "boot-a";
    // As an earlier version wrote it, without the bytes that were synced.
    const auto text = [](std::string_view part) {
        std::string out;
        for (unsigned shift = 0; shift < 32; shift += 8) {
            out.push_back(static_cast<char>((part.size() >> shift) & 0xFFU));
        }
        return out + std::string(part);
    };
    const std::string payload = text("header") + text("1") + text(boot) + text("5");
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char byte : payload) {
        sum ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            sum = (sum & 1U) != 0 ? (sum >> 1U) ^ 0xEDB88320U : sum >> 1U;
        }
    }
    std::string bytes;
    for (const std::uint32_t number : {static_cast<std::uint32_t>(payload.size()), ~sum}) {
        for (unsigned shift = 0; shift < 32; shift += 8) {
            bytes.push_back(static_cast<char>((number >> shift) & 0xFFU));
        }
    }
    bytes += payload;
    bytes += record::framed(record::Begin{.id = 1, .kind = "apply", .profile = "a"});
    bytes += record::framed(
        record::Intent{mtu.setting, mtu.target, std::int64_t{1500}, std::int64_t{9000}});
    bytes += record::framed(record::End{"committed"});
    std::ofstream(folder.journal(), std::ios::binary) << bytes;

    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(journal->append(record::Begin{.id = 2, .kind = "apply", .profile = "b"}));
    REQUIRE(journal->append(record::End{"committed"}));
    REQUIRE(journal->sync());
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->notes.empty());
    REQUIRE(view->ledger.applied().size() == 2);
    CHECK(view->ledger.undoing_from(1).front().before == Value(std::int64_t{1500}));
    CHECK(folder.files_aside() == 0);
}

TEST_CASE("a journal of many applies that were rolled back stays small", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    for (std::uint64_t id = 2; id < 802; id += 2) {
        std::vector<std::string> notes;
        auto journal = state.open(notes);
        REQUIRE(journal);
        REQUIRE(journal->append(record::Begin{.id = id, .kind = "apply", .profile = "b"}));
        REQUIRE(journal->append(
            record::Intent{"nic.txqueuelen", mtu.target, std::int64_t{1000}, std::int64_t{500}}));
        REQUIRE(journal->append(record::End{"committed"}));
        REQUIRE(journal->append(
            record::Begin{.id = id + 1, .kind = "rollback", .undoes = id, .profile = "b"}));
        REQUIRE(journal->append(record::End{"finished"}));
        REQUIRE(journal->sync());
    }
    CHECK(fs::file_size(folder.journal()) < 40'000);
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->notes.empty());
    REQUIRE(view->ledger.undoing_from(0).size() == 1);
    CHECK(view->ledger.undoing_from(0).front().before == Value(std::int64_t{1500}));
}

TEST_CASE("what one process commits the next one finds", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->notes.empty());
    REQUIRE(view->ledger.active() != nullptr);
    CHECK(view->ledger.active()->profile == "a");
}

TEST_CASE("a journal of another boot is said, set aside and does not block", "[state]") {
    const JournalFolder folder;
    commit_one_apply(StateFolder(folder.path, here));
    const StateFolder later(folder.path, {.boot = "boot-b", .network = 5});
    const auto view = later.view();
    REQUIRE(view);
    CHECK(view->ledger.applied().empty());
    REQUIRE(view->notes.size() == 1);
    CHECK(view->notes[0].contains("another boot"));
    std::vector<std::string> notes;
    REQUIRE(later.open(notes));
    CHECK(notes.size() == 1);
    CHECK(folder.files_aside() == 1);
    CHECK(later.view()->notes.empty());
}

TEST_CASE("namespaces have journals of their own", "[state]") {
    const JournalFolder folder;
    commit_one_apply(StateFolder(folder.path, here));
    const StateFolder other(folder.path, {.boot = "boot-a", .network = 6});
    CHECK(other.view()->ledger.applied().empty());
    CHECK(StateFolder(folder.path, here).view()->ledger.applied().size() == 1);
}

TEST_CASE("a journal that was copied from another namespace is set aside", "[state]") {
    const JournalFolder folder;
    commit_one_apply(StateFolder(folder.path, here));
    fs::copy_file(folder.journal(), folder.path / "net-6.journal");
    const StateFolder other(folder.path, {.boot = "boot-a", .network = 6});
    CHECK(other.view()->notes.at(0).contains("another network namespace"));
    std::vector<std::string> notes;
    REQUIRE(other.open(notes));
    CHECK(folder.files_aside() == 1);
}

TEST_CASE("a folder that is not there yet is no error, an emptied journal is said", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path / "deeper" / "still", here);
    CHECK(state.view()->ledger.applied().empty());
    std::vector<std::string> notes;
    const auto lock = state.lock("test", std::chrono::milliseconds(0));
    REQUIRE(lock);
    CHECK(state.open(notes));
    std::ofstream(folder.journal()).flush();
    CHECK(StateFolder(folder.path, here).view()->notes.at(0).contains("empty"));
    CHECK(notes.empty());
    CHECK(StateFolder(folder.path, here).open(notes));
    CHECK(notes.size() == 1);
}

TEST_CASE("a state folder is had by a way through a folder that is not there yet", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path / "none" / ".." / "state", here);
    fs::create_directory(folder.path / "state");
    CHECK(state.lock("test", std::chrono::milliseconds(0)));
}

TEST_CASE("a journal that grew long is rewritten shorter with the same meaning", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    std::vector<std::string> notes;
    {
        auto journal = state.open(notes);
        REQUIRE(journal);
        for (std::uint64_t i = 1; i <= 2500; ++i) {
            const auto value = static_cast<std::int64_t>(i);
            REQUIRE(journal->append(record::Begin{.id = i, .kind = "apply", .profile = "a"}));
            REQUIRE(journal->append(record::Intent{mtu.setting, mtu.target, value - 1, value}));
            REQUIRE(journal->append(record::End{"committed"}));
        }
        REQUIRE(journal->sync());
    }
    const auto before = fs::file_size(folder.journal());
    const auto undoing = state.view()->ledger.undoing_from(0);
    REQUIRE(state.open(notes));
    CHECK(fs::file_size(folder.journal()) < before / 10);
    CHECK(state.view()->ledger.undoing_from(0).at(0).before == undoing.at(0).before);
    CHECK(state.view()->ledger.applied().size() == 16);
}

TEST_CASE("what killed processes left half-written is swept away", "[state]") {
    const JournalFolder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const std::vector<std::string> scratch = {"room.a1B2c3", "net-5.journal.Zz0000",
                                              "net-7.journal.aside-123.abcdef",
                                              "plugins-seen.abcdef"};
    const std::vector<std::string> kept = {"net-5.journal.aside-123456", "net-7.journal",
                                           "plugins-seen", "notes.abcdef"};
    for (const auto& names : {scratch, kept}) {
        for (const std::string& name : names) {
            std::ofstream(folder.path / name) << "x";
        }
    }
    std::vector<std::string> notes;
    REQUIRE(state.open(notes));
    for (const std::string& name : scratch) {
        INFO(name);
        CHECK_FALSE(fs::exists(folder.path / name));
    }
    for (const std::string& name : kept) {
        INFO(name);
        CHECK(fs::exists(folder.path / name));
    }
    CHECK(state.view()->ledger.active()->profile == "a");
}
