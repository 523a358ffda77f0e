// rtnetlink and netdev netlink over cells.
#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <linux/if_link.h>

#include <nanotune/words.hpp>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

std::vector<std::string> words_in(const std::string& text) {
    const auto words = split_words(text);
    return {words.begin(), words.end()};
}

/// `where` is "link:" for devices of the namespace, "elsewhere:" for those of others.
Link link_in(const Cells& cells, const std::string& device, const std::string& where = "link:") {
    const auto cell = [&](std::string_view field) {
        return where + device + ":" + std::string(field);
    };
    const auto number = [&](std::string_view field) {
        return static_cast<unsigned>(number_of(cells, cell(field)));
    };
    Link link;
    link.index = number("index");
    link.name = device;
    link.altnames = words_in(text_of(cells, cell("altnames")));
    link.kind = text_of(cells, cell("kind"));
    link.mac = text_of(cells, cell("mac"));
    link.is_mac_burnt_in = number("burnt_in") != 0;
    link.master = number("master");
    link.lower = number("lower");
    link.is_up = number("up") != 0;
    link.is_loopback = number("loopback") != 0;
    link.has_carrier = number("carrier") != 0;
    const auto serves = cells.find(cell("serves"));
    link.serves_master = link.has_carrier && (serves == cells.end() || serves->second != "0");
    for (const auto mode :
         {XdpProgram::Mode::generic, XdpProgram::Mode::native, XdpProgram::Mode::offloaded}) {
        if (const auto id = number("xdp:" + std::string(name_of(mode))); id != 0) {
            link.xdp.push_back({.mode = mode, .id = id});
        }
    }
    const std::string prefix = cell("number:");
    for (const std::string& key : keys_below(cells, prefix)) {
        const auto attribute = std::strtoul(key.c_str() + prefix.size(), nullptr, 10);
        link.numbers.push_back({.attribute = static_cast<std::uint16_t>(attribute),
                                .value = static_cast<std::uint32_t>(number_of(cells, key))});
    }
    std::ranges::sort(link.numbers, {}, &LinkNumber::attribute);
    return link;
}

Result<std::vector<Link>> links_in(const Cells& cells, const std::string& where) {
    constexpr std::string_view last = ":index";
    std::vector<Link> links;
    for (const std::string& key : keys_below(cells, where)) {
        if (key.ends_with(last)) {
            const std::size_t size = key.size() - where.size() - last.size();
            links.push_back(link_in(cells, key.substr(where.size(), size), where));
        }
    }
    std::ranges::sort(links, {}, &Link::index);
    return links;
}

/// A carrier that is away comes back after that many looks; never, where none are said.
std::vector<Write> nearer(const Cells& cells, const std::string& device) {
    const std::string away = link_cell(device, "away");
    const auto looks = number_of(cells, away);
    std::vector<Write> writes;
    if (looks > 0) {
        writes.push_back({away, std::to_string(looks - 1)});
    }
    if (looks == 1) {
        writes.push_back({link_cell(device, "carrier"), "1"});
    }
    return writes;
}

std::string attribute_name(unsigned attribute) {
    switch (attribute) {
        case IFLA_MTU:
            return "IFLA_MTU";
        case IFLA_TXQLEN:
            return "IFLA_TXQLEN";
        default:
            return "IFLA " + std::to_string(attribute);
    }
}

}  // namespace

Result<std::vector<Link>> FakeLinks::list() {
    return kernel_->look([](const FakeHost& host) -> Result<std::vector<Link>> {
        if (host.cells.contains("links:busy")) {  // they change too often to be listed
            return kernel_failure("RTM_GETLINK", EBUSY);
        }
        return links_in(host.cells, "link:");
    });
}

Result<std::vector<Link>> FakeLinks::elsewhere() {
    return kernel_->look([](const FakeHost& host) -> Result<std::vector<Link>> {
        if (!host.capabilities.contains(Capability::sys_admin)) {
            return kernel_failure("setns", EPERM);
        }
        return links_in(host.cells, "elsewhere:");
    });
}

