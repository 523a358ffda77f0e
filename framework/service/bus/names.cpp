// Errors by their names on the bus, and text as the bus takes it.
#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/core.h>

#include "service/bus/bus.hpp"
#include "service/bus/words.hpp"

namespace nanotune::bus {

namespace {

constexpr std::string_view prefix = "org.nanotune1.Error.";

/// How many bytes the sign that `text` begins with has; 0 for what is no UTF-8.
std::size_t sign_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : lead >= 0xe0 && lead < 0xf0 ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (lead == 0 || length == 0 || length > text.size()) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U) {
            return 0;
        }
    }
    const auto second = static_cast<unsigned char>(length > 1 ? text[1] : '\0');
    const bool is_overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool is_no_sign = (lead == 0xed && second > 0x9f) || (lead == 0xf4 && second > 0x8f);
    return is_overlong || is_no_sign ? 0 : length;
}

/// What the bus itself says, in our codes.
ErrorCode code_of_others(std::string_view name) {
    constexpr std::array<std::pair<std::string_view, ErrorCode>, 9> codes = {
        {{"org.freedesktop.DBus.Error.AccessDenied", ErrorCode::denied},
         {"org.freedesktop.DBus.Error.ServiceUnknown", ErrorCode::not_found},
         {"org.freedesktop.DBus.Error.NameHasNoOwner", ErrorCode::not_found},
         {"org.freedesktop.DBus.Error.FileNotFound", ErrorCode::not_found},
         {"org.freedesktop.DBus.Error.UnknownObject", ErrorCode::not_found},
         {"org.freedesktop.DBus.Error.LimitsExceeded", ErrorCode::exhausted},
         {"org.freedesktop.DBus.Error.NoReply", ErrorCode::timed_out},
         {"org.freedesktop.DBus.Error.Timeout", ErrorCode::timed_out},
         {"org.freedesktop.DBus.Error.InvalidArgs", ErrorCode::invalid}}};
    for (const auto& [other, code] : codes) {
        if (name == other) {
            return code;
        }
    }
    return ErrorCode::io;
}

}  // namespace

std::string error_name_of(ErrorCode code) {
    std::string name(prefix);
    bool begins_word = true;
    for (const char c : name_of(code)) {
        if (c == '_') {
            begins_word = true;
            continue;
        }
        name += begins_word ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
        begins_word = false;
    }
    return name;
}

sdbus::ObjectPath object_path(std::string_view kind, std::string_view name) {
    std::string path = fmt::format("{}/{}/", manager_path, kind);
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        path += std::isalnum(byte) != 0 && byte < 0x80 ? std::string(1, c)
                                                       : fmt::format("_{:02x}", byte);
    }
    return sdbus::ObjectPath(name.empty() ? path + "_" : path);
}

sdbus::Error fault_of(const Error& error) {
    return {ErrorName(error_name_of(error.code)), bus_text(error.message)};
}

Error error_of(const sdbus::Error& fault) {
    for (const ErrorCode code : all_of<ErrorCode>()) {
        if (fault.getName() == error_name_of(code)) {
            return {.code = code, .message = fault.getMessage()};
        }
    }
    return {.code = code_of_others(fault.getName()),
            .message = fmt::format("the bus: {} ({})", fault.getMessage(), fault.getName())};
}

bool is_unanswered(const sdbus::Error& fault) {
    const std::string& name = fault.getName();
    const ErrorCode code = code_of_others(name);
    return !name.starts_with(prefix) && (code == ErrorCode::timed_out || code == ErrorCode::io);
}

std::string bus_text(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = sign_length(text);
        result += length == 0 ? std::string_view("?") : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

std::string_view page_of(std::string_view text, std::uint64_t first, std::size_t most) {
    const auto is_within = [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U; };
    std::size_t begin = static_cast<std::size_t>(std::min<std::uint64_t>(first, text.size()));
    while (begin < text.size() && is_within(text[begin])) {
        ++begin;
    }
    std::size_t end = std::min(text.size(), begin + most);
    while (end > begin && end < text.size() && is_within(text[end])) {
        --end;
    }
    return text.substr(begin, end - begin);
}

}  // namespace nanotune::bus
