// Each call is one exchange, filtered by the kernel where it can and by us where it cannot.
#include "system/links.hpp"

#include <algorithm>
#include <cerrno>
#include <set>

#include <fmt/format.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "system/link_message.hpp"
#include "system/other_namespaces.hpp"
#include "system/route_message.hpp"

namespace nanotune {

namespace {

template <typename Header>
RouteRequest request_of(int type, int flags, const Header& header) {
    RouteRequest request = route_request(type, flags);
    Header copy = header;
    if (request && nlmsg_append(request.get(), &copy, sizeof copy, NLMSG_ALIGNTO) < 0) {
        request.reset();
    }
    return request;
}

/// A request without room for an attribute is no request.
void put_number(RouteRequest& request, int type, std::uint32_t number) {
    if (request && nla_put_u32(request.get(), type, number) < 0) {
        request.reset();
    }
}

void put_name(RouteRequest& request, const std::string& device) {
    const int type = device.size() < IF_NAMESIZE ? IFLA_IFNAME : IFLA_ALT_IFNAME;
    if (request && nla_put_string(request.get(), type, device.c_str()) < 0) {
        request.reset();
    }
}

/// The root of a device's sending side. Errors: not_found.
Result<tcmsg> root_of(const std::string& device) {
    tcmsg root{};
    root.tcm_family = AF_UNSPEC;
    root.tcm_parent = TC_H_ROOT;
    root.tcm_ifindex = static_cast<int>(if_nametoindex(device.c_str()));
    return root.tcm_ifindex == 0 ? kernel_failure("SIOCGIFINDEX", errno) : Result<tcmsg>(root);
}

std::string set_operation(std::uint16_t attribute, std::uint32_t number) {
    switch (attribute) {
        case IFLA_MTU:
            return fmt::format("MTU {} (RTM_NEWLINK)", number);
        case IFLA_TXQLEN:
            return fmt::format("queue length {} (RTM_NEWLINK)", number);
        case IFLA_GSO_MAX_SIZE:
            return fmt::format("gso_max_size {} (RTM_NEWLINK)", number);
        case IFLA_GSO_MAX_SEGS:
            return fmt::format("gso_max_segs {} (RTM_NEWLINK)", number);
        case IFLA_GRO_MAX_SIZE:
            return fmt::format("gro_max_size {} (RTM_NEWLINK)", number);
        default:
            return fmt::format("attribute {} {} (RTM_NEWLINK)", attribute, number);
    }
}

}  // namespace

Result<Bodies> KernelLinks::exchange(nl_msg* request, std::string_view operation) {
    if (request == nullptr) {
        return kernel_failure(operation, ENOMEM);
    }
    if (!socket_) {
        NT_TRY(socket_, RouteSocket::open());
    }
    return socket_->exchange(*request, operation);
}

Result<std::vector<Link>> KernelLinks::list() {
    RouteRequest request = request_of(RTM_GETLINK, NLM_F_DUMP, ifinfomsg{});
    put_number(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    NT_TRY(const Bodies bodies, exchange(request.get(), "devices (RTM_GETLINK)"));
    std::vector<Link> links;
    for (const auto& body : bodies) {
        Result<Link> link = link_of(body);
        if (!link) {
            return std::unexpected(std::move(link).error().within("devices (RTM_GETLINK)"));
        }
        links.push_back(*std::move(link));
    }
    std::ranges::sort(links, {}, &Link::index);
    return links;
}

Result<Link> KernelLinks::link(const std::string& device) {
    RouteRequest request = request_of(RTM_GETLINK, answered_at_once, ifinfomsg{});
    put_name(request, device);
    put_number(request, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    const std::string operation = "device " + device + " (RTM_GETLINK)";
    NT_TRY(const Bodies bodies, exchange(request.get(), operation));
    if (bodies.empty()) {
        return failure(ErrorCode::not_found, operation + ": no such device");
    }
    Result<Link> link = link_of(bodies.front());
    if (!link) {
        return std::unexpected(std::move(link).error().within(operation));
    }
    return link;
}

Result<std::string> KernelLinks::name(unsigned index) {
    ifreq about{};
    about.ifr_ifindex = static_cast<int>(index);
    NT_CHECK(control_->call(SIOCGIFNAME, about, "name of a device (SIOCGIFNAME)"));
    return std::string(about.ifr_name);
}

Status KernelLinks::set(const std::string& device, std::uint16_t attribute, std::uint32_t number) {
    RouteRequest request = request_of(RTM_NEWLINK, NLM_F_ACK, ifinfomsg{});
    put_name(request, device);
    put_number(request, attribute, number);
    NT_CHECK(exchange(request.get(), set_operation(attribute, number)));
    return {};
}

Result<std::string> KernelLinks::name_today(unsigned index) {
    Result<std::string> found = name(index);
    const bool has_gone = !found && found.error().code == ErrorCode::not_found;
    return has_gone ? Result<std::string>("") : std::move(found);
}

Result<std::vector<std::string>> KernelLinks::default_route_devices() {
    std::set<std::string> devices;
    for (const int family : {AF_INET, AF_INET6}) {
        rtmsg wanted{};
        wanted.rtm_family = static_cast<unsigned char>(family);
        wanted.rtm_table = RT_TABLE_MAIN;
        const RouteRequest request = request_of(RTM_GETROUTE, NLM_F_DUMP, wanted);
        Result<Bodies> bodies = exchange(request.get(), "routes (RTM_GETROUTE)");
        if (!bodies) {
            // A kernel without IPv6 has no such routes; one with several tables may have none yet.
            if (bodies.error().code == ErrorCode::unsupported ||
                bodies.error().code == ErrorCode::not_found) {
                continue;
            }
            return std::unexpected(std::move(bodies).error());
        }
        for (const auto& body : *bodies) {
            NT_TRY(const auto indexes, default_route_of(body));
            for (const unsigned index : indexes) {
                NT_TRY(std::string device, name_today(index));
                devices.insert(std::move(device));
            }
        }
    }
    devices.erase("");
    return std::vector(devices.begin(), devices.end());
}

Result<std::string> KernelLinks::device_of_address(const std::string& address) {
    const auto octets = address_octets(address);
    if (!octets) {
        return failure(ErrorCode::invalid, fmt::format("\"{}\" is no address", address));
    }
    const std::size_t percent = address.find('%');
    const std::string scope = percent == std::string::npos ? "" : address.substr(percent + 1);
    const RouteRequest request = request_of(RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{});
    NT_TRY(const Bodies bodies, exchange(request.get(), "addresses (RTM_GETADDR)"));
    for (const auto& body : bodies) {
        NT_TRY(const LocalAddress local, local_address_of(body));
        if (local.octets != *octets) {
            continue;
        }
        NT_TRY(std::string device, name_today(local.device));
        if (!device.empty() && (scope.empty() || scope == device)) {
            return device;
        }
    }
    return failure(ErrorCode::not_found, fmt::format("no device here has the address {}", address));
}

Result<std::vector<Link>> KernelLinks::elsewhere() {
    return links_elsewhere();
}

Result<std::vector<QueueInterrupt>> KernelLinks::queue_interrupts(const std::string& device) {
    return netdev_.queue_interrupts(device);
}

Result<Qdisc> KernelLinks::qdisc(const std::string& device) {
    NT_TRY(const tcmsg wanted, root_of(device));
    const RouteRequest request = request_of(RTM_GETQDISC, NLM_F_DUMP, wanted);
    NT_TRY(const Bodies bodies, exchange(request.get(), "queueing discipline (RTM_GETQDISC)"));
    for (const auto& body : bodies) {
        // Older kernels list those of every device, and all of each.
        const auto header = header_of<tcmsg>(body);
        if (!header || header->tcm_ifindex != wanted.tcm_ifindex ||
            header->tcm_parent != TC_H_ROOT) {
            continue;
        }
        Result<Attributes> about = Attributes::of(after_header(body, sizeof(tcmsg)));
        const auto kind = about ? about->find(TCA_KIND) : std::nullopt;
        if (!kind) {
            return failure(ErrorCode::invalid,
                           "queueing discipline (RTM_GETQDISC): a discipline without a name");
        }
        return Qdisc{.kind = std::string(kind->text()), .handle = header->tcm_handle};
    }
    return failure(ErrorCode::unsupported,
                   "queueing discipline (RTM_GETQDISC): none at the root of " + device);
}

Status KernelLinks::put_qdisc(const std::string& device, const Qdisc& qdisc) {
    NT_TRY(tcmsg root, root_of(device));
    root.tcm_handle = qdisc.handle;
    RouteRequest request = request_of(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, root);
    if (request && nla_put_string(request.get(), TCA_KIND, qdisc.kind.c_str()) < 0) {
        request.reset();
    }
    NT_CHECK(exchange(request.get(), "queueing discipline " + qdisc.kind + " (RTM_NEWQDISC)"));
    return {};
}

Status KernelLinks::remove_qdisc(const std::string& device) {
    NT_TRY(const tcmsg root, root_of(device));
    const RouteRequest request = request_of(RTM_DELQDISC, NLM_F_ACK, root);
    NT_CHECK(exchange(request.get(), "queueing discipline (RTM_DELQDISC)"));
    return {};
}

}  // namespace nanotune
