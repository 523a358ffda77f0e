// A text in a row of a table. Authors write literals; a packed table (packed.hpp) has its texts
// beside its rows, so that the loader has no address to fill in before anybody reads one of them.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>
#include <type_traits>
#include <utility>

namespace nanotune {

class RowText;
template <typename Text>
concept OtherText =
    !std::same_as<Text, RowText> && std::convertible_to<const Text&, std::string_view>;

/// A view that knows where its text is either by address or by how far from itself. A copy knows it
/// by address, and is valid for as long as what it was copied from: for literals and rows of
/// plugins, as long as the plugin.
class RowText {
  public:
    constexpr RowText() noexcept = default;
    template <OtherText Text>
    constexpr RowText(const Text& text) : RowText(Place(), text) {}
    constexpr RowText(const RowText& other) noexcept : RowText(Place(), other.view()) {}
    constexpr RowText(RowText&& other) noexcept : RowText(Place(), other.view()) {}
    constexpr RowText& operator=(const RowText& other) noexcept {
        const std::string_view text = other.view();
        address_ = text.data();
        size_ = static_cast<std::uint32_t>(text.size());
        is_beside_ = false;
        return *this;
    }
    constexpr RowText& operator=(RowText&& other) noexcept { return *this = std::as_const(other); }
    constexpr ~RowText() = default;

    /// Makes it the `size` characters that begin `distance` bytes behind this object itself.
    constexpr void lie_beside(std::size_t distance, std::size_t size) noexcept {
        distance_ = distance;
        size_ = static_cast<std::uint32_t>(size);
        is_beside_ = true;
    }

    [[nodiscard, gnu::always_inline]] constexpr std::string_view view() const noexcept {
        return {is_beside_ ? reinterpret_cast<const char*>(this) + distance_ : address_, size_};
    }
    [[gnu::always_inline]] constexpr operator std::string_view() const noexcept { return view(); }

    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool contains(std::string_view part) const noexcept {
        return view().contains(part);
    }
    [[nodiscard]] constexpr bool contains(char letter) const noexcept {
        return view().contains(letter);
    }
    [[nodiscard]] constexpr bool starts_with(std::string_view start) const noexcept {
        return view().starts_with(start);
    }
    [[nodiscard]] constexpr bool ends_with(std::string_view end) const noexcept {
        return view().ends_with(end);
    }
    [[nodiscard]] constexpr std::string_view substr(
        std::size_t at, std::size_t size = std::string_view::npos) const {
        return view().substr(at, size);
    }

    friend constexpr bool operator==(const RowText& left, const RowText& right) noexcept {
        return left.view() == right.view();
    }
    template <OtherText Text>
    friend constexpr bool operator==(const RowText& left, const Text& right) noexcept {
        return left.view() == std::string_view(right);
    }
    template <OtherText Text>
    friend constexpr auto operator<=>(const RowText& left, const Text& right) noexcept {
        return left.view() <=> std::string_view(right);
    }

    template <typename Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                                        const RowText& text) {
        return stream << text.view();
    }
    /// For fmt since version 10; before it takes what converts.
    friend constexpr std::string_view format_as(const RowText& text) noexcept {
        return text.view();
    }

  private:
    struct Place {};
    constexpr RowText(Place /*at*/, std::string_view text) noexcept
        : address_(text.data()), size_(static_cast<std::uint32_t>(text.size())) {}

    union {
        const char* address_ = nullptr;
        std::size_t distance_;
    };
    std::uint32_t size_ = 0;
    bool is_beside_ = false;
};

}  // namespace nanotune

/// So that rows are found by their texts: std::ranges::find(rows, name, &Tunable::name).
template <>
struct std::common_type<nanotune::RowText, std::string_view> {
    using type = std::string_view;
};
template <>
struct std::common_type<std::string_view, nanotune::RowText> {
    using type = std::string_view;
};
