#include "memory.hpp"

#include <cstddef>
#include <memory>

#include <malloc.h>
#include <sys/mman.h>

namespace nanotune::cli {

namespace {

constexpr std::size_t enough = 192U << 10;
constexpr int ample = 1 << 20;

}  // namespace

void keep_memory() {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_TOP_PAD, ample);
    mallopt(M_MMAP_THRESHOLD, ample);
    mallopt(M_TRIM_THRESHOLD, 4 * ample);
}

void fetch_memory() {
    constexpr std::size_t page = 4096;
    const auto memory = std::make_unique_for_overwrite<std::byte[]>(enough);
    void* pages = memory.get();
    std::size_t size = enough;
    if (std::align(page, page, pages, size) != nullptr) {
        ::madvise(pages, size, MADV_POPULATE_WRITE);  // not before Linux 5.14
    }
}

}  // namespace nanotune::cli
