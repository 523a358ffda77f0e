#include "packet_port.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/core.h>
#include <linux/if_packet.h>
#include <sys/mman.h>

#include "device.hpp"
#include "socket_filter.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::size_t block_size = 1 << 20;
constexpr std::size_t headroom = 256;  // the kernel's header in front of each frame, and padding

Status set_option(const Descriptor& socket, int option, const void* value, socklen_t size,
                  const char* name) {
    if (::setsockopt(socket.number(), SOL_PACKET, option, value, size) != 0) {
        return kernel_failure(name, errno);
    }
    return {};
}

std::uint32_t* status_of(std::uint8_t* frame) {
    return reinterpret_cast<std::uint32_t*>(frame);  // tp_status comes first
}

void give_back(std::uint8_t* frame) {
    __atomic_store_n(status_of(frame), TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

}  // namespace

Result<PacketPort> PacketPort::open(const PacketPortOptions& options) {
    NT_TRY(std::vector<PacketPort> ports, open(options, 1));
    return std::move(ports.front());
}

/// None takes anything before all share what comes: otherwise the first ones would get every
/// packet.
Result<std::vector<PacketPort>> PacketPort::open(const PacketPortOptions& options,
                                                 std::size_t count, const GoHome& go_home) {
    NT_TRY(const Device device, device_of(options.device));
    std::shared_ptr<const Descriptor> guard;
    if (options.protocol == nt_protocol_udp) {
        NT_TRY(Descriptor guarding, guard_socket(options.listen, device.index, options.group));
        guard = std::make_shared<const Descriptor>(std::move(guarding));
    }
    std::vector<PacketPort> ports;
    for (std::size_t at = 0; at < count; ++at) {
        NT_CHECK(go_home(at));
        NT_TRY(PacketPort port, opened(options, device, guard));
        ports.push_back(std::move(port));
    }
    if (count > 1) {
        NT_CHECK(share(ports, options.device));
    }
    for (const PacketPort& port : ports) {
        NT_CHECK(attach_filter(
            port.socket_,
            listening_filter(options.listen, options.group ? options.group->source : std::nullopt,
                             options.protocol)));
    }
    return ports;
}

Status PacketPort::share(const std::vector<PacketPort>& ports, const std::string& device) {
    std::uint32_t group = (PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
    for (const PacketPort& port : ports) {
        if (::setsockopt(port.socket_.number(), SOL_PACKET, PACKET_FANOUT, &group, sizeof group) !=
            0) {
            return kernel_failure(
                device + ": share packets among several sockets (the device must be up)", errno);
        }
        socklen_t size = sizeof group;
        ::getsockopt(port.socket_.number(), SOL_PACKET, PACKET_FANOUT, &group, &size);
        group &= ~(std::uint32_t{PACKET_FANOUT_FLAG_UNIQUEID} << 16);
    }
    return {};
}

/// Takes nothing yet.
Result<PacketPort> PacketPort::opened(const PacketPortOptions& options, const Device& device,
                                      std::shared_ptr<const Descriptor> guard) {
    const std::size_t frame_size = std::bit_ceil(
        std::max({device.mtu + headroom, options.largest_frame + headroom, slot_size}));
    if (frame_size > block_size) {
        return failure(
            ErrorCode::unsupported,
            fmt::format("{}: frames of MTU {} do not fit the ring", options.device, device.mtu));
    }
    Descriptor socket(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));  // takes nothing yet
    if (!socket.is_open()) {
        return kernel_failure("make a packet socket", errno);
    }
    const int version = TPACKET_V2;
    NT_CHECK(set_option(socket, PACKET_VERSION, &version, sizeof version, "ask for TPACKET_V2"));
    NT_CHECK(attach_filter(socket, nothing_filter()));
    const int yes = 1;
    NT_CHECK(set_option(socket, PACKET_QDISC_BYPASS, &yes, sizeof yes,
                        "go past the queueing discipline"));
    const std::size_t per_block = block_size / frame_size;
    const std::size_t blocks = (std::bit_ceil(options.ring_frames) + per_block - 1) / per_block;
    Ring ring{.memory = nullptr,
              .size = blocks * block_size,
              .frame_size = frame_size,
              .frames = blocks * per_block};
    const tpacket_req request{.tp_block_size = block_size,
                              .tp_block_nr = static_cast<unsigned>(blocks),
                              .tp_frame_size = static_cast<unsigned>(frame_size),
                              .tp_frame_nr = static_cast<unsigned>(ring.frames)};
    NT_CHECK(set_option(socket, PACKET_RX_RING, &request, sizeof request, "make the ring"));
    void* const memory = ::mmap(nullptr, ring.size, PROT_READ | PROT_WRITE,
                                MAP_SHARED | MAP_POPULATE, socket.number(), 0);
    if (memory == MAP_FAILED) {
        return kernel_failure("map the ring", errno);
    }
    ring.memory = static_cast<std::uint8_t*>(memory);
    const int descriptor = socket.number();
    PacketPort port(std::move(socket), std::move(guard), ring);  // owns the mapping from here on
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = options.listen.type;
    address.sll_ifindex = static_cast<int>(device.index);
    if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return kernel_failure(options.device + ": bind the packet socket", errno);
    }
    return port;
}

