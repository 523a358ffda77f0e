// What the kernel's routes and neighbours say of one device, at one moment.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <nanotune/error.hpp>

#include "datapath/processor/next_hop.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::datapath {

using Address = std::array<std::uint8_t, 16>;  ///< as on the wire, of IPv4 the first four bytes

struct RouteFact {
    Address destination{};
    unsigned length = 0;  ///< of the prefix, in bits
    Address gateway{};
    bool has_gateway = false;
    bool is_elsewhere = false;  ///< through another device, or several, or nowhere
    friend bool operator==(const RouteFact&, const RouteFact&) = default;
};

struct NeighbourFact {
    Address address{};
    LinkAddress link{};
    friend auto operator<=>(const NeighbourFact&, const NeighbourFact&) = default;
};

/// Sorted: routes by length, the longest first, neighbours by address.
struct RouteFacts {
    std::vector<RouteFact> routes;
    std::vector<NeighbourFact> neighbours;
    friend bool operator==(const RouteFacts&, const RouteFacts&) = default;
};

/// Asks for one IP version's routes of the main table that are for packets of any kind of service,
/// those that lead nowhere (blackhole, unreachable, prohibit, throw) among them, and for the
/// device's neighbours whose link address is known. Errors: as netlink's.
[[nodiscard]] Result<RouteFacts> route_facts(unsigned device, bool is_ipv6);

/// A socket that becomes readable when any of it changes. Errors: as the system's.
[[nodiscard]] Result<Descriptor> route_changes(bool is_ipv6);

}  // namespace nanotune::datapath
