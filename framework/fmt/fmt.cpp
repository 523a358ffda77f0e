// The compiled part of fmt. Debian has it as a shared library alone, which brings the shared C++
// library with it: both together take longer to load than most commands take to run.
//
// Without std::locale, which nothing here formats by, and which is half a megabyte.
#define FMT_STATIC_THOUSANDS_SEPARATOR ','
#define FMT_HEADER_ONLY 1
#include <cstdint>
#include <string>

#include <fmt/format.h>

// What others call is inline or a template here, and is compiled because it is named.
namespace {
[[gnu::used]] std::string (*const vformat)(fmt::string_view, fmt::format_args) = &fmt::vformat;
[[gnu::used]] void (*const throw_format_error)(const char*) = &fmt::detail::throw_format_error;
[[gnu::used]] bool (*const is_printable)(std::uint32_t) = &fmt::detail::is_printable;
#if FMT_VERSION >= 100000
[[gnu::used]] bool (*const write_loc)(fmt::appender, fmt::loc_value, const fmt::format_specs<>&,
                                      fmt::detail::locale_ref) = &fmt::detail::write_loc;
#endif
}  // namespace

template auto fmt::detail::thousands_sep_impl<char>(locale_ref) -> thousands_sep_result<char>;
template char fmt::detail::decimal_point_impl<char>(locale_ref);
template auto fmt::detail::dragonbox::to_decimal<float>(float) noexcept -> decimal_fp<float>;
template auto fmt::detail::dragonbox::to_decimal<double>(double) noexcept -> decimal_fp<double>;
