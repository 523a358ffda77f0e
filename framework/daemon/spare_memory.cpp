#include "daemon/spare_memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include <malloc.h>

namespace nanotune::daemon {

namespace {

// glibc's: so many pieces of each size, in steps, are kept for a thread.
constexpr std::size_t kept_of_a_size = 7;
constexpr std::size_t least_size = 24;
constexpr std::size_t most_size = 1'032;
constexpr std::size_t size_step = 16;

struct Freed {
    void operator()(void* piece) const noexcept { std::free(piece); }
};
using Piece = std::unique_ptr<void, Freed>;

/// All pieces that this thread has kept, and new ones where it has fewer.
std::vector<Piece> kept_pieces() {
    std::vector<Piece> pieces;
    for (std::size_t size = least_size; size <= most_size; size += size_step) {
        for (std::size_t i = 0; i < kept_of_a_size; ++i) {
            pieces.emplace_back(std::malloc(size));
        }
    }
    return pieces;
}

/// What a thread frees last, its end gives back.
void free_for_good(std::vector<Piece> pieces) {
    try {
        std::thread([&pieces] { pieces.clear(); }).join();
    } catch (const std::system_error&) {
        // Without a thread they are this one's again.
    }
}

}  // namespace

void give_back_memory() {
    free_for_good(kept_pieces());
    ::malloc_trim(0);
}

}  // namespace nanotune::daemon
