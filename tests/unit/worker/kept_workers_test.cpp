// What is kept of workers that do not run.
#include "worker/kept_workers.hpp"

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <new>
#include <string>
#include <tuple>

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"
#include "worker/turn.hpp"

using namespace nanotune;
using namespace nanotune::worker;
using nanotune::test::ScratchFolder;

namespace {

/// One worker, "orders", that nobody keeps; whoever starts it is a program that ends at once.
struct GivenWorker {
    explicit GivenWorker(const WorkerSettings& settings) { REQUIRE(folder.put(settings)); }

    [[nodiscard]] Worker now() {
        auto worker = workers.worker("orders");
        REQUIRE(worker);
        return *std::move(worker);
    }

    /// Memory of a worker that has ended, with a switch and a price in it.
    void put_memory(bool is_on, State state = State::ended, pid_t process = 0) const {
        struct Memory {
            SharedHead head;
            std::uint64_t words[std::tuple_size_v<decltype(SharedHead::fields)>]{};
        };
        auto file = SharedFile::create(folder.shared(), sizeof(Memory));
        REQUIRE(file);
        auto& memory = *new (file->memory()) Memory{};
        memory.head.magic = SharedHead::right_magic;
        memory.head.size = sizeof(Memory);
        memory.head.live_at = offsetof(Memory, words);
        memory.head.process = static_cast<std::uint32_t>(process);
        memory.head.set_state(state);
        memory.head.fields[0] = {.name = {"enabled"}, .word = 0, .shift = 0, .bits = 1};
        memory.head.fields[1] = {.name = {"price"}, .word = 1, .shift = 0, .bits = 32};
        memory.words[0] = is_on ? 1 : 0;
        REQUIRE(file->publish());
    }

    ScratchFolder scratch;
    std::string below = scratch.path() + "/net-1.workers";
    WorkerFolder folder{below + "/orders"};
    KeptWorkers workers{below, "/bin/false"};
};

/// A process that keeps a worker, as far as others can tell.
class Keeper {
  public:
    explicit Keeper(const WorkerFolder& folder) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe(ends.data()) == 0);
        process_ = ::fork();
        if (process_ == 0) {
            const auto lock = folder.become_keeper();
            const char word = lock ? 'k' : '-';
            if (::write(ends[1], &word, 1) == 1) {
                ::pause();
            }
            ::_exit(0);
        }
        char word = 0;
        const bool is_heard = ::read(ends[0], &word, 1) == 1;
        ::close(ends[0]);
        ::close(ends[1]);
        REQUIRE(is_heard);
        REQUIRE(word == 'k');
    }
    ~Keeper() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;
    Keeper(Keeper&&) = delete;
    Keeper& operator=(Keeper&&) = delete;

    [[nodiscard]] pid_t process() const { return process_; }

  private:
    pid_t process_ = -1;
};

/// No file of this process gets a byte more, while it lives.
class NoRoom {
  public:
    NoRoom() : heard_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &none);
    }
    ~NoRoom() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, heard_);
    }
    NoRoom(const NoRoom&) = delete;
    NoRoom& operator=(const NoRoom&) = delete;
    NoRoom(NoRoom&&) = delete;
    NoRoom& operator=(NoRoom&&) = delete;

  private:
    void (*heard_)(int);
    rlimit before_{};
};

const WorkerSettings off{{"enabled", "0"}, {"listen", "192.0.2.1:1"}};
const WorkerSettings on{{"enabled", "1"}, {"listen", "192.0.2.1:1"}};

}  // namespace

TEST_CASE("an operator who has no room is heard all the same", "[worker]") {
    GivenWorker given(on);
    given.put_memory(true);
    {
        const NoRoom no_room;
        REQUIRE(given.workers.disable("orders"));
    }
    CHECK(given.now().is_disabled);
    CHECK(given.now().settings["enabled"] == "0");
}

TEST_CASE("a switch that is off and could not be noted so is no success", "[worker]") {
    GivenWorker given(on);
    given.put_memory(true);
    std::filesystem::create_symlink("/nowhere", given.folder.path() + "/off");
    const Status disabled = given.workers.disable("orders");
    REQUIRE_FALSE(disabled);
    CHECK(disabled.error().message.contains("sends no orders any more, but a rollback may"));
    std::filesystem::remove(given.folder.path() + "/off");
    CHECK(given.now().settings["enabled"] == "0");
}

