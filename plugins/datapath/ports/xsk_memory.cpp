#include "xsk_memory.hpp"

#include <cerrno>
#include <utility>

#include <sys/mman.h>
#include <sys/socket.h>

namespace nanotune::datapath {

namespace {

constexpr std::size_t huge_page = 2 << 20;

Status set_option(const Descriptor& socket, int option, const void* value, socklen_t size,
                  const char* name) {
    if (::setsockopt(socket.number(), SOL_XDP, option, value, size) != 0) {
        return kernel_failure(name, errno);
    }
    return {};
}

}  // namespace

Result<XskMemory> XskMemory::take(const Descriptor& socket) {
    XskMemory memory;
    NT_CHECK(memory.take_frames(socket));
    NT_CHECK(memory.map_rings(socket));
    return memory;
}

Status XskMemory::take_frames(const Descriptor& socket) {
    constexpr std::size_t size = 2 * chunk * ring_size;
    static_assert(size % huge_page == 0);
    constexpr int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags | MAP_HUGETLB, -1, 0);
    is_in_huge_pages = memory != MAP_FAILED;
    if (!is_in_huge_pages) {  // none are set aside
        memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, -1, 0);
    }
    if (memory == MAP_FAILED) {
        return kernel_failure("take memory for frames", errno);
    }
    frames = Mapping(memory, size);
    xdp_umem_reg registered{};
    registered.addr = reinterpret_cast<std::uint64_t>(memory);
    registered.len = size;
    registered.chunk_size = chunk;
    return set_option(socket, XDP_UMEM_REG, &registered, sizeof registered,
                      "register memory for frames");
}

Status XskMemory::map_rings(const Descriptor& socket) {
    for (const auto& [option, name] : {std::pair(XDP_UMEM_FILL_RING, "make the fill ring"),
                                       {XDP_UMEM_COMPLETION_RING, "make the completion ring"},
                                       {XDP_RX_RING, "make the receive ring"},
                                       {XDP_TX_RING, "make the transmit ring"}}) {
        NT_CHECK(set_option(socket, option, &ring_size, sizeof ring_size, name));
    }
    xdp_mmap_offsets offsets{};
    socklen_t size = sizeof offsets;
    if (::getsockopt(socket.number(), SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &size) != 0) {
        return kernel_failure("ask for the rings' layout", errno);
    }
    struct Wanted {
        XskRing* ring;
        const xdp_ring_offset* offset;
        std::size_t entry;
        off_t place;
    };
    const Wanted wanted[] = {
        {&fill, &offsets.fr, sizeof(std::uint64_t), XDP_UMEM_PGOFF_FILL_RING},
        {&completed, &offsets.cr, sizeof(std::uint64_t), XDP_UMEM_PGOFF_COMPLETION_RING},
        {&received, &offsets.rx, sizeof(xdp_desc), XDP_PGOFF_RX_RING},
        {&sent, &offsets.tx, sizeof(xdp_desc), XDP_PGOFF_TX_RING}};
    for (const Wanted& one : wanted) {
        const std::size_t length = one.offset->desc + ring_size * one.entry;
        void* const memory = ::mmap(nullptr, length, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_POPULATE, socket.number(), one.place);
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
    auto* const places = reinterpret_cast<std::uint64_t*>(fill.entries);
    for (std::uint64_t frame = 0; frame < ring_size; ++frame) {
        places[frame] = frame * chunk;
    }
    __atomic_store_n(fill.producer, ring_size, __ATOMIC_RELEASE);
    return {};
}

}  // namespace nanotune::datapath
