// What a device's MTU takes along: members of a bond, VLANs, IPv6's own MTU.
#include <cerrno>

#include <linux/if_link.h>

#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

std::string link_of(const std::string& key) {
    const std::size_t start = key.find(':') + 1;
    return key.substr(start, key.find(':', start) - start);
}

/// Members of the device, where it is a bond.
std::vector<std::string> members_of(const Cells& cells, const std::string& device) {
    std::vector<std::string> members;
    if (text_of(cells, link_cell(device, "kind")) != "bond") {
        return members;
    }
    for (const std::string& key : keys_below(cells, "link:")) {
        if (key.ends_with(":master") &&
            text_of(cells, key) == text_of(cells, link_cell(device, "index"))) {
            members.push_back(link_of(key));
        }
    }
    return members;
}

/// VLANs on the device.
std::vector<std::string> vlans_on(const Cells& cells, const std::string& device) {
    std::vector<std::string> vlans;
    for (const std::string& key : keys_below(cells, "link:")) {
        const std::string upper = link_of(key);
        const bool is_vlan = key.ends_with(":kind") && text_of(cells, key) == "vlan";
        if (is_vlan && text_of(cells, link_cell(upper, "lower")) ==
                           text_of(cells, link_cell(device, "index"))) {
            vlans.push_back(upper);
        }
    }
    return vlans;
}

std::optional<Refusal> mtu_refused(const Cells& cells, const Write& write) {
    const long long wanted = std::stoll(write.text);
    const std::string device = link_of(write.key);
    if (wanted > number_of(cells, link_number_cell(device, IFLA_MAX_MTU))) {
        return Refusal{.error = EINVAL, .words = "mtu greater than device maximum"};
    }
    if (text_of(cells, link_cell(device, "kind")) != "vlan") {
        return std::nullopt;
    }
    for (const std::string& key : keys_below(cells, "link:")) {
        const bool is_lower = key.ends_with(":index") &&
                              text_of(cells, key) == text_of(cells, link_cell(device, "lower"));
        if (is_lower && wanted > number_of(cells, link_number_cell(link_of(key), IFLA_MTU))) {
            return Refusal{.error = ERANGE};
        }
    }
    return std::nullopt;
}

std::string ipv6_mtu_file(const std::string& device) {
    return "/proc/sys/net/ipv6/conf/" + device + "/mtu";
}

/// As the kernel's addrconf_sysctl_mtu has it.
std::optional<Refusal> ipv6_mtu_refused(const Cells& cells, const Write& write) {
    constexpr std::string_view folder = "/proc/sys/net/ipv6/conf/";
    constexpr long long least_of_ipv6 = 1280;
    const std::string rest = write.key.substr(folder.size());
    const long long wanted = std::stoll(write.text);
    const auto most = number_of(cells, link_number_cell(rest.substr(0, rest.find('/')), IFLA_MTU));
    return wanted < least_of_ipv6 || (most > 0 && wanted > most)
               ? std::optional(Refusal{.error = EINVAL})
               : std::nullopt;
}

void set_mtu(Edit& edit, const std::string& device, const std::string& mtu) {
    edit.set(link_number_cell(device, IFLA_MTU), mtu);
    edit.set("/sys/class/net/" + device + "/mtu", mtu);
    if (edit.cells().contains(ipv6_mtu_file(device))) {
        edit.set(ipv6_mtu_file(device), mtu);
    }
    for (const std::string& member : members_of(edit.cells(), device)) {
        set_mtu(edit, member, mtu);
    }
    for (const std::string& vlan : vlans_on(edit.cells(), device)) {
        if (number_of(edit.cells(), link_number_cell(vlan, IFLA_MTU)) > std::stoll(mtu)) {
            set_mtu(edit, vlan, mtu);
        }
    }
}

}  // namespace

void add_mtu_habits(FakeHost& host) {
    host.check(link_number_cell("*", IFLA_MTU), mtu_refused);
    host.check(ipv6_mtu_file("*"), ipv6_mtu_refused);
    host.on_write(link_number_cell("*", IFLA_MTU), [](Edit& edit, const Write& write) {
        set_mtu(edit, link_of(write.key), write.text);
    });
}

}  // namespace nanotune::test
