#include "testimony.hpp"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <nanotune/words.hpp>

namespace nanotune {

namespace {

constexpr std::string_view white_space = " \t\r\n";

bool is_blank(char c) {
    return white_space.contains(c);
}

/// Where the label ends, if it stands there as a word of its own.
std::optional<std::size_t> end_of(std::string_view label, std::string_view text) {
    for (std::size_t at = text.find(label); at != std::string_view::npos;
         at = text.find(label, at + 1)) {
        const std::size_t end = at + label.size();
        const bool begins = at == 0 || is_blank(text[at - 1]);
        const bool ends =
            label.ends_with(':') || end == text.size() || is_blank(text[end]) || text[end] == ':';
        if (begins && ends) {
            return end;
        }
    }
    return std::nullopt;
}

std::unexpected<Error> nothing_behind(const Inquiry& inquiry, std::string_view what) {
    return failure(ErrorCode::not_found,
                   fmt::format("{} prints nothing behind \"{}\"", inquiry.command.front(), what));
}

std::string on_one_line(std::string_view text) {
    return fmt::format("{}", fmt::join(split_words(text), " "));
}

/// Programs have words of their own for a switch.
std::optional<bool> switch_in(std::string_view said) {
    for (const std::string_view on : {"on", "enabled", "yes", "true"}) {
        if (said == on) {
            return true;
        }
    }
    for (const std::string_view off : {"off", "disabled", "no", "false"}) {
        if (said == off) {
            return false;
        }
    }
    return std::nullopt;
}

}  // namespace

Result<std::string> testimony(const Inquiry& inquiry, std::string_view printed) {
    if (!inquiry.heading.empty()) {
        const std::size_t at = printed.find(inquiry.heading);
        if (at == std::string_view::npos) {
            return nothing_behind(inquiry, inquiry.heading);
        }
        printed.remove_prefix(at + inquiry.heading.size());
    }
    if (!inquiry.label.empty()) {
        const auto end = end_of(inquiry.label, printed);
        if (!end) {
            return nothing_behind(inquiry, inquiry.label);
        }
        printed.remove_prefix(*end);
        printed.remove_prefix(std::min(printed.find_first_not_of(": \t\r\n"), printed.size()));
    }
    if (!inquiry.until.empty()) {
        printed = printed.substr(0, printed.find(inquiry.until));
    } else if (!inquiry.label.empty()) {
        printed = printed.substr(0, printed.find_first_of(white_space));
    }
    if (!inquiry.label.empty() && (printed.empty() || printed == "n/a")) {
        return nothing_behind(inquiry, inquiry.label);
    }
    return on_one_line(printed);
}

bool agrees(const Inquiry& inquiry, const Domain& domain, const std::string& said,
            const Value& value) {
    const auto spelled =
        inquiry.spelled == nullptr ? Result<std::string>(said) : inquiry.spelled(said);
    if (!spelled) {
        return false;
    }
    if (const auto read = from_kernel(domain, *spelled); read && *read == value) {
        return true;
    }
    const auto written = parsed(domain, {.content = *spelled, .origin = {}});
    if (written && *written == value) {
        return true;
    }
    const auto switched = switch_in(*spelled);
    return domain.kind == Domain::Kind::flag && switched && Value(*switched) == value;
}

std::string command_line_of(const Inquiry& inquiry) {
    return fmt::format("{}", fmt::join(inquiry.command, " "));
}

}  // namespace nanotune
