// The journal's file: what a stale, damaged or cut-off one becomes, and what a later reader finds.
#include "engine/state_folder.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/held_journal.hpp"
#include "support/catch.hpp"
#include "system/storage/file_facts.hpp"

using namespace nanotune;
namespace fs = std::filesystem;

namespace {

const Identity here{.boot = "boot-a", .network = 5};
const Key mtu{"nic.mtu", Target::nic("eth0")};

struct Folder {
    Folder() {
        std::string pattern = (fs::temp_directory_path() / "nanotune-state-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    Folder(Folder&&) = delete;
    Folder& operator=(Folder&&) = delete;

    [[nodiscard]] fs::path journal() const { return path / "net-5.journal"; }
    [[nodiscard]] std::size_t files_aside() const {
        return static_cast<std::size_t>(std::ranges::count_if(
            fs::directory_iterator(path),
            [](const auto& entry) { return entry.path().string().contains(".aside-"); }));
    }

    fs::path path;
};

void commit_one_apply(const StateFolder& state) {
    std::vector<std::string> notes;
    auto journal = state.open(notes);
    REQUIRE(journal);
    REQUIRE(journal->append(record::Begin{.id = 1, .kind = "apply", .profile = "a"}));
    REQUIRE(journal->append(
        record::Intent{mtu.setting, mtu.target, std::int64_t{1500}, std::int64_t{9000}}));
    REQUIRE(journal->append(record::End{"committed"}));
    REQUIRE(journal->sync());
}

}  // namespace

TEST_CASE("a record that nobody could read back is refused, and the others count",
          "[journal][state]") {
    const Folder folder;
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
    commit_one_apply(state);
    CHECK(state.view()->ledger.applied().size() == 1);
}

TEST_CASE("a journal that says nothing any more is its header again", "[state]") {
    const Folder folder;
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

TEST_CASE("root goes by no journal that others can write", "[state]") {
    if (!is_root()) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    const Folder folder;
    const StateFolder state(folder.path, here);
    REQUIRE(state.lock("test", std::chrono::milliseconds(0)));
    fs::permissions(folder.path, fs::perms::all);
    const auto lock = state.lock("test", std::chrono::milliseconds(0));
    REQUIRE_FALSE(lock);
    CHECK(lock.error().code == ErrorCode::denied);
    CHECK_THAT(lock.error().message, nanotune::test::Contains("mode 777"));
}

TEST_CASE("a journal whose header has another length is written anew, and loses nothing",
          "[state]") {
    const Folder folder;
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
    const Folder folder;
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

TEST_CASE("what another process is at work on is not called cut off", "[state]") {
    const Folder folder;
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

TEST_CASE("what one process commits the next one finds", "[state]") {
    const Folder folder;
    const StateFolder state(folder.path, here);
    commit_one_apply(state);
    const auto view = state.view();
    REQUIRE(view);
    CHECK(view->notes.empty());
    REQUIRE(view->ledger.active() != nullptr);
    CHECK(view->ledger.active()->profile == "a");
}

TEST_CASE("a journal of another boot is said, set aside and does not block", "[state]") {
    const Folder folder;
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
    const Folder folder;
    commit_one_apply(StateFolder(folder.path, here));
    const StateFolder other(folder.path, {.boot = "boot-a", .network = 6});
    CHECK(other.view()->ledger.applied().empty());
    CHECK(StateFolder(folder.path, here).view()->ledger.applied().size() == 1);
}

TEST_CASE("a journal that was copied from another namespace is set aside", "[state]") {
    const Folder folder;
    commit_one_apply(StateFolder(folder.path, here));
    fs::copy_file(folder.journal(), folder.path / "net-6.journal");
    const StateFolder other(folder.path, {.boot = "boot-a", .network = 6});
    CHECK(other.view()->notes.at(0).contains("another network namespace"));
    std::vector<std::string> notes;
    REQUIRE(other.open(notes));
    CHECK(folder.files_aside() == 1);
}

TEST_CASE("a cut-off last record is dropped and the journal goes on", "[state]") {
    const Folder folder;
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
    const Folder whole;
    commit_one_apply(StateFolder(whole.path, here));
    const auto size = fs::file_size(whole.journal());
    for (std::uintmax_t left = 0; left < size; ++left) {
        INFO(left << " of " << size << " bytes are left");
        const Folder folder;
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
    const Folder folder;
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
    const Folder folder;
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

TEST_CASE("a folder that is not there yet is no error, an emptied journal is said", "[state]") {
    const Folder folder;
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

TEST_CASE("a journal that grew long is rewritten shorter with the same meaning", "[state]") {
    const Folder folder;
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
    const Folder folder;
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

TEST_CASE("root trusts no state folder that somebody else can replace, and makes none there",
          "[state]") {
    if (!is_root()) {
        WARN("not tried: only root trusts nobody else");
        return;
    }
    const Folder folder;
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

TEST_CASE("a folder or a pipe in place of the journal is set aside, and nobody waits for it",
          "[state]") {
    const Folder folder;
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
    const Folder folder;
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
    const Folder folder;
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
    const Folder folder;
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
    const Folder folder;
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

TEST_CASE("a journal that is being written is not called damaged", "[state]") {
    const Folder folder;
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
    const Folder folder;
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
    const Folder folder;
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

}  // namespace

TEST_CASE("who holds the journal gives it back when its folder was removed", "[state]") {
    const Folder folder;
    const StateFolder state((folder.path / "state").string(), here);
    std::vector<std::string> notes;
    REQUIRE(state.lock("test", {}));
    REQUIRE(state.open(notes));
    const auto held = HeldJournal::of(state);
    REQUIRE(held);
    begin_to_wait(state);  // after it was taken hold of
    CHECK(held->give_back(state, 7));

    SECTION("and nobody has made another one") {
        GENERATE(0, 1) == 0 ? static_cast<void>(fs::remove_all(state.folder()))
                            : fs::rename(state.folder(), folder.path / "moved");
        REQUIRE(state.view()->ledger.applied().empty());
        REQUIRE(held->give_back(state, 7));
        const auto view = state.view();
        REQUIRE(view);
        CHECK(view->notes.empty());
        REQUIRE(view->ledger.active() != nullptr);
        CHECK(view->ledger.active()->id == 7);
        CHECK(view->ledger.active()->is_awaiting);
    }
    SECTION("and says so where another one stands there") {
        fs::remove_all(state.folder());
        REQUIRE(state.lock("test", {}));
        commit_one_apply(state);
        const Status given = held->give_back(state, 7);
        REQUIRE_FALSE(given);
        CHECK_THAT(given.error().message, nanotune::test::Contains("somebody removed it"));
        CHECK(state.view()->ledger.active()->id == 1);
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
        commit_one_apply(state);
        CHECK(held->give_back(state, 7));
    }
}

TEST_CASE("a journal in which a confirmation is awaited stays the same file", "[state]") {
    const Folder folder;
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
