#include "xdp_program.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune::datapath {

namespace {

constexpr std::uint32_t most_queues = 64;

long bpf(int command, bpf_attr& attributes) {
    return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

/// Instructions of which many end with the packet being passed on.
class Code {
  public:
    enum Register : std::uint8_t { r0, r1, r2, r3, r4, r5 };

    void load(std::uint8_t size, Register to, Register from, std::uint32_t at) {
        add(static_cast<std::uint8_t>(BPF_LDX | BPF_MEM | size), to, from,
            static_cast<std::int16_t>(at), 0);
    }
    void set(Register to, std::int32_t number) {
        add(BPF_ALU64 | BPF_MOV | BPF_K, to, r0, 0, number);
    }
    void copy(Register to, Register from) { add(BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0); }
    void plus(Register to, std::int32_t number) {
        // NOLINTNEXTLINE(misc-redundant-expression): as the kernel names what is zero
        add(BPF_ALU64 | BPF_ADD | BPF_K, to, r0, 0, number);
    }
    void mask(Register to, std::int32_t bits) { add(BPF_ALU64 | BPF_AND | BPF_K, to, r0, 0, bits); }
    void pass_if_beyond(Register at, Register end) {
        add(BPF_JMP | BPF_JGT | BPF_X, at, end, to_pass, 0);
    }
    void pass_unless(Register is, std::uint32_t number) {
        add(BPF_JMP32 | BPF_JNE | BPF_K, is, r0, to_pass, static_cast<std::int32_t>(number));
    }
    /// The packet's bytes from r2 on must be these.
    void pass_unless_bytes(std::uint32_t at, const nt_u8* bytes, std::uint32_t count) {
        for (; count >= 4; at += 4, bytes += 4, count -= 4) {
            load(BPF_W, r5, r2, at);
            pass_unless(r5, nt_load32(bytes));
        }
        if (count == 2) {
            load(BPF_H, r5, r2, at);
            pass_unless(r5, nt_load16(bytes));
        }
    }
    /// bpf_redirect_map to the socket of the packet's queue; without one the packet is passed on.
    void redirect(const Descriptor& sockets) {
        load(BPF_W, r2, r1, offsetof(xdp_md, rx_queue_index));
        // NOLINTNEXTLINE(misc-redundant-expression): likewise
        add(BPF_LD | BPF_DW | BPF_IMM, r1, static_cast<Register>(BPF_PSEUDO_MAP_FD), 0,
            sockets.number());
        add(0, r0, r0, 0, 0);
        set(r3, XDP_PASS);
        add(BPF_JMP | BPF_CALL, r0, r0, 0, BPF_FUNC_redirect_map);
        add(BPF_JMP | BPF_EXIT, r0, r0, 0, 0);
    }
    std::vector<bpf_insn> finished() {
        for (std::size_t at = 0; at < code_.size(); ++at) {
            if (code_[at].off == to_pass) {
                code_[at].off = static_cast<std::int16_t>(code_.size() - at - 1);
            }
        }
        set(r0, XDP_PASS);
        add(BPF_JMP | BPF_EXIT, r0, r0, 0, 0);
        return std::move(code_);
    }

  private:
    static constexpr std::int16_t to_pass = 0x7FFF;

    void add(std::uint8_t code, Register to, Register from, std::int16_t offset,
             std::int32_t number) {
        bpf_insn instruction{
            .code = code, .dst_reg = 0, .src_reg = 0, .off = offset, .imm = number};
        instruction.dst_reg = to & 0xF;
        instruction.src_reg = from & 0xF;
        code_.push_back(instruction);
    }
    std::vector<bpf_insn> code_;
};

/// Takes what nt_classify would not leave to the kernel, and nothing else: with less, packets of
/// others would be lost.
std::vector<bpf_insn> listening_code(const nt_listen& listen, const Descriptor& sockets) {
    const bool is_ipv6 = listen.type == nt_swap16(nt_type_ipv6);
    constexpr std::uint32_t ip = nt_ethernet_size;
    const std::uint32_t udp =
        ip + (is_ipv6 ? std::uint32_t{nt_ipv6_size} : std::uint32_t{nt_ipv4_size});
    std::array<nt_u8, 8> link{};
    std::memcpy(link.data(), &listen.link[1], link.size());
    Code code;
    code.load(BPF_W, Code::r2, Code::r1, offsetof(xdp_md, data));
    code.load(BPF_W, Code::r3, Code::r1, offsetof(xdp_md, data_end));
    code.copy(Code::r4, Code::r2);
    code.plus(Code::r4, static_cast<std::int32_t>(udp + nt_udp_size));
    code.pass_if_beyond(Code::r4, Code::r3);
    code.pass_unless_bytes(0, link.data(), 6);
    code.load(BPF_H, Code::r5, Code::r2, nt_ethernet_type);
    code.pass_unless(Code::r5, listen.type);
    code.load(BPF_B, Code::r5, Code::r2, ip);
    if (is_ipv6) {
        code.mask(Code::r5, 0xF0);
        code.pass_unless(Code::r5, 0x60);
        code.load(BPF_B, Code::r5, Code::r2, ip + nt_ipv6_protocol);
        code.pass_unless(Code::r5, nt_protocol_udp);
        code.pass_unless_bytes(ip + nt_ipv6_destination, listen.address[1], 16);
    } else {
        code.pass_unless(Code::r5, 0x45);
        code.load(BPF_B, Code::r5, Code::r2, ip + nt_ipv4_protocol);
        code.pass_unless(Code::r5, nt_protocol_udp);
        code.pass_unless_bytes(ip + nt_ipv4_destination, listen.address[1], 4);
        code.load(BPF_H, Code::r5, Code::r2, ip + nt_ipv4_fragment);
        code.mask(Code::r5, nt_swap16(0x3FFF));
        code.pass_unless(Code::r5, 0);
    }
    code.load(BPF_H, Code::r5, Code::r2, udp + nt_udp_destination);
    code.pass_unless(Code::r5, listen.port);
    code.redirect(sockets);
    return code.finished();
}

Result<Descriptor> socket_map() {
    bpf_attr attributes{};
    attributes.map_type = BPF_MAP_TYPE_XSKMAP;
    attributes.key_size = sizeof(std::uint32_t);
    attributes.value_size = sizeof(std::uint32_t);
    attributes.max_entries = most_queues;
    Descriptor map(static_cast<int>(bpf(BPF_MAP_CREATE, attributes)));
    if (!map.is_open()) {
        return kernel_failure("make a map of AF_XDP sockets", errno);
    }
    return map;
}

Result<Descriptor> loaded(const std::vector<bpf_insn>& code) {
    static constexpr char license[] = "Apache-2.0";
    std::array<char, 4096> words{};
    bpf_attr attributes{};
    attributes.prog_type = BPF_PROG_TYPE_XDP;
    attributes.insn_cnt = static_cast<std::uint32_t>(code.size());
    attributes.insns = reinterpret_cast<std::uint64_t>(code.data());
    attributes.license = reinterpret_cast<std::uint64_t>(license);
    std::memcpy(attributes.prog_name, "nanotune", 8);
    Descriptor program(static_cast<int>(bpf(BPF_PROG_LOAD, attributes)));
    if (program.is_open()) {
        return program;
    }
    const int error = errno;
    attributes.log_buf = reinterpret_cast<std::uint64_t>(words.data());
    attributes.log_size = words.size();
    attributes.log_level = 1;
    static_cast<void>(bpf(BPF_PROG_LOAD, attributes));  // once more, for the verifier's words
    return kernel_failure("load the XDP program", error, words.data());
}

}  // namespace

Result<XdpProgram> XdpProgram::attach(unsigned device, const nt_listen& listen) {
    NT_TRY(Descriptor sockets, socket_map());
    NT_TRY(const Descriptor program, loaded(listening_code(listen, sockets)));
    NT_TRY(XdpLink link, XdpLink::attach(program, device));
    return XdpProgram(std::move(sockets), std::move(link));
}

Status XdpProgram::send_to(const Descriptor& socket, std::uint32_t queue) {
    const auto number = static_cast<std::uint32_t>(socket.number());
    bpf_attr attributes{};
    attributes.map_fd = static_cast<std::uint32_t>(sockets_.number());
    attributes.key = reinterpret_cast<std::uint64_t>(&queue);
    attributes.value = reinterpret_cast<std::uint64_t>(&number);
    if (bpf(BPF_MAP_UPDATE_ELEM, attributes) != 0) {
        return kernel_failure("hand the queue to the AF_XDP socket", errno);
    }
    return {};
}

}  // namespace nanotune::datapath
