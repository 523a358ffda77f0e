// A packet socket: frames come through a ring that the kernel fills, and leave past its queueing
// disciplines. The kernel's own stack sees them too, so a UDP socket that takes nothing keeps it
// from answering.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <sys/socket.h>

#include <nanotune/error.hpp>

#include "datapath/packet/packet.h"
#include "datapath/processor/frame.hpp"
#include "device.hpp"
#include "go_home.hpp"
#include "membership.hpp"
#include "system/storage/storage.hpp"
#include "usage.hpp"

namespace nanotune::datapath {

struct PacketPortOptions {
    std::string device;
    nt_listen listen{};  ///< link address included; without tags
    std::uint32_t ring_frames = 4096;
    std::optional<Group> group = {};   ///< what listen's second address is, where it is one
    nt_u8 protocol = nt_protocol_udp;  ///< any other: the kernel goes on answering
    std::size_t largest_frame = 0;  ///< 0: by the device's MTU. The kernel puts segments together
};

/// A FramePort (TPACKET_V2). Frames whose sender on this host left the checksum to a device are
/// trusted, as the kernel trusts them.
class PacketPort {
  public:
    static constexpr std::size_t slot_size = 2048;

    /// Errors: denied without CAP_NET_RAW; not_found; busy where somebody has the UDP port;
    /// unsupported where the device's frames do not fit the ring.
    static Result<PacketPort> open(const PacketPortOptions& options);
    /// So many on one device: the kernel gives each flow to one of them.
    static Result<std::vector<PacketPort>> open(const PacketPortOptions& options, std::size_t count,
                                                const GoHome& go_home = stay);

    PacketPort(const PacketPort&) = delete;
    PacketPort& operator=(const PacketPort&) = delete;
    PacketPort(PacketPort&& other) noexcept;
    PacketPort& operator=(PacketPort&&) = delete;
    ~PacketPort();

    std::size_t receive(std::span<Frame> frames) noexcept;
    void release(std::span<const Frame> done) const noexcept;
    std::uint8_t* slot() noexcept {
        return committed_ == burst ? nullptr : buffers_->out[committed_].data();
    }
    void commit(std::uint32_t length) noexcept { buffers_->parts[committed_++].iov_len = length; }
    std::size_t flush() noexcept;
    /// By any thread.
    [[nodiscard]] Usage usage() const noexcept;

  private:
    static constexpr std::size_t burst = 64;
    struct Buffers {
        alignas(64) std::array<std::array<std::uint8_t, slot_size>, burst> out;
        std::array<iovec, burst> parts;
        std::array<mmsghdr, burst> messages;
    };
    struct Ring {
        std::uint8_t* memory;
        std::size_t size;
        std::size_t frame_size;
        std::size_t frames;
    };

    int send_one() noexcept;
    int send_from(std::size_t next) noexcept;
    PacketPort(Descriptor socket, std::shared_ptr<const Descriptor> guard, const Ring& ring);
    static Result<PacketPort> opened(const PacketPortOptions& options, const Device& device,
                                     std::shared_ptr<const Descriptor> guard);
    static Status share(const std::vector<PacketPort>& ports, const std::string& device);
    [[nodiscard]] std::uint8_t* frame_at(std::size_t number) const noexcept {
        return ring_.memory + (number & (ring_.frames - 1)) * ring_.frame_size;
    }

    Descriptor socket_;
    std::shared_ptr<const Descriptor> guard_;  ///< none where the kernel is to answer
    Ring ring_;
    std::unique_ptr<Buffers> buffers_;
    std::size_t next_ = 0;  ///< frame of the ring that is looked at next
    std::size_t committed_ = 0;
    mutable std::atomic<std::uint64_t> dropped_ = 0;  ///< so far, as those who asked were told
};

}  // namespace nanotune::datapath
