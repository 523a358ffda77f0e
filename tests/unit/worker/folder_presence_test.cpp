// Whether others still find a worker.
#include "worker/folder_presence.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::worker;

namespace {

constexpr unsigned worker_process = 17;
constexpr FoundMemory own{.device = 1, .inode = 2, .process = worker_process};
constexpr FoundMemory copy{.device = 1, .inode = 3, .process = worker_process};
constexpr FoundMemory another{.device = 1, .inode = 4, .process = 5};

Result<FoundMemory> none() {
    return failure(ErrorCode::not_found, "shared");
}

}  // namespace

TEST_CASE("a folder is lost once two looks in turn have missed it", "[worker]") {
    FolderPresence presence;
    auto now = presence.next();
    const auto look = [&](bool is_found) {
        const bool is_lost = presence.is_lost(is_found, now);
        CHECK(presence.next() > now);
        now = presence.next();
        return is_lost;
    };
    CHECK_FALSE(look(false));
    CHECK_FALSE(look(true));
    CHECK_FALSE(look(false));
    CHECK(look(false));
}

TEST_CASE("a worker's memory is the file that was seen of it first, whatever has the name since",
          "[worker]") {
    for (const bool works : {false, true}) {
        OwnMemory memory;
        CHECK(memory.is_found(own, worker_process, false));
        CHECK(memory.is_found(own, worker_process, works));
        CHECK_FALSE(memory.is_found(copy, worker_process, works));
        CHECK_FALSE(memory.is_found(another, worker_process, works));
        CHECK_FALSE(memory.is_found(none(), worker_process, works));
    }
}

TEST_CASE("a worker that does not work yet may be about to make its memory", "[worker]") {
    OwnMemory memory;
    CHECK(memory.is_found(none(), worker_process, false));
    CHECK(memory.is_found(another, worker_process, false));  // of the one before
    CHECK_FALSE(memory.is_found(another, worker_process, true));
    CHECK_FALSE(memory.is_found(none(), worker_process, true));
}

TEST_CASE("memory that nobody can look at is not taken for lost", "[worker]") {
    OwnMemory memory;
    CHECK(memory.is_found(own, worker_process, true));
    CHECK(memory.is_found(failure(ErrorCode::exhausted, "shared"), worker_process, true));
}
