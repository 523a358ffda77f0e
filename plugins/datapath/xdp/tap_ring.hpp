// Frames that a program in the kernel copies into a ring (BPF_MAP_TYPE_RINGBUF, Linux 5.8): what it
// writes, this takes, and nobody is woken for it. Layout: kernel/bpf/ringbuf.c and BPF_RINGBUF_* of
// linux/bpf.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <nanotune/error.hpp>

#include "bpf_object.hpp"
#include "datapath/processor/frame.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

/// An RxPort of frames as they came, checksums not looked at. One thread's.
class TapRing {
  public:
    static constexpr std::size_t size = std::size_t{1} << 22;

    /// Errors: as the system's.
    static Result<TapRing> open(Descriptor ring);

    std::size_t receive(std::span<Frame> burst) noexcept;
    /// All that were received are given back at once.
    void release(std::span<const Frame> done) noexcept;
    /// Bytes that wait. By any thread.
    [[nodiscard]] std::uint64_t waiting() const noexcept;

  private:
    TapRing(Descriptor ring, SharedWithKernel taken, SharedWithKernel written,
            const std::uint8_t* bytes)
        : ring_(std::move(ring)),
          taken_(std::move(taken)),
          written_(std::move(written)),
          bytes_(bytes) {}
    void give_back() noexcept;

    Descriptor ring_;
    SharedWithKernel taken_;    ///< a page: how far we are
    SharedWithKernel written_;  ///< a page: how far the kernel is; behind it the bytes, twice
    const std::uint8_t* bytes_;
    std::uint64_t next_ = 0;
};
static_assert(RxPort<TapRing>);

}  // namespace nanotune::datapath
