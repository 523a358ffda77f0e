#include "words.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <fmt/core.h>

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