Result<Link> FakeLinks::link(const std::string& device) {
    kernel_->happen([&](const Cells& cells) { return nearer(cells, device); });
    return kernel_->look([&](const FakeHost& host) -> Result<Link> {
        if (!host.cells.contains(link_cell(device, "index"))) {
            return kernel_failure("RTM_GETLINK " + device, ENODEV);
        }
        return link_in(host.cells, device);
    });
}

Result<std::string> FakeLinks::name(unsigned index) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        NT_TRY(const std::vector<Link> links, links_in(host.cells, "link:"));
        const auto found = std::ranges::find(links, index, &Link::index);
        return found != links.end() ? Result<std::string>(found->name)
                                    : kernel_failure("SIOCGIFNAME", ENODEV);
    });
}

Status FakeLinks::set(const std::string& device, std::uint16_t attribute, std::uint32_t number) {
    const std::string operation =
        "RTM_NEWLINK " + attribute_name(attribute) + " " + std::to_string(number) + " on " + device;
    const std::string key = link_number_cell(device, attribute);
    const Status allowed = kernel_->look([&](const FakeHost& host) -> Status {
        if (!host.cells.contains(link_cell(device, "index"))) {
            return kernel_failure(operation, ENODEV);
        }
        if (!host.capabilities.contains(Capability::net_admin)) {
            return kernel_failure(operation, EPERM);
        }
        return host.cells.contains(key) ? Status() : kernel_failure(operation, EOPNOTSUPP);
    });
    NT_CHECK(allowed);
    return kernel_->write(operation, {{key, std::to_string(number)}});
}

Result<Qdisc> FakeLinks::qdisc(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<Qdisc> {
        const auto words = words_in(host.text(qdisc_cell(device)));
        if (words.size() != 2) {
            return kernel_failure("RTM_GETQDISC " + device, ENODEV);
        }
        return Qdisc{.kind = words[0], .handle = static_cast<std::uint32_t>(std::stoul(words[1]))};
    });
}

Status FakeLinks::put_qdisc(const std::string& device, const Qdisc& qdisc) {
    const std::string operation = "RTM_NEWQDISC " + qdisc.kind;
    NT_CHECK(may_change(device, operation));
    return kernel_->write(operation,
                          {{qdisc_cell(device), qdisc.kind + " " + std::to_string(qdisc.handle)}});
}

Status FakeLinks::remove_qdisc(const std::string& device) {
    const std::string operation = "RTM_DELQDISC";
    NT_CHECK(may_change(device, operation));
    NT_TRY(const Qdisc now, qdisc(device));
    if (now.handle == 0) {
        return kernel_failure(operation, EINVAL, "Cannot delete qdisc with handle of zero.");
    }
    return kernel_->write(operation, {{qdisc_cell(device), kernel_->look([&](const FakeHost& host) {
                                           return host.text(qdisc_cell(device) + ":default") + " 0";
                                       })}});
}

Result<NapiTimes> FakeLinks::napi_times(unsigned napi) {
    return kernel_->look([&](const FakeHost& host) -> Result<NapiTimes> {
        if (!host.cells.contains(napi_cell(napi, "defer_hard_irqs"))) {
            return failure(ErrorCode::unsupported, "NAPI_GET: this kernel keeps no times");
        }
        const auto number = [&](std::string_view field) {
            return static_cast<std::uint64_t>(number_of(host.cells, napi_cell(napi, field)));
        };
        return NapiTimes{.defer_hard_irqs = number("defer_hard_irqs"),
                         .gro_flush_timeout = number("gro_flush_timeout"),
                         .irq_suspend_timeout = number("irq_suspend_timeout")};
    });
}

