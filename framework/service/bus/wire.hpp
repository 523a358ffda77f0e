// Reports, rows and problems as they travel on the bus, and back.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "model/requests.hpp"
#include "service/bus/bus.hpp"

namespace nanotune::bus {

using Facts = std::map<std::string, sdbus::Variant>;
/// Code, text, errno.
using WireProblem = sdbus::Struct<std::string, std::string, std::int32_t>;
/// Reason, by whom, since when, until when.
using WireFrozen = sdbus::Struct<std::string, std::string, std::string, std::string>;
/// NAME and VALUE.
using WirePair = sdbus::Struct<std::string, std::string>;
/// A path that is asked for, a label, a memfd.
using WireFile = sdbus::Struct<std::string, std::string, sdbus::UnixFd>;
/// What is being done, how much is done, and of how much.
using WireProgress = sdbus::Struct<std::string, std::uint64_t, std::uint64_t>;
/// In the order that the contract tells.
using WireRow = sdbus::Struct<std::string, sdbus::Struct<std::string, std::string>, std::string,
                              std::string, std::string, std::string, std::string,
                              sdbus::Struct<std::string, std::uint32_t, std::uint32_t>, std::string,
                              bool, std::string>;

/// Of each list that a reply carries; at least one of its items.
inline constexpr std::size_t rows_at_once = 500;
inline constexpr std::size_t bytes_at_once = std::size_t{128} << 10U;

/// To be taken apart by a structured binding.
template <typename... T>
[[nodiscard]] const std::tuple<T...>& fields(const sdbus::Struct<T...>& wire) {
    return wire;
}

[[nodiscard]] std::vector<WirePair> wire_of(const std::vector<Override>& overrides);
[[nodiscard]] std::vector<Override> overrides_of(const std::vector<WirePair>& wire);
[[nodiscard]] WireRow wire_of(const Row& row);
[[nodiscard]] Row row_of(const WireRow& wire);

/// A page: those from `first` on, as many as a reply carries. A problem or a note that is longer
/// than all of that is cut; a row is sent whole, alone.
[[nodiscard]] std::vector<WireRow> page_of(const std::vector<Row>& rows, std::uint64_t first);
[[nodiscard]] std::vector<WireProblem> page_of(const Problems& problems, std::uint64_t first);
[[nodiscard]] std::vector<std::string> page_of(const std::vector<std::string>& notes,
                                               std::uint64_t first);

/// Devices of a plan, a text each.
[[nodiscard]] std::vector<std::string> page_of(const std::vector<DeviceIdentity>& devices,
                                               std::uint64_t first);

/// Everything but the rows; of problems, notes and devices the first page.
[[nodiscard]] Facts facts_of(const Report& report);
[[nodiscard]] Facts facts_of(const HostStatus& status);
/// What facts tell. Throws sdbus::Error where one has another type than the contract says; what is
/// not there is as it is by default.
[[nodiscard]] Report report_of(const Facts& facts);
[[nodiscard]] HostStatus status_of(const Facts& facts);

}  // namespace nanotune::bus

namespace sdbus {

/// As the library's own, which read an array to its end however long a client made it, and make
/// a descriptor of each file that it names: up to a limit, over which they throw Error
/// (exhausted). To be declared before what reads.
Message& operator>>(Message& message, std::vector<nanotune::bus::WireFile>& files);
Message& operator>>(Message& message, std::vector<nanotune::bus::WirePair>& pairs);
Message& operator>>(Message& message, nanotune::bus::Facts& facts);

}  // namespace sdbus
