// nanotune boot: the whole kernel command line that a profile asks for. Never writes it anywhere.
#include <fmt/core.h>

#include "../boot_text.hpp"
#include "../context.hpp"
#include "../json.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
    {.name = "format",
     .value = "FORMAT",
     .help = "grub (for /etc/default/grub), bls (for a boot loader entry) or json"},
};

/// The profile that was named, or the one that is applied.
Result<ProfileRequest> profile_of(const Context& context, Service& service) {
    if (!context.arguments().operands().empty()) {
        return context.profile(context.arguments().operand(0));
    }
    const HostStatus status = service.status();
    if (status.profile.empty()) {
        return failure(ErrorCode::invalid, "no profile is applied here, and none is named");
    }
    NT_TRY(ProfileRequest request, context.profile(status.profile));
    // The last assignment counts.
    request.overrides.insert(request.overrides.begin(), status.overrides.begin(),
                             status.overrides.end());
    return request;
}

Ended run(Context& context) {
    const std::string format = context.arguments().text("format");
    const auto form = boot_form_of(format);
    if (!format.empty() && !form) {
        return std::unexpected(Failure(
            Error{.code = ErrorCode::invalid,
                  .message = fmt::format("--format {}: expected grub, bls or json", format)}));
    }
    NT_TRY(const auto service, context.service());
    NT_TRY(const ProfileRequest profile, profile_of(context, *service));
    NT_TRY(const std::string line, service->command_line(profile));
    if (context.look().json || form == BootForm::json) {
        context.screen().raw(json_of_boot(line, boot_words(line)));
    } else {
        context.screen().raw(boot_text(line, form.value_or(BootForm::plain)) + "\n");
    }
    return 0;
}

}  // namespace

constinit const Command boot_command = {
    .name = "boot",
    .help = "print the whole kernel command line that a profile asks for",
    .operands = {.usage = "[PROFILE]", .least = 0, .most = 1},
    .options = options,
    .details =
        "Without PROFILE the applied one, with the --set that it was applied with. Nothing is "
        "written: put the line where your boot loader takes it from, then reboot. What contradicts "
        "the profile is replaced.",
    .run = run};

}  // namespace nanotune::cli