Status FakeLinks::set_napi_times(unsigned napi, const NapiTimes& times) {
    const std::string operation = "NAPI_SET";
    NT_CHECK(napi_times(napi));
    if (!kernel_->look([](const FakeHost& host) {
            return host.capabilities.contains(Capability::net_admin);
        })) {
        return kernel_failure(operation, EPERM);
    }
    std::vector<Write> writes;
    const auto put = [&](std::string_view field, const std::optional<std::uint64_t>& number) {
        if (number) {
            writes.push_back({napi_cell(napi, field), std::to_string(*number)});
        }
    };
    put("defer_hard_irqs", times.defer_hard_irqs);
    put("gro_flush_timeout", times.gro_flush_timeout);
    put("irq_suspend_timeout", times.irq_suspend_timeout);
    return kernel_->write(operation, std::move(writes));
}

Result<std::vector<XdpSocket>> FakeLinks::xdp_sockets() {
    return kernel_->look([](const FakeHost& host) -> Result<std::vector<XdpSocket>> {
        if (host.cells.contains("xdp_sockets:unlisted")) {
            return failure(ErrorCode::unsupported, "SOCK_DIAG: this kernel does not list them");
        }
        std::vector<XdpSocket> sockets;
        const std::string prefix = "xdp_socket:";
        for (const std::string& key : keys_below(host.cells, prefix)) {
            const std::size_t end = key.find(':', prefix.size());
            const std::string device = key.substr(prefix.size(), end - prefix.size());
            sockets.push_back(
                {.device = static_cast<unsigned>(number_of(host.cells, link_cell(device, "index"))),
                 .queue = static_cast<unsigned>(std::stoul(key.substr(end + 1))),
                 .inode = static_cast<std::uint64_t>(number_of(host.cells, key))});
        }
        return sockets;
    });
}

Result<std::uint64_t> FakeLinks::xdp_features(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::uint64_t> {
        const std::string cell = link_cell(device, "xdp_features");
        return host.cells.contains(cell)
                   ? Result<std::uint64_t>(static_cast<std::uint64_t>(number_of(host.cells, cell)))
                   : failure(ErrorCode::unsupported, "DEV_GET: this kernel does not say");
    });
}

Status FakeLinks::may_change(const std::string& device, const std::string& operation) const {
    return kernel_->look([&](const FakeHost& host) -> Status {
        if (!host.cells.contains(link_cell(device, "index"))) {
            return kernel_failure(operation, ENODEV);
        }
        return host.capabilities.contains(Capability::net_admin) ? Status()
                                                                 : kernel_failure(operation, EPERM);
    });
}

Result<std::vector<std::string>> FakeLinks::default_route_devices() {
    return kernel_->look([](const FakeHost& host) -> Result<std::vector<std::string>> {
        return words_in(host.text("route:default"));
    });
}

Result<std::string> FakeLinks::device_of_address(const std::string& address) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        const std::string device = host.text("address:" + address);
        return device.empty() ? failure(ErrorCode::not_found, "no device has " + address)
                              : Result<std::string>(device);
    });
}

Result<std::vector<QueueInterrupt>> FakeLinks::queue_interrupts(const std::string& device) {
    return kernel_->look([&](const FakeHost& host) -> Result<std::vector<QueueInterrupt>> {
        std::vector<QueueInterrupt> queues;
        const std::string prefix = "queue:" + device + ":";
        for (const std::string& key : keys_below(host.cells, prefix)) {
            const std::string name = key.substr(prefix.size());
            const std::vector<std::string> numbers = words_in(host.text(key));
            queues.push_back({.is_receive = name.starts_with("rx"),
                              .queue = static_cast<unsigned>(std::stoul(name.substr(3))),
                              .napi = static_cast<unsigned>(std::stoul(numbers.at(0))),
                              .irq = static_cast<unsigned>(std::stoul(numbers.at(1)))});
        }
        if (queues.empty()) {
            return kernel_failure("QUEUE_GET " + device, EOPNOTSUPP);
        }
        return queues;
    });
}

}  // namespace nanotune::test
