// An AF_XDP socket: frames come from the driver, or right behind it, into memory of this process,
// and leave from there. One queue of one device.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <linux/if_xdp.h>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/processor/frame.hpp"
#include "system/storage/storage.hpp"
#include "xdp_program.hpp"

namespace nanotune::datapath {

struct XskPortOptions {
    std::string device;
    nt_listen listen{};
};

/// Memory that is mapped as long as the object lives.
class Mapping {
  public:
    Mapping() = default;
    Mapping(void* memory, std::size_t size)
        : memory_(static_cast<std::uint8_t*>(memory)), size_(size) {}
    Mapping(Mapping&& other) noexcept;
    Mapping& operator=(Mapping&& other) noexcept;
    ~Mapping();
    [[nodiscard]] std::uint8_t* at(std::size_t offset) const noexcept { return memory_ + offset; }

  private:
    std::uint8_t* memory_ = nullptr;
    std::size_t size_ = 0;
};

/// One of the four rings that a socket shares with the kernel: one side counts produced entries up,
/// the other consumed ones.
struct XskRing {
    Mapping mapping;
    std::uint32_t* producer = nullptr;
    std::uint32_t* consumer = nullptr;
    std::uint32_t* flags = nullptr;
    std::uint8_t* entries = nullptr;

    [[nodiscard]] std::uint32_t produced() const noexcept {
        return __atomic_load_n(producer, __ATOMIC_ACQUIRE);
    }
    [[nodiscard]] std::uint32_t consumed() const noexcept {
        return __atomic_load_n(consumer, __ATOMIC_ACQUIRE);
    }
    [[nodiscard]] bool wants_kick() const noexcept {
        return (__atomic_load_n(flags, __ATOMIC_RELAXED) & XDP_RING_NEED_WAKEUP) != 0;
    }
};

/// A FramePort. In native mode where the driver has that, else in generic mode: `mode` says which.
class XskPort {
  public:
    static constexpr std::size_t slot_size = 2048;

    /// Errors: denied; busy where another XDP program or socket is there, or somebody has the UDP
    /// port; conflict where the device has more than one receive queue; unsupported.
    static Result<XskPort> open(const XskPortOptions& options);

    /// "native, zero copy", "native, copy", "generic".
    [[nodiscard]] const std::string& mode() const { return mode_; }

    std::size_t receive(std::span<Frame> burst) noexcept;
    void release(std::span<const Frame> done) noexcept;
    std::uint8_t* slot() noexcept;
    void commit(std::uint32_t length) noexcept;
    std::size_t flush() noexcept;

  private:
    static constexpr std::uint32_t ring_size = 2048;  // entries of each ring, frames each way

    explicit XskPort(Descriptor guard) : guard_(std::move(guard)) {}
    Status take_memory();
    Status map_rings();
    Status bind(unsigned device, std::uint16_t flags);
    void reap() noexcept;
    void kick() noexcept;

    std::string mode_;
    Descriptor guard_;
    Mapping memory_;  ///< the frames, first those that are received
    Descriptor socket_;
    std::unique_ptr<XdpProgram> program_;
    XskRing fill_;
    XskRing completed_;
    XskRing received_;
    XskRing sent_;
    std::vector<std::uint64_t> free_;  ///< frames to send from; never grows
    std::uint32_t to_send_ = 0;        ///< produced in the ring, with what is not flushed
};

}  // namespace nanotune::datapath
