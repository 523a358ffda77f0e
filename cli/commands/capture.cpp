// nanotune capture: this host's settings as a profile.
#include <filesystem>

#include <fmt/core.h>

#include "../context.hpp"
#include "../json.hpp"
#include "../text_file.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "out", .value = "FILE", .help = "write the profile to FILE instead of printing it"},
};

constexpr std::size_t size_limit = std::size_t{16} << 20U;

/// A capture replaces a capture, and nothing that somebody wrote. Errors: invalid.
Status may_be_written(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        return {};
    }
    NT_TRY(const std::string there, read_text_file(file, size_limit));
    if (there.empty() || there.contains(captured_summary)) {
        return {};
    }
    return failure(
        ErrorCode::invalid,
        fmt::format("--out {}: it holds something else than a capture, and is left", file));
}

Ended run(Context& context) {
    const std::string file = context.arguments().text("out");
    if (context.arguments().has("out") && file.empty()) {
        return std::unexpected(Failure({ErrorCode::invalid, "--out: expected a file"}));
    }
    if (!file.empty()) {
        NT_CHECK(may_be_written(file));
    }
    NT_TRY(const auto service, context.service());
    NT_TRY(const std::string profile, service->capture());
    if (!file.empty()) {
        NT_CHECK(write_text_file(file, profile));
    }
    if (context.look().json) {
        context.screen().raw(json_of("capture", "profile_text", profile));
    } else if (file.empty()) {
        context.screen().raw(profile);
    } else {
        context.screen().line(fmt::format("{} holds this host as a profile.", file));
    }
    return 0;
}

}  // namespace

constinit const Command capture_command = {
    .name = "capture",
    .help = "print this host's settings as a profile",
    .options = options,
    .details =
        "Every setting that the plugins declare and this host has. Applied to the same host "
        "the profile changes nothing.",
    .run = run};

}  // namespace nanotune::cli
