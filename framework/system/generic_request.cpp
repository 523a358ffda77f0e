// Requests are written by libmnl, within a buffer of fixed size.
#include "system/generic_request.hpp"

#include <string>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>

namespace nanotune {

GenericRequest::GenericRequest(std::uint16_t family, std::uint8_t command, std::uint16_t flags)
    : header_(mnl_nlmsg_put_header(buffer_.get())) {
    header_->nlmsg_type = family;
    header_->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto* const generic =
        static_cast<genlmsghdr*>(mnl_nlmsg_put_extra_header(header_, sizeof(genlmsghdr)));
    generic->cmd = command;
    generic->version = 1;
}

void GenericRequest::put(std::uint16_t type, Bytes payload) {
    is_whole_ =
        is_whole_ && mnl_attr_put_check(header_, room, type, payload.size(), payload.data());
}

void GenericRequest::put_number(std::uint16_t type, std::uint64_t number, std::uint8_t width) {
    const auto put_as = [&](auto narrow) {
        put(type, std::as_bytes(std::span(&narrow, std::size_t{1})));
    };
    switch (width) {
        case 1:
            put_as(static_cast<std::uint8_t>(number));
            break;
        case 2:
            put_as(static_cast<std::uint16_t>(number));
            break;
        case 4:
            put_as(static_cast<std::uint32_t>(number));
            break;
        case 8:
            put_as(number);
            break;
        default:
            is_whole_ = false;
    }
}

void GenericRequest::put_text(std::uint16_t type, std::string_view text) {
    const std::string terminated(text);
    put(type, std::as_bytes(std::span(terminated.c_str(), terminated.size() + 1)));
}

nlattr* GenericRequest::open_nest(std::uint16_t type) {
    nlattr* const start = is_whole_ ? mnl_attr_nest_start_check(header_, room, type) : nullptr;
    is_whole_ = start != nullptr;
    return start;
}

void GenericRequest::close_nest(nlattr* start) {
    if (start != nullptr) {
        mnl_attr_nest_end(header_, start);
    }
}

}  // namespace nanotune
