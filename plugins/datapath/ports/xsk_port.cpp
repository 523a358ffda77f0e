#include "xsk_port.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include "device.hpp"
#include "socket_filter.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::uint64_t chunk = 2048;
constexpr unsigned most_mtu = 1500;  // a chunk also holds XDP's own room
constexpr std::size_t huge_page = 2 << 20;

Status set_option(const Descriptor& socket, int option, const void* value, socklen_t size,
                  const char* name) {
    if (::setsockopt(socket.number(), SOL_XDP, option, value, size) != 0) {
        return kernel_failure(name, errno);
    }
    return {};
}

void wait_a_moment() {
    const timespec moment{.tv_sec = 0, .tv_nsec = 20'000'000};
    ::nanosleep(&moment, nullptr);
}

}  // namespace

Status XskPort::take_memory() {
    constexpr std::size_t size = 2 * chunk * ring_size;
    static_assert(size % huge_page == 0);
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0);
    is_in_huge_pages_ = memory != MAP_FAILED;
    if (!is_in_huge_pages_) {  // none are set aside
        memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    if (memory == MAP_FAILED) {
        return kernel_failure("take memory for frames", errno);
    }
    memory_ = Mapping(memory, size);
    xdp_umem_reg registered{};
    registered.addr = reinterpret_cast<std::uint64_t>(memory);
    registered.len = size;
    registered.chunk_size = chunk;
    return set_option(socket_, XDP_UMEM_REG, &registered, sizeof registered,
                      "register memory for frames");
}

Status XskPort::map_rings() {
    for (const auto& [option, name] : {std::pair(XDP_UMEM_FILL_RING, "make the fill ring"),
                                       {XDP_UMEM_COMPLETION_RING, "make the completion ring"},
                                       {XDP_RX_RING, "make the receive ring"},
                                       {XDP_TX_RING, "make the transmit ring"}}) {
        NT_CHECK(set_option(socket_, option, &ring_size, sizeof ring_size, name));
    }
    xdp_mmap_offsets offsets{};
    socklen_t size = sizeof offsets;
    if (::getsockopt(socket_.number(), SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &size) != 0) {
        return kernel_failure("ask for the rings' layout", errno);
    }
    struct Wanted {
        XskRing* ring;
        const xdp_ring_offset* offset;
        std::size_t entry;
        off_t place;
    };
    const Wanted wanted[] = {
        {&fill_, &offsets.fr, sizeof(std::uint64_t), XDP_UMEM_PGOFF_FILL_RING},
        {&completed_, &offsets.cr, sizeof(std::uint64_t), XDP_UMEM_PGOFF_COMPLETION_RING},
        {&received_, &offsets.rx, sizeof(xdp_desc), XDP_PGOFF_RX_RING},
        {&sent_, &offsets.tx, sizeof(xdp_desc), XDP_PGOFF_TX_RING}};
    for (const Wanted& one : wanted) {
        const std::size_t length = one.offset->desc + ring_size * one.entry;
        void* const memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, socket_.number(), one.place);
        if (memory == MAP_FAILED) {
            return kernel_failure("map a ring", errno);
        }
        XskRing& ring = *one.ring;
        ring.mapping = Mapping(memory, length);
        ring.producer = reinterpret_cast<std::uint32_t*>(ring.mapping.at(one.offset->producer));
        ring.consumer = reinterpret_cast<std::uint32_t*>(ring.mapping.at(one.offset->consumer));
        ring.flags = reinterpret_cast<std::uint32_t*>(ring.mapping.at(one.offset->flags));
        ring.entries = ring.mapping.at(one.offset->desc);
    }
    auto* const places = reinterpret_cast<std::uint64_t*>(fill_.entries);
    for (std::uint64_t frame = 0; frame < ring_size; ++frame) {
        places[frame] = frame * chunk;
        free_.push_back((ring_size + frame) * chunk);
    }
    __atomic_store_n(fill_.producer, ring_size, __ATOMIC_RELEASE);
    return {};
}

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

Result<std::vector<XskPort>> XskPort::open(const XskPortOptions& options, std::size_t most) {
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
        XskPort port(shared);
        NT_CHECK(port.begin(device.index, queue));
        ports.push_back(std::move(port));
    }
    return ports;
}

/// By the driver where that can, else by the stack.
Result<XskPort::Shared> XskPort::attached(const XskPortOptions& options, unsigned device) {
    NT_TRY(Descriptor guard, guard_socket(options.listen, options.group));
    auto program = XdpProgram::attach(device, options.listen, XdpProgram::Mode::native);
    const bool is_native = program.has_value();
    if (!is_native) {
        if (program.error().code == ErrorCode::busy || program.error().code == ErrorCode::denied) {
            return std::unexpected(std::move(program).error());
        }
        program = XdpProgram::attach(device, options.listen, XdpProgram::Mode::generic);
    }
    if (!program) {
        return std::unexpected(std::move(program).error());
    }
    return Shared{
        .guard = std::move(guard), .program = *std::move(program), .is_native = is_native};
}

