// D-Bus for everybody here: sdbus-c++ stays behind this header and what is generated from the
// contract.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

#include "service/bus/sdbus.hpp"

namespace nanotune::bus {

inline constexpr const char* service_name = "org.nanotune1";
inline constexpr const char* manager_path = "/org/nanotune1";
inline constexpr const char* manager_interface = "org.nanotune1.Manager";
inline constexpr const char* job_interface = "org.nanotune1.Job";
inline constexpr const char* plugin_interface = "org.nanotune1.Plugin";
inline constexpr const char* device_interface = "org.nanotune1.Device";
inline constexpr const char* datapath_interface = "org.nanotune1.Datapath";

/// "/org/nanotune1/device/eth0_2e100": what is no letter or digit of the name is written as "_" and
/// two hexadecimal digits.
[[nodiscard]] sdbus::ObjectPath object_path(std::string_view kind, std::string_view name);

/// "org.nanotune1.Error.NotFound".
[[nodiscard]] std::string error_name_of(ErrorCode code);

/// What a client is told.
[[nodiscard]] sdbus::Error fault_of(const Error& error);
/// What a client was told: its own code and text, or, where the bus or somebody else said it, what
/// that means.
[[nodiscard]] Error error_of(const sdbus::Error& fault);

/// Whether nobody has answered the call, which may be carried out all the same.
[[nodiscard]] bool is_unanswered(const sdbus::Error& fault);

/// As a D-Bus string has to be: UTF-8 without a zero. Other bytes become "?".
[[nodiscard]] std::string bus_text(std::string_view text);

/// So much of what `bus_text` gave, from a byte on, that no sign of it is cut in two; "" at its
/// end.
[[nodiscard]] std::string_view page_of(std::string_view text, std::uint64_t first,
                                       std::size_t most);

}  // namespace nanotune::bus
