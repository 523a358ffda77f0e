// The walk over struct nlattr: {length, type} headers, each padded to four bytes.
#include "system/attributes.hpp"

namespace nanotune {

std::optional<std::uint64_t> Attribute::number() const noexcept {
    switch (payload_.size()) {
        case 1:
            return header_of<std::uint8_t>(payload_);
        case 2:
            return header_of<std::uint16_t>(payload_);
        case 4:
            return header_of<std::uint32_t>(payload_);
        case 8:
            return header_of<std::uint64_t>(payload_);
        default:
            return std::nullopt;
    }
}

std::string_view Attribute::text() const noexcept {
    const auto* const letters = reinterpret_cast<const char*>(payload_.data());
    return {letters, strnlen(letters, payload_.size())};
}

Result<Attributes> Attributes::of(Bytes bytes) {
    for (Bytes rest = bytes; !rest.empty();) {
        const std::optional<nlattr> header = header_of<nlattr>(rest);
        if (!header || header->nla_len < NLA_HDRLEN || header->nla_len > rest.size()) {
            return failure(ErrorCode::invalid, "an attribute of the reply is cut short");
        }
        rest = after_header(rest, header->nla_len);
    }
    return Attributes(bytes);
}

std::optional<Attribute> Attributes::find(std::uint16_t type) const {
    for (const Attribute attribute : *this) {
        if (attribute.type() == type) {
            return attribute;
        }
    }
    return std::nullopt;
}

std::uint64_t Attributes::number(std::uint16_t type, std::uint64_t otherwise) const {
    return number_in(find(type), otherwise);
}

Result<Attributes> Attributes::nested(std::uint16_t type) const {
    return in(find(type));
}

}  // namespace nanotune
