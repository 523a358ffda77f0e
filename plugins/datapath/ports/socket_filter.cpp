#include "socket_filter.hpp"

#include <cerrno>

#include <linux/if_packet.h>
#include <sys/socket.h>

#include "socket_address.hpp"

namespace nanotune::datapath {

namespace {

constexpr std::uint32_t everything = 0xFFFFFFFF;

/// Builds a filter whose tests all lead to one end, where nothing is taken.
class Filter {
  public:
    void load(std::uint16_t size, std::uint32_t at) {
        add(static_cast<std::uint16_t>(BPF_LD | BPF_ABS | size), at);
    }
    void add(std::uint16_t code, std::uint32_t number) {
        code_.push_back({.code = code, .jt = 0, .jf = 0, .k = number});
    }
    void must_equal(std::uint32_t number) {
        code_.push_back({.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = 0, .jf = must, .k = number});
    }
    void must_differ(std::uint32_t number) {
        code_.push_back({.code = BPF_JMP | BPF_JEQ | BPF_K, .jt = must, .jf = 0, .k = number});
    }
    /// Over so many instructions, where a bit is set.
    void skip_if_set(std::uint32_t bits, std::uint8_t count) {
        code_.push_back({.code = BPF_JMP | BPF_JSET | BPF_K, .jt = count, .jf = 0, .k = bits});
    }
    std::vector<sock_filter> finished() {
        add(BPF_RET | BPF_K, everything);
        for (std::size_t at = 0; at < code_.size(); ++at) {
            const auto to_end = static_cast<std::uint8_t>(code_.size() - at - 1);
            code_[at].jf = code_[at].jf == must ? to_end : code_[at].jf;
            code_[at].jt = code_[at].jt == must ? to_end : code_[at].jt;
        }
        add(BPF_RET | BPF_K, 0);
        return std::move(code_);
    }

  private:
    static constexpr std::uint8_t must = 0xFF;
    std::vector<sock_filter> code_;
};

std::uint32_t number_at(const nt_u8* bytes) {
    return __builtin_bswap32(nt_load32(bytes));
}

}  // namespace

std::vector<sock_filter> listening_filter(const nt_listen& listen,
                                          const std::optional<std::array<std::uint8_t, 16>>& source,
                                          nt_u8 protocol) {
    constexpr std::uint32_t ip = nt_ethernet_size;
    Filter filter;
    // The kernel has taken a tag of another network off, but calls the frame somebody else's.
    filter.load(BPF_W, static_cast<std::uint32_t>(SKF_AD_OFF + SKF_AD_PKTTYPE));
    filter.must_differ(PACKET_OTHERHOST);
    filter.load(BPF_H, nt_ethernet_type);
    filter.must_equal(nt_swap16(listen.type));
    if (listen.type == nt_swap16(nt_type_ipv4)) {
        filter.load(BPF_B, ip + nt_ipv4_protocol);
        filter.must_equal(protocol);
        filter.load(BPF_W, ip + nt_ipv4_destination);
        filter.must_equal(number_at(listen.address[1]));
        if (source) {
            filter.load(BPF_W, ip + nt_ipv4_source);
            filter.must_equal(number_at(source->data()));
        }
        filter.load(BPF_H, ip + nt_ipv4_fragment);
        filter.skip_if_set(0x1FFF, 3);  // no ports in what follows a first fragment
        filter.add(BPF_LDX | BPF_B | BPF_MSH, ip);
        filter.add(BPF_LD | BPF_H | BPF_IND, ip + nt_udp_destination);
        filter.must_equal(nt_swap16(listen.port));
        return filter.finished();
    }
    filter.load(BPF_B, ip + nt_ipv6_protocol);
    filter.must_equal(protocol);
    for (std::uint32_t word = 0; word < 16; word += 4) {
        filter.load(BPF_W, ip + nt_ipv6_destination + word);
        filter.must_equal(number_at(listen.address[1] + word));
        if (source) {
            filter.load(BPF_W, ip + nt_ipv6_source + word);
            filter.must_equal(number_at(source->data() + word));
        }
    }
    filter.load(BPF_H, ip + nt_ipv6_size + nt_udp_destination);
    filter.must_equal(nt_swap16(listen.port));
    return filter.finished();
}

std::vector<sock_filter> nothing_filter() {
    return {{.code = BPF_RET | BPF_K, .jt = 0, .jf = 0, .k = 0}};
}

Status attach_filter(const Descriptor& socket, std::vector<sock_filter> filter) {
    const sock_fprog program{.len = static_cast<unsigned short>(filter.size()),
                             .filter = filter.data()};
    if (::setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) !=
        0) {
        return kernel_failure("attach the filter", errno);
    }
    return {};
}

Result<Descriptor> guard_socket(const nt_listen& listen, unsigned device,
                                const std::optional<Group>& group) {
    const bool is_ipv6 = listen.type == nt_swap16(nt_type_ipv6);
    Descriptor guard(::socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!guard.is_open()) {
        return kernel_failure("make a UDP socket", errno);
    }
    NT_CHECK(attach_filter(guard, nothing_filter()));
    if (group && ::setsockopt(guard.number(), SOL_SOCKET, SO_BINDTODEVICE, group->device.c_str(),
                              static_cast<socklen_t>(group->device.size())) != 0) {
        return kernel_failure("bind the UDP socket to " + group->device, errno);
    }
    const SocketAddress address =
        socket_address(std::to_array(listen.address[1]), is_ipv6, nt_swap16(listen.port), device);
    if (::bind(guard.number(), address.get(), address.size) != 0) {
        return kernel_failure("bind the UDP socket", errno);
    }
    if (group) {
        NT_CHECK(join(guard, *group));
    }
    return guard;
}

}  // namespace nanotune::datapath
