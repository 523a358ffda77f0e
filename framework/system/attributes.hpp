// Netlink attributes of a received message. Nothing that arrives is trusted: a span of them is
// checked once as a whole, and can then only be walked inside its bounds.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

#include <linux/netlink.h>

#include <nanotune/error.hpp>

namespace nanotune {

using Bytes = std::span<const std::byte>;

/// A header of the kernel's at the start of the bytes, wherever they are aligned.
template <typename Header>
[[nodiscard]] std::optional<Header> header_of(Bytes bytes) {
    static_assert(std::is_trivially_copyable_v<Header>);
    if (bytes.size() < sizeof(Header)) {
        return std::nullopt;
    }
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    return header;
}

/// What follows a header of `size` bytes and its padding; nothing where the bytes end before.
[[nodiscard]] inline Bytes after_header(Bytes bytes, std::size_t size) {
    return bytes.subspan(std::min<std::size_t>(NLMSG_ALIGN(size), bytes.size()));
}

/// One attribute. Refers to the message's bytes.
class Attribute {
  public:
    Attribute(std::uint16_t raw_type, Bytes payload) : raw_type_(raw_type), payload_(payload) {}

    /// The type without the flags in its upper bits.
    [[nodiscard]] std::uint16_t type() const noexcept {
        return static_cast<std::uint16_t>(raw_type_ & NLA_TYPE_MASK);
    }
    [[nodiscard]] bool is_nested() const noexcept { return (raw_type_ & NLA_F_NESTED) != 0; }
    [[nodiscard]] Bytes payload() const noexcept { return payload_; }
    /// The payload as a number in the host's order, when it is 1, 2, 4 or 8 bytes long.
    [[nodiscard]] std::optional<std::uint64_t> number() const noexcept;
    /// The payload up to its first NUL.
    [[nodiscard]] std::string_view text() const noexcept;

  private:
    std::uint16_t raw_type_;
    Bytes payload_;
};

/// An attribute that may be there, as a number; `otherwise` where it is not, or is none.
[[nodiscard]] inline std::uint64_t number_in(const std::optional<Attribute>& attribute,
                                             std::uint64_t otherwise) {
    return attribute ? attribute->number().value_or(otherwise) : otherwise;
}

/// A sequence of attributes that has been found whole.
class Attributes {
  public:
    class Iterator {
      public:
        using value_type = Attribute;
        using difference_type = std::ptrdiff_t;

        explicit Iterator(Bytes rest) : rest_(rest) {}
        Attribute operator*() const {
            const nlattr header = head();
            return {header.nla_type, rest_.first(header.nla_len).subspan(NLA_HDRLEN)};
        }
        Iterator& operator++() {
            rest_ = after_header(rest_, head().nla_len);
            return *this;
        }
        void operator++(int) { ++*this; }
        bool operator==(std::default_sentinel_t) const noexcept { return rest_.empty(); }

      private:
        /// `of` has seen that the rest begins with a whole attribute.
        [[nodiscard]] nlattr head() const {
            nlattr header;
            std::memcpy(&header, rest_.data(), sizeof header);
            return header;
        }
        Bytes rest_;
    };

    Attributes() = default;
    /// Errors: invalid where an attribute is shorter than its header or reaches beyond the end.
    static Result<Attributes> of(Bytes bytes);
    /// What is inside of an attribute; nothing where it is not there. Errors: as of.
    static Result<Attributes> in(const std::optional<Attribute>& attribute) {
        return attribute ? of(attribute->payload()) : Attributes();
    }

    [[nodiscard]] Iterator begin() const { return Iterator(bytes_); }
    [[nodiscard]] static std::default_sentinel_t end() { return {}; }
    /// The first of this type.
    [[nodiscard]] std::optional<Attribute> find(std::uint16_t type) const;
    /// The first of this type as a number; `otherwise` where there is none.
    [[nodiscard]] std::uint64_t number(std::uint16_t type, std::uint64_t otherwise) const;
    /// What is inside the first of this type; nothing where there is none. Errors: as of.
    [[nodiscard]] Result<Attributes> nested(std::uint16_t type) const;

  private:
    explicit Attributes(Bytes bytes) : bytes_(bytes) {}

    Bytes bytes_;
};

/// The first attribute of each type below `types`, all found in one walk.
template <std::size_t types>
class AttributesByType {
  public:
    explicit AttributesByType(const Attributes& attributes) {
        for (const Attribute attribute : attributes) {
            if (attribute.type() < types && !first_[attribute.type()]) {
                first_[attribute.type()] = attribute;
            }
        }
    }

    [[nodiscard]] const std::optional<Attribute>& find(std::uint16_t type) const {
        return first_[type];
    }
    [[nodiscard]] std::uint64_t number(std::uint16_t type, std::uint64_t otherwise) const {
        return number_in(first_[type], otherwise);
    }
    /// As Attributes::nested.
    [[nodiscard]] Result<Attributes> nested(std::uint16_t type) const {
        return Attributes::in(first_[type]);
    }

  private:
    std::array<std::optional<Attribute>, types> first_;
};

}  // namespace nanotune
