#include "xsk_port.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/core.h>
#include <sys/socket.h>
#include <time.h>

#include "device.hpp"
#include "socket_filter.hpp"

namespace nanotune::datapath {

namespace {

constexpr unsigned most_mtu = 1500;  // a chunk also holds XDP's own room
constexpr std::uint32_t ring_size = XskMemory::ring_size;

void wait_a_moment() {
    const timespec moment{.tv_sec = 0, .tv_nsec = 20'000'000};
    ::nanosleep(&moment, nullptr);
}

}  // namespace

/// The kernel gives a queue free a moment after its last socket was closed.
Status XskPort::bind(unsigned device, std::uint32_t queue, std::uint16_t flags) {
    sockaddr_xdp address{};
    address.sxdp_family = AF_XDP;
    address.sxdp_flags = flags;
    address.sxdp_ifindex = device;
    address.sxdp_queue_id = queue;
    constexpr int attempts = 100;
    for (int attempt = 0;; ++attempt) {
        if (::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0) {
            return {};
        }
        if (errno != EBUSY || attempt == attempts) {
            return kernel_failure(fmt::format("bind the AF_XDP socket to queue {}", queue), errno);
        }
        wait_a_moment();
    }
}

Result<XskPort> XskPort::open(const XskPortOptions& options) {
    NT_TRY(std::vector<XskPort> ports, open(options, 1));
    return std::move(ports.front());
}

Result<std::vector<XskPort>> XskPort::open(const XskPortOptions& options, std::size_t most,
                                           const GoHome& go_home) {
    NT_TRY(const Device device, device_of(options.device));
    if (device.mtu > most_mtu) {
        return failure(ErrorCode::unsupported,
                       fmt::format("{}: AF_XDP takes frames of MTU {} at most here, and it has {}",
                                   options.device, most_mtu, device.mtu));
    }
    const std::size_t queues = receive_queues(options.device);
    if (queues == 0 || queues > most) {
        return failure(
            ErrorCode::conflict,
            fmt::format("{}: it receives on {} queues, and {} would be served, one by each CPU in "
                        "`cpus`: what comes on the others would be lost",
                        options.device, queues, most));
    }
    // A socket sends on its own queue alone, and says nothing where there is none of that number.
    if (const std::size_t sending = send_queues(options.device); sending < queues) {
        return failure(ErrorCode::conflict,
                       fmt::format("{}: it receives on {} queues and sends on {}: orders for what "
                                   "comes on the others would never leave",
                                   options.device, queues, sending));
    }
    NT_TRY(Shared attachment, attached(options, device.index));
    const auto shared = std::make_shared<Shared>(std::move(attachment));
    std::vector<XskPort> ports;
    for (std::uint32_t queue = 0; queue < queues; ++queue) {
        NT_CHECK(go_home(queue));
        XskPort port(shared, queue == 0);
        NT_CHECK(port.begin(device.index, queue));
        ports.push_back(std::move(port));
    }
    return ports;
}

Result<XskPort::Shared> XskPort::attached(const XskPortOptions& options, unsigned device) {
    NT_TRY(Descriptor guard, guard_socket(options.listen, device, options.group));
    NT_TRY(XdpProgram program, XdpProgram::attach(device, options.listen));
    return Shared{.guard = std::move(guard), .program = std::move(program)};
}

Status XskPort::begin(unsigned device, std::uint32_t queue) {
    socket_ = Descriptor(::socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) {
        return kernel_failure("make an AF_XDP socket", errno);
    }
    NT_TRY(memory_, XskMemory::take(socket_));
    for (std::uint64_t frame = 0; frame < ring_size; ++frame) {
        free_.push_back((ring_size + frame) * XskMemory::chunk);
    }
    // Without a word about copies the kernel takes what the driver has.
    const bool is_native = shared_->program.link().is_native();
    NT_CHECK(bind(device, queue, is_native ? XDP_USE_NEED_WAKEUP : XDP_USE_NEED_WAKEUP | XDP_COPY));
    NT_CHECK(shared_->program.send_to(socket_, queue));
    xdp_options found{};
    socklen_t size = sizeof found;
    static_cast<void>(::getsockopt(socket_.number(), SOL_XDP, XDP_OPTIONS, &found, &size));
    is_copied_ = (found.flags & XDP_OPTIONS_ZEROCOPY) == 0;
    mode_ = !is_native ? "generic" : !is_copied_ ? "native, zero copy" : "native, copy";
    return {};
}

Usage XskPort::usage() const noexcept {
    xdp_statistics lost{};
    socklen_t size = sizeof lost;
    static_cast<void>(::getsockopt(socket_.number(), SOL_XDP, XDP_STATISTICS, &lost, &size));
    const std::uint32_t taken = __atomic_load_n(memory_.received.consumer, __ATOMIC_RELAXED);
    const std::uint32_t reaped = __atomic_load_n(memory_.completed.consumer, __ATOMIC_RELAXED);
    return {.waiting = memory_.received.produced() - taken,
            .room = ring_size,
            .leaving = __atomic_load_n(memory_.sent.producer, __ATOMIC_RELAXED) - reaped,
            .slots = ring_size,
            .dropped = lost.rx_dropped + lost.rx_ring_full};
}

std::size_t XskPort::receive(std::span<Frame> frames) noexcept {
    const std::uint32_t begin = *memory_.received.consumer;
    const std::size_t count =
        std::min<std::size_t>(memory_.received.produced() - begin, frames.size());
    if (count == 0) {
        if (memory_.fill.wants_kick()) {
            ::recvfrom(socket_.number(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
        }
        if (memory_.sent.consumed() != *memory_.sent.producer) {
            kick();
        }
        return 0;
    }
    const auto* const entries = reinterpret_cast<const xdp_desc*>(memory_.received.entries);
    for (std::uint32_t at = 0; at < count; ++at) {
        const xdp_desc& entry = entries[(begin + at) & (ring_size - 1)];
        frames[at] = {.data = memory_.frame(entry.addr), .length = entry.len};
    }
    __atomic_store_n(memory_.received.consumer, begin + static_cast<std::uint32_t>(count),
                     __ATOMIC_RELEASE);
    return count;
}

void XskPort::release(std::span<const Frame> done) noexcept {
    auto* const places = reinterpret_cast<std::uint64_t*>(memory_.fill.entries);
    std::uint32_t end = *memory_.fill.producer;
    for (const Frame& frame : done) {
        places[end++ & (ring_size - 1)] =
            static_cast<std::uint64_t>(frame.data - memory_.frame(0)) & ~(XskMemory::chunk - 1);
    }
    __atomic_store_n(memory_.fill.producer, end, __ATOMIC_RELEASE);
}

/// Takes back the frames that have left.
void XskPort::reap() noexcept {
    const auto* const places = reinterpret_cast<const std::uint64_t*>(memory_.completed.entries);
    std::uint32_t at = *memory_.completed.consumer;
    for (const std::uint32_t end = memory_.completed.produced(); at != end; ++at) {
        free_.push_back(places[at & (ring_size - 1)]);
    }
    __atomic_store_n(memory_.completed.consumer, at, __ATOMIC_RELEASE);
}

std::uint8_t* XskPort::slot() noexcept {
    if (free_.empty()) {
        reap();
    }
    return free_.empty() ? nullptr : memory_.frame(free_.back());
}

void XskPort::commit(std::uint32_t length) noexcept {
    auto* const entries = reinterpret_cast<xdp_desc*>(memory_.sent.entries);
    entries[to_send_++ & (ring_size - 1)] = {.addr = free_.back(), .len = length, .options = 0};
    free_.pop_back();
}

/// What the kernel does not take at once it takes with the next kick. Where it copies, it says what
/// the device did not take (EBUSY, once for each frame), and takes nothing at all while that is
/// down: what it has not seen by then is withdrawn, rather than sent at some later time.
void XskPort::kick() noexcept {
    for (int error = EBUSY; error == EBUSY && memory_.sent.wants_kick();) {
        const auto answer = ::sendto(socket_.number(), nullptr, 0, MSG_DONTWAIT, nullptr, 0);
        error = answer < 0 && is_copied_ ? errno : 0;
        if (error == ENETDOWN || error == ENXIO) {
            drop_unseen();
        }
        seen_ = to_send_;
        lost_ += error == EBUSY ? 1 : 0;
    }
}

/// The ring does not say how much of what the kernel has seen it has taken: it keeps that, and its
/// own count of what there is, to itself until it has taken everything.
void XskPort::drop_unseen() noexcept {
    const auto* const entries = reinterpret_cast<const xdp_desc*>(memory_.sent.entries);
    for (; to_send_ != seen_; ++lost_) {
        free_.push_back(entries[--to_send_ & (ring_size - 1)].addr);
    }
    __atomic_store_n(memory_.sent.producer, to_send_, __ATOMIC_RELEASE);
}

std::size_t XskPort::flush() noexcept {
    __atomic_store_n(memory_.sent.producer, to_send_, __ATOMIC_RELEASE);
    kick();
    reap();
    return std::exchange(lost_, 0);
}

static_assert(FramePort<XskPort>);

}  // namespace nanotune::datapath
