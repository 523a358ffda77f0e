#include "service/time_text.hpp"

#include <charconv>
#include <chrono>

#include <fmt/core.h>

namespace nanotune {

namespace {

/// Takes a number of exactly so many digits off the text's beginning.
bool take_number(std::string_view& text, std::size_t digits, int& number) {
    if (text.size() < digits) {
        return false;
    }
    const char* end = text.data() + digits;
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest != end || number < 0) {
        return false;
    }
    text.remove_prefix(digits);
    return true;
}

bool take_one_of(std::string_view& text, std::string_view signs) {
    if (text.empty() || !signs.contains(text.front())) {
        return false;
    }
    text.remove_prefix(1);
    return true;
}

/// Seconds that "Z" or "+01:00" is ahead of UTC.
std::optional<int> offset_of(std::string_view text) {
    if (text == "Z" || text == "z") {
        return 0;
    }
    const int sign = text.starts_with('-') ? -1 : 1;
    int hours = 0;
    int minutes = 0;
    if (!take_one_of(text, "+-") || !take_number(text, 2, hours) || !take_one_of(text, ":") ||
        !take_number(text, 2, minutes) || !text.empty() || hours > 23 || minutes > 59) {
        return std::nullopt;
    }
    return sign * (hours * 3600 + minutes * 60);
}

/// When the year begins.
constexpr std::int64_t seconds_of(std::chrono::year year) {
    return std::chrono::sys_seconds(std::chrono::sys_days(year / 1 / 1)).time_since_epoch().count();
}

}  // namespace

std::string time_text(std::int64_t seconds) {
    // Not by gmtime, which reads the time zone's file first.
    constexpr std::int64_t beyond = seconds_of(std::chrono::year::max());
    if (seconds < seconds_of(std::chrono::year::min()) || seconds >= beyond) {
        return "";
    }
    const std::chrono::sys_seconds moment{std::chrono::seconds(seconds)};
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss time(moment - day);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       time.hours().count(), time.minutes().count(), time.seconds().count());
}

std::optional<std::int64_t> time_of(std::string_view text) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    if (!take_number(text, 4, year) || !take_one_of(text, "-") || !take_number(text, 2, month) ||
        !take_one_of(text, "-") || !take_number(text, 2, day) || !take_one_of(text, "Tt ") ||
        !take_number(text, 2, hour) || !take_one_of(text, ":") || !take_number(text, 2, minute) ||
        !take_one_of(text, ":") || !take_number(text, 2, second)) {
        return std::nullopt;
    }
    const std::chrono::year_month_day date(std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    const auto offset = offset_of(text);
    if (!date.ok() || hour > 23 || minute > 59 || second > 60 || !offset) {
        return std::nullopt;
    }
    const auto since = std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) +
                       std::chrono::minutes(minute) + std::chrono::seconds(second);
    return since.count() - *offset;
}

std::int64_t seconds_since_epoch() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace nanotune
