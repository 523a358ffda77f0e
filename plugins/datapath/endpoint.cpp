#include "endpoint.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <nanotune/numbers.hpp>

namespace nanotune::datapath {
namespace {

using Groups = std::array<unsigned, 8>;

std::optional<unsigned> number_of(std::string_view text, int base, unsigned most) {
    const auto number = whole_number<unsigned>(text, base);
    return number <= most ? number : std::nullopt;
}

std::optional<std::string> ipv4_text(std::string_view text) {
    std::string normal;
    bool is_zero = true;
    for (int part = 0; part < 4; ++part) {
        const std::size_t end = part == 3 ? text.size() : text.find('.');
        const auto number =
            end == std::string_view::npos ? std::nullopt : number_of(text.substr(0, end), 10, 255);
        if (!number) {
            return std::nullopt;
        }
        is_zero = is_zero && *number == 0;
        normal += fmt::format("{}{}", part == 0 ? "" : ".", *number);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return is_zero ? std::nullopt : std::optional(normal);
}

/// The groups between colons; nothing where one is none.
std::optional<std::vector<unsigned>> groups_of(std::string_view text) {
    std::vector<unsigned> groups;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(':'), text.size());
        const auto group = end > 4 ? std::nullopt : number_of(text.substr(0, end), 16, 0xFFFF);
        const bool ends_in_colon = end + 1 == text.size();
        if (!group || ends_in_colon) {
            return std::nullopt;
        }
        groups.push_back(*group);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return groups;
}

/// The longest run of zeros, of two at least, is left out; the first of equals.
std::string ipv6_text(const Groups& groups) {
    std::size_t best = groups.size();
    std::size_t longest = 1;
    for (std::size_t at = 0; at < groups.size(); ++at) {
        const auto* const end =
            std::find_if(groups.begin() + static_cast<std::ptrdiff_t>(at), groups.end(),
                         [](unsigned group) { return group != 0; });
        const auto length = static_cast<std::size_t>(end - groups.begin()) - at;
        if (length > longest) {
            best = at;
            longest = length;
        }
    }
    std::string text;
    for (std::size_t at = 0; at < groups.size(); ++at) {
        if (at == best) {
            text += "::";
            at += longest - 1;
        } else {
            text +=
                fmt::format("{}{:x}", text.empty() || text.ends_with(':') ? "" : ":", groups[at]);
        }
    }
    return text;
}

std::optional<std::string> ipv6_text(std::string_view text) {
    const std::size_t gap = text.find("::");
    const bool has_gap = gap != std::string_view::npos;
    const auto front = groups_of(text.substr(0, gap));
    const auto back = has_gap ? groups_of(text.substr(gap + 2)) : std::vector<unsigned>();
    if (!front || !back || (has_gap ? front->size() + back->size() > 7 : front->size() != 8)) {
        return std::nullopt;
    }
    Groups groups{};
    std::ranges::copy(*front, groups.begin());
    std::ranges::copy_backward(*back, groups.end());
    return groups == Groups{} ? std::nullopt : std::optional(ipv6_text(groups));
}

}  // namespace

Result<std::string> endpoint_text(std::string_view text) {
    const std::size_t colon = text.rfind(':');
    const auto port = colon == std::string_view::npos
                          ? std::nullopt
                          : number_of(text.substr(colon + 1), 10, 65535);
    if (!port || *port == 0) {
        return failure(ErrorCode::invalid, "a port from 1 to 65535 stands behind the last colon");
    }
    const std::string_view address = text.substr(0, colon);
    const bool is_ipv6 = address.starts_with('[') && address.ends_with(']');
    const auto normal =
        is_ipv6 ? ipv6_text(address.substr(1, address.size() - 2)) : ipv4_text(address);
    if (!normal) {
        return failure(ErrorCode::invalid, fmt::format("{} is no address of one host", address));
    }
    return is_ipv6 ? fmt::format("[{}]:{}", *normal, *port) : fmt::format("{}:{}", *normal, *port);
}

Result<std::string> address_text(std::string_view text) {
    if (text.empty()) {
        return std::string();
    }
    const auto normal = text.contains(':') ? ipv6_text(text) : ipv4_text(text);
    return normal ? Result<std::string>(*normal)
                  : failure(ErrorCode::invalid, fmt::format("{} is no address of one host", text));
}

Result<std::string> logic_text(std::string_view text) {
    constexpr std::string_view end = ".so";
    const bool is_file = text.starts_with('/') && text.ends_with(end) &&
                         text.size() > end.size() + 1 && text.find('\n') == std::string_view::npos;
    return is_file || text == "threshold" || text == "echo" || text == "discard"
               ? Result<std::string>(std::string(text))
               : failure(ErrorCode::invalid,
                         fmt::format("{} is none of threshold, echo, discard, and no path of a "
                                     "shared object such as /usr/local/lib/dip.so",
                                     text));
}

Result<std::string> receiver_text(std::string_view text) {
    return text == "sender" ? Result<std::string>(std::string(text)) : endpoint_text(text);
}

}  // namespace nanotune::datapath
