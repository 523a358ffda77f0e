#include "words.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "service/time_text.hpp"

namespace nanotune::cli {

Result<std::chrono::milliseconds> duration_of(std::string_view option, std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 7> units = {
        {{"", 1000},
         {"ms", 1},
         {"s", 1000},
         {"m", 60'000},
         {"min", 60'000},
         {"h", 3'600'000},
         {"d", 86'400'000}}};
    constexpr std::int64_t longest = 30LL * 86'400'000;
    std::int64_t number = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc() && number >= 0 && number <= longest) {
        const std::string_view unit = text.substr(static_cast<std::size_t>(rest - text.data()));
        for (const auto& [name, milliseconds] : units) {
            if (unit == name && number <= longest / milliseconds) {
                return std::chrono::milliseconds(number * milliseconds);
            }
        }
    }
    return failure(
        ErrorCode::invalid,
        fmt::format("{} {}: expected a duration such as 60s, 500ms, 2m or 1h", option, text));
}

Result<std::chrono::milliseconds> duration_within(std::string_view option, std::string_view text,
                                                  std::chrono::milliseconds least,
                                                  std::chrono::milliseconds most) {
    NT_TRY(const auto time, duration_of(option, text));
    if (time < least || time > most) {
        return failure(ErrorCode::invalid, fmt::format("{} {}: expected {} ms to {} s", option,
                                                       text, least.count(), most.count() / 1000));
    }
    return time;
}

std::unexpected<Error> out_of_bounds(std::string_view option, std::string_view text,
                                     std::string_view least, std::string_view most) {
    return failure(ErrorCode::invalid, fmt::format("{} {}: expected a number from {} to {}", option,
                                                   text, least, most));
}

namespace {

/// "16:30" as the next such time of this place's clocks.
std::optional<std::int64_t> next_time_of_day(std::string_view text) {
    constexpr std::time_t day = 86'400;
    const std::time_t now = std::time(nullptr);
    std::tm there{};
    if (text.size() != 5 || ::localtime_r(&now, &there) == nullptr) {
        return std::nullopt;
    }
    const auto [colon, no_hour] = std::from_chars(text.data(), text.data() + 2, there.tm_hour);
    const auto [end, no_minute] = std::from_chars(text.data() + 3, text.data() + 5, there.tm_min);
    if (no_hour != std::errc() || no_minute != std::errc() || colon != text.data() + 2 ||
        end != text.data() + 5 || text[2] != ':' || there.tm_hour < 0 || there.tm_hour > 23 ||
        there.tm_min < 0 || there.tm_min > 59) {
        return std::nullopt;
    }
    there.tm_sec = 0;
    there.tm_isdst = -1;
    std::tm tomorrow = there;
    const std::time_t today = std::mktime(&there);
    tomorrow.tm_mday += 1;
    return today > now ? today : std::max(std::mktime(&tomorrow), today + day / 2);
}

}  // namespace

Result<std::int64_t> moment_of(std::string_view option, std::string_view text) {
    if (const auto moment = time_of(text)) {
        return *moment;
    }
    if (const auto moment = next_time_of_day(text)) {
        return *moment;
    }
    // A number alone may be meant for an hour.
    const bool is_number = whole_number<std::uint64_t>(text).has_value();
    if (const auto duration = duration_of(option, text); duration && !is_number) {
        return seconds_since_epoch() + std::chrono::ceil<std::chrono::seconds>(*duration).count();
    }
    return failure(ErrorCode::invalid,
                   fmt::format("{} {}: expected a duration (2h), a time of day (16:30) or a date "
                               "with its time (2026-11-28T16:30:00Z)",
                               option, text));
}

Result<Override> override_of(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
        return failure(ErrorCode::invalid,
                       fmt::format("--set {}: expected NAME=VALUE, such as mtu=9000", text));
    }
    return Override{.name = std::string(text.substr(0, equals)),
                    .value = std::string(text.substr(equals + 1))};
}

std::string absolute_path(std::string_view path, std::string_view folder) {
    if (path.starts_with('/') || folder.empty()) {
        return std::string(path);
    }
    while (path.starts_with("./")) {
        path.remove_prefix(2);
    }
    return fmt::format("{}/{}", folder, path);
}

bool is_path(std::string_view profile) {
    return profile.contains('/') || profile.ends_with(".toml");
}

std::string spoken(std::chrono::seconds duration) {
    const auto total = duration.count();
    std::string result;
    for (const auto& [unit, size] :
         {std::pair{"h", 3600L}, std::pair{"m", 60L}, std::pair{"s", 1L}}) {
        const long count = static_cast<long>(total) / size % (size == 3600 ? 1'000'000 : 60);
        if (count > 0) {
            result += fmt::format("{}{}{}", result.empty() ? "" : " ", count, unit);
        }
    }
    return result.empty() ? "0s" : result;
}

}  // namespace nanotune::cli
