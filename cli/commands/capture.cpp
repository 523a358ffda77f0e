// nanotune capture: this host's settings as a profile.
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

constexpr OwnText a_capture = {
    .option = "--out",
    .what = "a capture",
    .limit = std::size_t{16} << 20U,
    .is_own = [](std::string_view text) { return text.contains(captured_summary); }};

Ended run(Context& context) {
    const std::string file = context.arguments().text("out");
    if (context.arguments().has("out")) {
        NT_CHECK(may_be_written(file, a_capture));
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
