#include "xdp_link.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <utility>

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/bpf.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace nanotune::datapath {

namespace {

constexpr auto xdp_attach = static_cast<std::uint32_t>(BPF_XDP);

Result<Descriptor> linked(const Descriptor& program, unsigned device, std::uint32_t mode) {
    bpf_attr attributes{};
    attributes.link_create.prog_fd = static_cast<std::uint32_t>(program.number());
    attributes.link_create.target_ifindex = device;
    attributes.link_create.attach_type = xdp_attach;
    attributes.link_create.flags = mode;
    Descriptor link(
        static_cast<int>(::syscall(SYS_bpf, BPF_LINK_CREATE, &attributes, sizeof attributes)));
    if (!link.is_open()) {
        return kernel_failure(mode == XDP_FLAGS_DRV_MODE ? "attach the XDP program to the driver"
                                                         : "attach the XDP program to the stack",
                              errno, errno == EBUSY ? "another one is on the device" : "");
    }
    return link;
}

/// From the beginning; "" where the kernel does not say.
std::string text_of(const Descriptor& file) {
    std::array<char, 1024> text{};
    const ssize_t size = ::pread(file.number(), text.data(), text.size(), 0);
    return {text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

}  // namespace

XdpLink::XdpLink(std::string device, Descriptor link, Descriptor facts, std::string why_generic)
    : device_(std::move(device)),
      link_(std::move(link)),
      facts_(std::move(facts)),
      facts_at_first_(text_of(facts_)),
      why_generic_(std::move(why_generic)) {}

Result<XdpLink> XdpLink::attach(const Descriptor& program, unsigned device) {
    auto link = linked(program, device, XDP_FLAGS_DRV_MODE);
    std::string why_generic;
    if (!link) {
        const ErrorCode code = link.error().code;
        if (code == ErrorCode::busy || code == ErrorCode::denied) {
            return std::unexpected(std::move(link).error());
        }
        why_generic = std::move(link).error().message;
        link = linked(program, device, XDP_FLAGS_SKB_MODE);
    }
    if (!link) {
        return std::unexpected(std::move(link).error());
    }
    const std::string path = fmt::format("/proc/self/fdinfo/{}", link->number());
    Descriptor facts(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!facts.is_open()) {
        return kernel_failure("open " + path, errno);
    }
    std::array<char, IF_NAMESIZE> name{};
    std::string called = ::if_indextoname(device, name.data()) != nullptr
                             ? name.data()
                             : fmt::format("device {}", device);
    return XdpLink(std::move(called), *std::move(link), std::move(facts), std::move(why_generic));
}

std::string XdpLink::how() const {
    return is_native() ? "native" : "generic (native: " + why_generic_ + ")";
}

/// The kernel says the number of the device, 0 once the program was taken off, and that of the
/// program, which another one may have replaced; nothing of a link that was closed.
Status XdpLink::stands() const {
    const std::string now = text_of(facts_);
    if (now.empty() || now == facts_at_first_) {
        return {};
    }
    return failure(ErrorCode::conflict,
                   device_ + (now.contains("ifindex:\t0\n")
                                  ? ": somebody took the XDP program off the device"
                                  : ": somebody replaced the XDP program on the device"));
}

}  // namespace nanotune::datapath
