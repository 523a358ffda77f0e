#include "tap_ring.hpp"

#include <cerrno>
#include <utility>

#include <linux/bpf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

namespace nanotune::datapath {

namespace {

/// Of the first word of a page.
std::uint64_t position(const SharedWithKernel& page) noexcept {
    return __atomic_load_n(static_cast<const std::uint64_t*>(page.get()), __ATOMIC_ACQUIRE);
}

Result<SharedWithKernel> mapped(const Descriptor& ring, std::size_t size, int rights,
                                std::size_t at) {
    void* const memory = ::mmap(nullptr, size, rights, MAP_SHARED | MAP_POPULATE, ring.number(),
                                static_cast<off_t>(at));
    if (memory == MAP_FAILED) {
        return kernel_failure("map the XDP program's ring", errno);
    }
    return SharedWithKernel(memory, UnmapShared{size});
}

}  // namespace

Result<TapRing> TapRing::open(Descriptor ring) {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    NT_TRY(SharedWithKernel taken, mapped(ring, page, PROT_READ | PROT_WRITE, 0));
    NT_TRY(SharedWithKernel written, mapped(ring, page + 2 * size, PROT_READ, page));
    const auto* const bytes = static_cast<const std::uint8_t*>(written.get()) + page;
    return TapRing(std::move(ring), std::move(taken), std::move(written), bytes);
}

std::size_t TapRing::receive(std::span<Frame> burst) noexcept {
    const std::uint64_t end = position(written_);
    std::size_t count = 0;
    while (count < burst.size() && next_ != end) {
        const std::uint8_t* const at = bytes_ + (next_ & (size - 1));
        const std::uint32_t head =
            __atomic_load_n(reinterpret_cast<const std::uint32_t*>(at), __ATOMIC_ACQUIRE);
        if ((head & BPF_RINGBUF_BUSY_BIT) != 0) {
            break;  // it is being written, and so may those behind it be
        }
        const std::uint64_t length = head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        next_ += (length + BPF_RINGBUF_HDR_SZ + 7) & ~std::uint64_t{7};
        if ((head & BPF_RINGBUF_DISCARD_BIT) == 0) {
            const auto* const record =
                reinterpret_cast<const nt_tap_record*>(at + BPF_RINGBUF_HDR_SZ);
            burst[count++] = {.data = reinterpret_cast<const std::uint8_t*>(record + 1),
                              .length = record->length};
        }
    }
    if (count == 0 && next_ != position(taken_)) {
        give_back();  // what was taken back by the program
    }
    return count;
}

void TapRing::give_back() noexcept {
    __atomic_store_n(static_cast<std::uint64_t*>(taken_.get()), next_, __ATOMIC_RELEASE);
}

void TapRing::release(std::span<const Frame> /*done*/) noexcept {
    give_back();
}

std::uint64_t TapRing::waiting() const noexcept {
    return position(written_) - position(taken_);
}

}  // namespace nanotune::datapath
