// The requests that `ip link add` and its like would send.
#include "own_namespace.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

#include "support/catch.hpp"
#include "system/kernel_system.hpp"

using namespace nanotune;

namespace {

RouteRequest request_of(int type, int flags) {
    return RouteRequest(nlmsg_alloc_simple(type, NLM_F_REQUEST | NLM_F_ACK | flags));
}

template <typename Header>
void append(const RouteRequest& request, Header header) {
    REQUIRE(nlmsg_append(request.get(), &header, sizeof header, NLMSG_ALIGNTO) == 0);
}

template <typename Fill>
void nest(const RouteRequest& request, int type, Fill fill) {
    nlattr* const start = nla_nest_start(request.get(), type);
    REQUIRE(start != nullptr);
    fill();
    nla_nest_end(request.get(), start);
}

ifinfomsg up(unsigned index = 0) {
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(index);
    header.ifi_flags = IFF_UP;
    header.ifi_change = IFF_UP;
    return header;
}

void put_end(const RouteRequest& request, const std::string& name, unsigned queues) {
    nla_put_string(request.get(), IFLA_IFNAME, name.c_str());
    nla_put_u32(request.get(), IFLA_NUM_RX_QUEUES, queues);
    nla_put_u32(request.get(), IFLA_NUM_TX_QUEUES, queues);
}

int index_of(const std::string& device) {
    const unsigned index = if_nametoindex(device.c_str());
    REQUIRE(index != 0);
    return static_cast<int>(index);
}

}  // namespace

OwnNamespace::OwnNamespace() {
    is_ours_ = unshare(CLONE_NEWNET | CLONE_NEWNS) == 0 &&
               mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("sysfs", "/sys", "sysfs", 0, nullptr) == 0;
    if (!is_ours_) {
        WARN("no namespace of our own is permitted here (root is needed); nothing is checked");
        return;
    }
    system_ = kernel_system("");
    auto routes = RouteSocket::open();
    REQUIRE(routes);
    routes_ = std::make_unique<RouteSocket>(*std::move(routes));
    set_up("lo");
}

void OwnNamespace::send(const RouteRequest& request, std::string_view operation) {
    const auto answer = routes_->exchange(*request, operation);
    if (!answer) {
        FAIL(answer.error().message);
    }
}

void OwnNamespace::set_up(const std::string& device) {
    const RouteRequest request = request_of(RTM_NEWLINK, 0);
    append(request, up(static_cast<unsigned>(index_of(device))));
    send(request, "up " + device);
}

Link OwnNamespace::link(const std::string& name) {
    const auto links = system_->links().list();
    REQUIRE(links);
    for (const Link& link : *links) {
        if (link.name == name) {
            return link;
        }
    }
    FAIL("no link " << name);
    return {};
}

void OwnNamespace::add_veth(const std::string& name, const std::string& peer, unsigned queues) {
    const RouteRequest request = request_of(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
    append(request, up());
    put_end(request, name, queues);
    nest(request, IFLA_LINKINFO, [&] {
        nla_put_string(request.get(), IFLA_INFO_KIND, "veth");
        nest(request, IFLA_INFO_DATA, [&] {
            nest(request, VETH_INFO_PEER, [&] {
                // Down: it cannot come up before it is paired.
                append(request, ifinfomsg{});
                put_end(request, peer, queues);
            });
        });
    });
    send(request, "add veth " + name);
    set_up(peer);
}

void OwnNamespace::add_tap(const std::string& name) {
    tap_ = Descriptor(open("/dev/net/tun", O_RDWR | O_CLOEXEC));
    REQUIRE(tap_.is_open());
    ifreq request{};
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    name.copy(request.ifr_name, IFNAMSIZ - 1);
    REQUIRE(ioctl(tap_.number(), TUNSETIFF, &request) == 0);
}

void OwnNamespace::add_altname(const std::string& device, const std::string& altname) {
    const RouteRequest request = request_of(RTM_NEWLINKPROP, NLM_F_CREATE | NLM_F_APPEND);
    ifinfomsg header{};
    header.ifi_index = index_of(device);
    append(request, header);
    nest(request, IFLA_PROP_LIST | NLA_F_NESTED,
         [&] { nla_put_string(request.get(), IFLA_ALT_IFNAME, altname.c_str()); });
    send(request, "add altname " + altname);
}

void OwnNamespace::remove(const std::string& device) {
    const RouteRequest request = request_of(RTM_DELLINK, 0);
    ifinfomsg header{};
    header.ifi_index = index_of(device);
    append(request, header);
    send(request, "remove " + device);
}

void OwnNamespace::add_address(const std::string& device, const std::string& address,
                               unsigned prefix) {
    in_addr octets{};
    REQUIRE(inet_pton(AF_INET, address.c_str(), &octets) == 1);
    const RouteRequest request = request_of(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
    ifaddrmsg header{};
    header.ifa_family = AF_INET;
    header.ifa_prefixlen = static_cast<unsigned char>(prefix);
    header.ifa_index = static_cast<unsigned>(index_of(device));
    append(request, header);
    nla_put(request.get(), IFA_LOCAL, sizeof octets, &octets);
    nla_put(request.get(), IFA_ADDRESS, sizeof octets, &octets);
    send(request, "add address " + address);
}

void OwnNamespace::add_default_route(const std::vector<std::string>& devices) {
    const RouteRequest request = request_of(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
    rtmsg header{};
    header.rtm_family = AF_INET;
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_STATIC;
    header.rtm_scope = RT_SCOPE_LINK;
    header.rtm_type = RTN_UNICAST;
    append(request, header);
    std::vector<rtnexthop> hops;
    hops.reserve(devices.size());
    for (const std::string& device : devices) {
        hops.push_back({.rtnh_len = sizeof(rtnexthop),
                        .rtnh_flags = 0,
                        .rtnh_hops = 0,
                        .rtnh_ifindex = index_of(device)});
    }
    nla_put(request.get(), RTA_MULTIPATH, static_cast<int>(hops.size() * sizeof(rtnexthop)),
            hops.data());
    send(request, "add default route");
}
