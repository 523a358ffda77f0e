#include "xdp.hpp"

#include <cstdint>

#include <linux/bpf.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "support/catch.hpp"

using nanotune::Descriptor;

namespace {

constexpr unsigned frames = 64;
constexpr unsigned frame_size = 2048;
constexpr std::size_t area = std::size_t{frames} * frame_size;

Descriptor bpf(int command, bpf_attr& attributes) {
    return Descriptor(static_cast<int>(syscall(SYS_bpf, command, &attributes, sizeof attributes)));
}

std::uint64_t address_of(const void* data) {
    return reinterpret_cast<std::uint64_t>(data);
}

}  // namespace

AttachedXdp::AttachedXdp(const std::string& device, Mode mode) {
    bpf_insn code[2] = {};
    code[0].code = BPF_ALU64 | BPF_MOV | BPF_K;
    code[0].imm = XDP_PASS;
    code[1].code = BPF_JMP | BPF_EXIT;
    const char licence[] = "GPL";
    bpf_attr load{};
    load.prog_type = BPF_PROG_TYPE_XDP;
    load.insns = address_of(code);
    load.insn_cnt = 2;
    load.license = address_of(licence);
    program_ = bpf(BPF_PROG_LOAD, load);
    REQUIRE(program_.is_open());

    bpf_attr attach{};
    attach.link_create.prog_fd = static_cast<std::uint32_t>(program_.number());
    attach.link_create.target_ifindex = if_nametoindex(device.c_str());
    attach.link_create.attach_type = BPF_XDP;
    attach.link_create.flags = mode == Mode::native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
    link_ = bpf(BPF_LINK_CREATE, attach);
    REQUIRE(link_.is_open());
}

BoundXdpSocket::BoundXdpSocket(const std::string& device, unsigned queue)
    : socket_(socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)) {
    REQUIRE(socket_.is_open());
    memory_ = mmap(nullptr, area, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(memory_ != MAP_FAILED);
    xdp_umem_reg registration{};
    registration.addr = address_of(memory_);
    registration.len = area;
    registration.chunk_size = frame_size;
    REQUIRE(setsockopt(socket_.number(), SOL_XDP, XDP_UMEM_REG, &registration,
                       sizeof registration) == 0);
    for (const int ring : {XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING}) {
        REQUIRE(setsockopt(socket_.number(), SOL_XDP, ring, &frames, sizeof frames) == 0);
    }
    sockaddr_xdp address{};
    address.sxdp_family = AF_XDP;
    address.sxdp_flags = XDP_COPY;
    address.sxdp_ifindex = if_nametoindex(device.c_str());
    address.sxdp_queue_id = queue;
    REQUIRE(bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0);
}

BoundXdpSocket::~BoundXdpSocket() {
    munmap(memory_, area);
}

std::size_t BoundXdpSocket::inode() const {
    struct stat about{};
    REQUIRE(fstat(socket_.number(), &about) == 0);
    return about.st_ino;
}