Status XskPort::begin(unsigned device, std::uint32_t queue) {
    socket_ = Descriptor(::socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) {
        return kernel_failure("make an AF_XDP socket", errno);
    }
    NT_CHECK(take_memory());
    NT_CHECK(map_rings());
    // Without a word about copies the kernel takes what the driver has.
    NT_CHECK(bind(device, queue,
                  shared_->is_native ? XDP_USE_NEED_WAKEUP : XDP_USE_NEED_WAKEUP | XDP_COPY));
    NT_CHECK(shared_->program.send_to(socket_, queue));
    xdp_options found{};
    socklen_t size = sizeof found;
    static_cast<void>(::getsockopt(socket_.number(), SOL_XDP, XDP_OPTIONS, &found, &size));
    is_copied_ = (found.flags & XDP_OPTIONS_ZEROCOPY) == 0;
    mode_ = !shared_->is_native ? "generic" : !is_copied_ ? "native, zero copy" : "native, copy";
    return {};
}

Usage XskPort::usage() const noexcept {
    xdp_statistics lost{};
    socklen_t size = sizeof lost;
    static_cast<void>(::getsockopt(socket_.number(), SOL_XDP, XDP_STATISTICS, &lost, &size));
    const std::uint32_t taken = __atomic_load_n(received_.consumer, __ATOMIC_RELAXED);
    const std::uint32_t reaped = __atomic_load_n(completed_.consumer, __ATOMIC_RELAXED);
    return {.waiting = received_.produced() - taken,
            .room = ring_size,
            .leaving = __atomic_load_n(sent_.producer, __ATOMIC_RELAXED) - reaped,
            .slots = ring_size,
            .dropped = lost.rx_dropped + lost.rx_ring_full};
}

std::size_t XskPort::receive(std::span<Frame> frames) noexcept {
    const std::uint32_t begin = *received_.consumer;
    const std::size_t count = std::min<std::size_t>(received_.produced() - begin, frames.size());
    if (count == 0) {
        if (fill_.wants_kick()) {
            ::recvfrom(socket_.number(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr);
        }
        if (sent_.consumed() != *sent_.producer) {
            kick();
        }
        return 0;
    }
    const auto* const entries = reinterpret_cast<const xdp_desc*>(received_.entries);
    for (std::uint32_t at = 0; at < count; ++at) {
        const xdp_desc& entry = entries[(begin + at) & (ring_size - 1)];
        frames[at] = {.data = memory_.at(entry.addr), .length = entry.len};
    }
    __atomic_store_n(received_.consumer, begin + static_cast<std::uint32_t>(count),
                     __ATOMIC_RELEASE);
    return count;
}

void XskPort::release(std::span<const Frame> done) noexcept {
    auto* const places = reinterpret_cast<std::uint64_t*>(fill_.entries);
    std::uint32_t end = *fill_.producer;
    for (const Frame& frame : done) {
        places[end++ & (ring_size - 1)] =
            static_cast<std::uint64_t>(frame.data - memory_.at(0)) & ~(chunk - 1);
    }
    __atomic_store_n(fill_.producer, end, __ATOMIC_RELEASE);
}

/// Takes back the frames that have left.
void XskPort::reap() noexcept {
    const auto* const places = reinterpret_cast<const std::uint64_t*>(completed_.entries);
    std::uint32_t at = *completed_.consumer;
    for (const std::uint32_t end = completed_.produced(); at != end; ++at) {
        free_.push_back(places[at & (ring_size - 1)]);
    }
    __atomic_store_n(completed_.consumer, at, __ATOMIC_RELEASE);
}

std::uint8_t* XskPort::slot() noexcept {
    if (free_.empty()) {
        reap();
    }
    return free_.empty() ? nullptr : memory_.at(free_.back());
}

void XskPort::commit(std::uint32_t length) noexcept {
    auto* const entries = reinterpret_cast<xdp_desc*>(sent_.entries);
    entries[to_send_++ & (ring_size - 1)] = {.addr = free_.back(), .len = length, .options = 0};
    free_.pop_back();
}

/// What the kernel does not take at once it takes with the next kick. Where it copies, it says what
/// the device did not take (EBUSY, once for each frame), and takes nothing at all while that is
/// down: what it has not seen by then is withdrawn, rather than sent at some later time.
void XskPort::kick() noexcept {
    for (int error = EBUSY; error == EBUSY && sent_.wants_kick();) {
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
    const auto* const entries = reinterpret_cast<const xdp_desc*>(sent_.entries);
    for (; to_send_ != seen_; ++lost_) {
        free_.push_back(entries[--to_send_ & (ring_size - 1)].addr);
    }
    __atomic_store_n(sent_.producer, to_send_, __ATOMIC_RELEASE);
}

std::size_t XskPort::flush() noexcept {
    __atomic_store_n(sent_.producer, to_send_, __ATOMIC_RELEASE);
    kick();
    reap();
    return std::exchange(lost_, 0);
}

static_assert(FramePort<XskPort>);

}  // namespace nanotune::datapath