PacketPort::PacketPort(Descriptor socket, std::shared_ptr<const Descriptor> guard, const Ring& ring)
    : socket_(std::move(socket)),
      guard_(std::move(guard)),
      ring_(ring),
      buffers_(std::make_unique<Buffers>()) {
    for (std::size_t at = 0; at < burst; ++at) {
        buffers_->parts[at] = {.iov_base = buffers_->out[at].data(), .iov_len = 0};
        buffers_->messages[at].msg_hdr.msg_iov = &buffers_->parts[at];
        buffers_->messages[at].msg_hdr.msg_iovlen = 1;
    }
}

PacketPort::PacketPort(PacketPort&& other) noexcept
    : socket_(std::move(other.socket_)),
      guard_(std::move(other.guard_)),
      ring_(std::exchange(other.ring_, {})),
      buffers_(std::move(other.buffers_)),
      next_(other.next_),
      committed_(other.committed_) {}

PacketPort::~PacketPort() {
    if (ring_.memory != nullptr) {
        ::munmap(ring_.memory, ring_.size);
    }
}

std::size_t PacketPort::receive(std::span<Frame> frames) noexcept {
    std::size_t count = 0;
    while (count < frames.size()) {
        std::uint8_t* const at = frame_at(next_);
        const std::uint32_t status = __atomic_load_n(status_of(at), __ATOMIC_ACQUIRE);
        if ((status & TP_STATUS_USER) == 0) {
            break;
        }
        ++next_;
        tpacket2_hdr header;
        std::memcpy(&header, at, sizeof header);
        const bool is_verified = (status & (TP_STATUS_CSUMNOTREADY | TP_STATUS_CSUM_VALID)) != 0;
        frames[count++] = {.data = at + header.tp_mac,
                           .length = header.tp_snaplen,
                           .trust = is_verified ? std::uint32_t{nt_trust_transport} : 0U};
    }
    return count;
}

void PacketPort::release(std::span<const Frame> done) const noexcept {
    for (const Frame& frame : done) {
        const auto place = static_cast<std::size_t>(frame.data - ring_.memory);
        give_back(ring_.memory + (place & ~(ring_.frame_size - 1)));
    }
}

/// The first, which is alone: with less for the kernel to look up than with several.
int PacketPort::send_one() noexcept {
    const iovec& part = buffers_->parts[0];
    return ::send(socket_.number(), part.iov_base, part.iov_len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0
               ? -1
               : 1;
}

int PacketPort::send_from(std::size_t next) noexcept {
    return ::sendmmsg(socket_.number(), buffers_->messages.data() + next,
                      static_cast<unsigned>(committed_ - next), MSG_DONTWAIT | MSG_NOSIGNAL);
}

std::size_t PacketPort::flush() noexcept {
    std::size_t lost = 0;
    for (std::size_t next = 0; next < committed_;) {
        const int count = committed_ == 1 ? send_one() : send_from(next);
        if (count > 0) {
            next += static_cast<std::size_t>(count);
        } else {
            ++lost;  // the device's queue is full, or it is down
            ++next;
        }
    }
    committed_ = 0;
    return lost;
}

Usage PacketPort::usage() const noexcept {
    std::uint64_t waiting = 0;
    for (std::size_t frame = 0; frame < ring_.frames; ++frame) {
        const std::uint32_t status = __atomic_load_n(status_of(frame_at(frame)), __ATOMIC_RELAXED);
        waiting += (status & TP_STATUS_USER) != 0 ? 1 : 0;
    }
    tpacket_stats since{};  // the last time that somebody asked
    socklen_t size = sizeof since;
    if (::getsockopt(socket_.number(), SOL_PACKET, PACKET_STATISTICS, &since, &size) == 0) {
        dropped_.fetch_add(since.tp_drops, std::memory_order_relaxed);
    }
    return {.waiting = waiting,
            .room = ring_.frames,
            .leaving = 0,  // what is committed leaves with the same call
            .slots = burst,
            .dropped = dropped_.load(std::memory_order_relaxed)};
}

static_assert(FramePort<PacketPort>);

}  // namespace nanotune::datapath
