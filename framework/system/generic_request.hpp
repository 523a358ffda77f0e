// A generic netlink request under construction.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <linux/netlink.h>

#include "system/answer.hpp"
#include "system/attributes.hpp"

namespace nanotune {

class GenericRequest {
  public:
    /// `flags` are added to NLM_F_REQUEST: NLM_F_ACK, NLM_F_DUMP or `answered_at_once`.
    GenericRequest(std::uint16_t family, std::uint8_t command, std::uint16_t flags = NLM_F_ACK);
    ~GenericRequest() = default;
    GenericRequest(const GenericRequest&) = delete;
    GenericRequest(GenericRequest&&) = delete;
    GenericRequest& operator=(const GenericRequest&) = delete;
    GenericRequest& operator=(GenericRequest&&) = delete;

    void put(std::uint16_t type, Bytes payload);
    /// `width` is 1, 2, 4 or 8 bytes, in the host's order.
    void put_number(std::uint16_t type, std::uint64_t number, std::uint8_t width);
    /// With a terminating NUL.
    void put_text(std::uint16_t type, std::string_view text);
    void put_flag(std::uint16_t type) { put(type, {}); }
    /// Everything that `fill` puts goes inside an attribute of this type.
    template <std::invocable Fill>
    void nest(std::uint16_t type, Fill&& fill) {
        nlattr* const start = open_nest(type);
        fill();
        close_nest(start);
    }

    /// Whether everything that was put had room.
    [[nodiscard]] bool is_whole() const noexcept { return is_whole_; }
    [[nodiscard]] nlmsghdr& header() noexcept { return *header_; }

  private:
    nlattr* open_nest(std::uint16_t type);
    void close_nest(nlattr* start);

    static constexpr std::size_t room = 16'384;
    // Not on the stack, where each depth of calls would touch other pages.
    std::unique_ptr<std::byte[]> buffer_ = std::make_unique_for_overwrite<std::byte[]>(room);
    nlmsghdr* header_;
    bool is_whole_ = true;
};

}  // namespace nanotune
