#include "combination.hpp"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

namespace nanotune::datapath {

namespace {

std::unexpected<Error> misfit(std::string message) {
    return failure(ErrorCode::invalid, std::move(message));
}

bool is_ipv6(std::string_view endpoint) {
    return endpoint.starts_with('[');
}

/// Whether it is of IPv6, and its first byte is these two digits.
bool begins_with(std::string_view endpoint, std::string_view byte) {
    constexpr auto small = [](char digit) { return static_cast<char>(digit | 0x20); };
    return is_ipv6(endpoint) && endpoint.find(':') == 5 &&
           std::ranges::equal(endpoint.substr(1, 2), byte, {}, small);
}

/// An address of many.
bool is_group(std::string_view endpoint) {
    if (is_ipv6(endpoint)) {
        return begins_with(endpoint, "ff");
    }
    const unsigned first = leading_number<unsigned>(endpoint).value_or(0);
    return first >= 224 && first < 240;
}

/// fe80::/10
bool is_of_a_link(std::string_view endpoint) {
    constexpr std::string_view third = "89abAB";
    return begins_with(endpoint, "fe") && third.contains(endpoint[3]);
}

bool is_past_the_kernel(std::string_view backend) {
    return backend == "packet" || backend == "af_xdp" || backend == "xdp";
}

/// Connections of others.
bool is_followed(const Combination& wanted) {
    return wanted.protocol == "tcp" && (wanted.backend == "packet" || wanted.backend == "xdp");
}

Status check_tcp(const Combination& wanted) {
    const bool has_receiver = wanted.respond != "sender";
    if (wanted.backend == "af_xdp") {
        return misfit(
            "protocol tcp: backend af_xdp would take the segments away from whoever has the "
            "connections, and stall them");
    }
    if (wanted.backend == "udp") {
        return misfit(
            "protocol tcp: the backend is tcp (or auto), with sessions of its own, or packet or "
            "xdp, which follow connections of others");
    }
    if (!is_followed(wanted)) {
        return has_receiver ? misfit("respond: with backend tcp each session gets its own orders")
                            : Status();
    }
    return has_receiver || wanted.logic == "discard"
               ? Status()
               : misfit(fmt::format(
                     "protocol tcp with backend {}: nothing is put into connections of others, and "
                     "orders need a receiver (respond), which gets them by UDP or on a connection "
                     "of its own (respond_by)",
                     wanted.backend));
}

Status check_group(const Combination& wanted) {
    if (!is_group(wanted.listen)) {
        return {};
    }
    if (wanted.protocol == "tcp" || wanted.interface.empty() || wanted.respond == "sender") {
        return misfit(fmt::format(
            "{}: a multicast group is joined for UDP, on an interface, and orders need a receiver "
            "(respond)",
            wanted.listen));
    }
    if (!wanted.source.empty() && (wanted.backend == "xdp" || wanted.backend == "af_xdp")) {
        return misfit(
            fmt::format("source {}: backend packet and udp listen to one source alone, not {}",
                        wanted.source, wanted.backend));
    }
    return {};
}

}  // namespace

Status goes_together(const Combination& wanted) {
    if (wanted.listen.empty()) {
        return misfit("a datapath needs an address to listen to: listen = \"192.0.2.1:8080\"");
    }
    if (wanted.respond != "sender" && is_ipv6(wanted.respond) != is_ipv6(wanted.listen)) {
        return misfit(fmt::format("respond {} and listen {} are of two IP versions", wanted.respond,
                                  wanted.listen));
    }
    if (wanted.protocol != "tcp" && wanted.respond == wanted.listen) {
        return misfit(fmt::format(
            "respond {}: it is what is listened to, and orders would come back as market data",
            wanted.respond));
    }
    if (wanted.protocol == "tcp") {
        NT_CHECK(check_tcp(wanted));
    } else if (wanted.backend == "tcp") {
        return misfit("backend tcp: the protocol is udp");
    }
    NT_CHECK(check_group(wanted));
    for (const auto& endpoint : {wanted.listen, wanted.respond}) {
        if (wanted.interface.empty() && is_of_a_link(endpoint)) {
            return misfit(fmt::format(
                "{}: an address of one link, and no interface is given that says which", endpoint));
        }
    }
    if (wanted.backend == "xdp" && wanted.protocol != "tcp" && wanted.logic.starts_with('/')) {
        return misfit("a strategy (logic) is a program's, and backend xdp answers in the kernel");
    }
    if (wanted.interface.empty() && is_past_the_kernel(wanted.backend)) {
        return misfit(
            fmt::format("backend {} is on an interface, and none is given", wanted.backend));
    }
    return {};
}

Status has_effect(const Combination& wanted) {
    if (!wanted.source.empty() && !is_group(wanted.listen)) {
        return misfit(fmt::format("source {}: it is of a multicast group, and none is listened to",
                                  wanted.source));
    }
    if (wanted.respond_by == "tcp" && (!is_followed(wanted) || wanted.respond == "sender")) {
        return misfit(
            "respond_by tcp: it is for connections of others that are followed (protocol tcp with "
            "backend packet or xdp), and orders for a receiver (respond)");
    }
    return {};
}

Status leaves_house(const CpuSet& taken, const CpuSet& online, const CpuSet& isolated) {
    const CpuSet keeping = (online - isolated).empty() ? online : online - isolated;
    if ((keeping - taken).size() > (taken.empty() ? 1 : 0)) {
        return {};
    }
    return failure(
        ErrorCode::conflict,
        fmt::format(
            "priority: real-time class: {} would take all of {} that keep house, and nothing else "
            "would run",
            taken.empty() ? "a worker without cpus" : "workers on CPUs " + taken.list(),
            keeping.list()));
}

}  // namespace nanotune::datapath
