// A network in memory: frames are put in, answers are taken out. For tests and replay, and the
// floor that figures of real ports are compared with.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "frame.hpp"

namespace nanotune::datapath {

/// A FramePort whose frames lie wherever the caller has them. One thread's.
class MemoryPort {
  public:
    static constexpr std::size_t slot_size = 1152;

    /// As many slots for answers, a power of two. Takes all memory that it needs.
    explicit MemoryPort(std::size_t slots)
        : mask_(slots - 1),
          memory_(std::make_unique<Slot[]>(slots)),
          lengths_(std::make_unique<std::uint32_t[]>(slots)) {}

    /// What is received next. The frames' bytes stay the caller's.
    void feed(std::span<const Frame> frames) noexcept { waiting_ = frames; }

    std::size_t receive(std::span<Frame> burst) noexcept {
        const std::size_t count = std::min(burst.size(), waiting_.size());
        std::copy_n(waiting_.begin(), count, burst.begin());
        waiting_ = waiting_.subspan(count);
        return count;
    }
    void release(std::span<const Frame> /*done*/) noexcept {}

    std::uint8_t* slot() noexcept {
        return committed_ - taken_ > mask_ ? nullptr : bytes_of(committed_);
    }
    void commit(std::uint32_t length) noexcept { lengths_[committed_++ & mask_] = length; }
    std::size_t flush() noexcept {
        kicks_ += committed_ != flushed_ ? 1 : 0;
        flushed_ = committed_;
        return 0;
    }

    /// The oldest answer that was not taken; nothing is in it where there is none.
    [[nodiscard]] std::span<const std::uint8_t> take() noexcept {
        if (taken_ == flushed_) {
            return {};
        }
        const std::size_t answer = taken_++;
        return {bytes_of(answer), lengths_[answer & mask_]};
    }
    /// Takes all of them, unseen. How many they were.
    std::size_t take_all() noexcept {
        const std::size_t count = flushed_ - taken_;
        taken_ = flushed_;
        return count;
    }
    /// How often what was committed was sent off.
    [[nodiscard]] std::size_t kicks() const noexcept { return kicks_; }

  private:
    struct alignas(64) Slot {
        std::array<std::uint8_t, slot_size + 64> bytes;
    };

    [[nodiscard]] std::uint8_t* bytes_of(std::size_t answer) const noexcept {
        return memory_[answer & mask_].bytes.data();
    }

    std::size_t mask_;
    std::unique_ptr<Slot[]> memory_;
    std::unique_ptr<std::uint32_t[]> lengths_;
    std::span<const Frame> waiting_;
    std::size_t committed_ = 0;
    std::size_t flushed_ = 0;
    std::size_t taken_ = 0;
    std::size_t kicks_ = 0;
};
static_assert(FramePort<MemoryPort>);

}  // namespace nanotune::datapath
