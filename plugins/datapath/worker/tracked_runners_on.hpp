// Runners that follow TCP connections of others, whatever their segments come from.
#pragma once

#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <net/if.h>
#include <sys/random.h>

#include "backends.hpp"
#include "datapath/ports/order_way.hpp"
#include "datapath/ports/socket_address.hpp"
#include "datapath/ports/tracked_port.hpp"
#include "runner_on.hpp"

namespace nanotune::datapath {

inline Result<TrackerOptions> tracker_options(const WorkerOptions& options) {
    TrackerOptions tracker{.connections = options.connections,
                           .idle_after = options.idle_timeout,
                           .when_full = options.when_full,
                           .is_ipv6 = options.listen.is_ipv6};
    if (::getrandom(tracker.secret.data(), sizeof tracker.secret, 0) !=
        static_cast<ssize_t>(sizeof tracker.secret)) {
        return kernel_failure("ask for random numbers", errno);
    }
    return tracker;
}

/// One for each worker: of a connection, it stands by now.
template <std::size_t header>
Result<std::vector<OrderWay<header>>> order_ways(const WorkerOptions& options, std::size_t count) {
    std::vector<OrderWay<header>> ways;
    const unsigned device = ::if_nametoindex(options.device.c_str());
    const bool stays_on_link =
        options.listen.is_ipv6 &&
        (is_of_one_link(options.listen.address.data()) ||
         (options.respond && is_of_one_link(options.respond->address.data())));
    if (options.responds_by_tcp && options.respond) {
        for (std::size_t at = 0; at < count; ++at) {
            NT_TRY(OrderConnection connection,
                   OrderConnection::open({.address = options.respond->address,
                                          .is_ipv6 = options.respond->is_ipv6,
                                          .port = options.respond->port,
                                          .device = device},
                                         header));
            ways.emplace_back(std::move(connection));
        }
        return ways;
    }
    NT_TRY(std::vector<UdpPort<header>> ports,
           UdpPort<header>::open({.address = options.listen.address,
                                  .is_ipv6 = options.listen.is_ipv6,
                                  .port = options.listen.port,
                                  .device = stays_on_link ? options.device : "",
                                  .receive_buffer = 0,
                                  .only_sends = true},
                                 count));
    for (UdpPort<header>& port : ports) {
        ways.emplace_back(std::move(port));
    }
    return ways;
}

/// One for each source of segments; `how` is what to say of them.
template <typename Family, typename Segments>
Result<Runners> runners_following(const WorkerOptions& options, const nt_listen& listen,
                                  std::vector<Segments> segments, std::string_view how,
                                  Shared& shared) {
    constexpr std::size_t header = Family::headers_size;
    NT_TRY(const TrackerOptions tracker, tracker_options(options));
    NT_TRY(std::vector<OrderWay<header>> orders, order_ways<header>(options, segments.size()));
    std::vector<TrackedPort<header, Segments>> ports;
    for (std::size_t at = 0; at < segments.size(); ++at) {
        ports.emplace_back(std::move(segments[at]), std::move(orders[at]), listen, tracker);
    }
    note(shared, fmt::format("{}, following TCP connections of others", how));
    return runners_on<Family>(
        options, processor_options(options), std::move(ports),
        [] { return Result<KernelsNextHop>(KernelsNextHop()); }, shared);
}

}  // namespace nanotune::datapath