TEST_CASE("an operator's switch outlives a start that fails", "[worker]") {
    GivenWorker given(off);
    REQUIRE(given.workers.disable("orders"));
    REQUIRE_FALSE(given.workers.start("orders", on));
    CHECK(given.now().is_disabled);
    CHECK(given.now().settings["enabled"] == "0");
}

TEST_CASE("an operator's switch outlives a start with it off", "[worker]") {
    GivenWorker given(on);
    REQUIRE(given.workers.disable("orders"));
    REQUIRE_FALSE(given.workers.start("orders", off));
    CHECK(given.now().is_disabled);
}

TEST_CASE("one that was off by its profile stays so where its start fails", "[worker]") {
    GivenWorker given(off);
    REQUIRE(given.folder.note_switch(Turned::off));
    REQUIRE_FALSE(given.workers.start("orders", on));
    CHECK(given.now().settings["enabled"] == "0");
    CHECK_FALSE(given.now().is_disabled);
}

TEST_CASE("whoever is stopped is on record as stopped, whatever ended it before", "[worker]") {
    GivenWorker given(on);
    for (const Record& record :
         {Record{.restarts = 2, .is_over = true, .end = "killed by SIGSEGV", .ended = 5},
          Record{.restarts = 1, .is_over = false, .end = {}}}) {
        REQUIRE(given.folder.put(record));
        REQUIRE(given.workers.stop("orders"));
        CHECK(given.now().how == how_stopped);
        CHECK(given.now().restarts == record.restarts);
    }
}

TEST_CASE("nothing is prepared of one that runs", "[worker]") {
    GivenWorker given(WorkerSettings{{"flows", "64"}});
    const Keeper keeper(given.folder);
    given.put_memory(true, State::ready, keeper.process());
    const Status prepared = given.workers.prepare("orders", {{"flows", "1"}});
    REQUIRE_FALSE(prepared);
    CHECK(prepared.error().code == ErrorCode::conflict);
    CHECK(given.now().settings["flows"] == "64");
}

TEST_CASE("one that is kept and has no memory any more is not said to be disarmed", "[worker]") {
    GivenWorker given(on);
    {
        const Keeper keeper(given.folder);
        const Status disabled = given.workers.disable("orders");
        REQUIRE_FALSE(disabled);
        CHECK(disabled.error().message.contains("it goes on until its keeper"));
        // Unless somebody is about to start it, who heeds the note.
        const auto turn = take_turn(given.below);
        REQUIRE(turn);
        CHECK(given.workers.disable("orders"));
    }
    CHECK(given.workers.disable("orders"));
    CHECK(given.now().is_disabled);
}

TEST_CASE("what a stopped one starts with next is prepared, and empty is not said", "[worker]") {
    GivenWorker given({{"enabled", "0"}, {"cpus", "2"}, {"flows", "64"}});
    REQUIRE(given.workers.prepare("orders", {{"cpus", ""}, {"flows", "128"}}));
    CHECK(given.now().settings == WorkerSettings{{"enabled", "0"}, {"flows", "128"}});
}

TEST_CASE("the switch of one without memory is prepared where it counts", "[worker]") {
    GivenWorker given(off);
    REQUIRE(given.folder.note_switch(Turned::off));
    REQUIRE(given.workers.prepare("orders", {{"enabled", "1"}}));
    CHECK(given.now().settings["enabled"] == "1");
    REQUIRE(given.workers.prepare("orders", {{"enabled", "0"}}));
    CHECK(given.now().settings["enabled"] == "0");
    CHECK(given.folder.is_switched_off());
}

TEST_CASE("what is live is prepared in the memory that is left, and the rest beside it",
          "[worker]") {
    GivenWorker given({{"enabled", "1"}, {"price", "7"}, {"flows", "64"}});
    given.put_memory(true);
    REQUIRE(given.workers.prepare("orders", {{"enabled", "0"}, {"price", "9"}, {"flows", "1"}}));
    const WorkerSettings prepared{{"enabled", "0"}, {"price", "9"}, {"flows", "1"}};
    CHECK(given.now().settings == prepared);
    CHECK(given.folder.is_switched_off());
    CHECK_FALSE(given.now().is_disabled);
}

TEST_CASE("where what is to be kept has no room, nothing live is prepared", "[worker]") {
    GivenWorker given({{"price", "7"}, {"flows", "64"}});
    given.put_memory(false);
    const WorkerSettings before = given.now().settings;
    {
        const NoRoom no_room;
        REQUIRE_FALSE(given.workers.prepare("orders", {{"flows", "1"}, {"price", "9"}}));
    }
    CHECK(given.now().settings == before);
}
