// An address with a port, as an author writes it and as it is compared.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::datapath {

/// "192.0.2.1:8080" or "[2001:db8::1]:8080" in its one spelling: no leading zeros, IPv6 as RFC 5952
/// has it. Errors: invalid; also for port 0 and for the address that is none.
[[nodiscard]] Result<std::string> endpoint_text(std::string_view text);

/// The same, or "sender".
[[nodiscard]] Result<std::string> receiver_text(std::string_view text);

/// An address without a port, in its one spelling; "" for none. Errors: invalid.
[[nodiscard]] Result<std::string> address_text(std::string_view text);

/// threshold, echo, discard, or the absolute path of a shared object. Errors: invalid.
[[nodiscard]] Result<std::string> logic_text(std::string_view text);

}  // namespace nanotune::datapath
