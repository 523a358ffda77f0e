// What an AF_XDP socket shares with the kernel: frames, and the rings that say whose they are.
#pragma once

#include <cstddef>
#include <cstdint>

#include <linux/if_xdp.h>

#include <nanotune/error.hpp>

#include "mapping.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

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

/// Of one socket. In huge pages where some are set aside.
struct XskMemory {
    static constexpr std::uint32_t ring_size = 2048;  ///< entries of each ring, frames each way
    static constexpr std::uint64_t chunk = 2048;      ///< bytes of a frame

    /// Near the CPU that asks. The first half of the frames is the kernel's, to receive into.
    /// Errors: as the system's.
    static Result<XskMemory> take(const Descriptor& socket);

    /// Where a frame is, by the rings' number for it.
    [[nodiscard]] std::uint8_t* frame(std::uint64_t address) const noexcept {
        return frames.at(address);
    }

    Mapping frames;
    bool is_in_huge_pages = false;
    XskRing fill;
    XskRing completed;
    XskRing received;
    XskRing sent;

  private:
    Status take_frames(const Descriptor& socket);
    Status map_rings(const Descriptor& socket);
};

}  // namespace nanotune::datapath
