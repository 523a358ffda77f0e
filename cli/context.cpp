#include "context.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "interruption.hpp"
#include "plan_file.hpp"
#include "report_text.hpp"
#include "words.hpp"

namespace nanotune::cli {

namespace {

/// Adds those of a list with commas that are not among `all` yet.
void add_words(std::string& all, std::string_view words) {
    while (!words.empty()) {
        const std::string_view word = words.substr(0, words.find(','));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        if (!word.empty() && !("," + all + ",").contains(fmt::format(",{},", word))) {
            all += fmt::format("{}{}", all.empty() ? "" : ",", word);
        }
    }
}

}  // namespace

Result<std::unique_ptr<Service>> Context::service() const {
    std::chrono::milliseconds patience{0};
    if (arguments_.has("wait")) {
        NT_TRY(patience, duration_of("--wait", arguments_.text("wait")));
    }
    return service(patience);
}

Result<std::unique_ptr<Service>> Context::service(std::chrono::milliseconds patience) const {
    NT_TRY(const auto limit, timeout());
    NT_TRY(const Reach whom, reach());
    std::string command("nanotune ");
    command += verb_;
    return source_({.state_folder = state_folder(),
                    .plugin_folder = plugin_folder(),
                    .profile_folders = surroundings_.places.profiles,
                    .session_address = surroundings_.session_address,
                    .command = std::move(command),
                    .patience = patience,
                    .timeout = limit,
                    .working_folder = surroundings_.working_folder,
                    .cancelled = Interruption::flag(),
                    .reach = whom,
                    .bus_client = surroundings_.places.bus_client,
                    .worker = surroundings_.places.worker,
                    .daemon = surroundings_.places.daemon,
                    .told = [this](std::string_view text) { screen_.detail(text); }});
}

Result<Reach> Context::reach() const {
    const bool wants_bus = arguments_.has("bus");
    // It runs other programs for minutes, and the daemon runs none and waits for nobody.
    const bool tries = verb_ == "certify" || verb_ == "prove";
    // What it looks at is here alone, and must be seen as it is, daemon or not.
    const bool looks = verb_ == "doctor" || verb_ == "schema";
    if (wants_bus && tries) {
        return failure(ErrorCode::invalid,
                       fmt::format("--bus does not go with {}: it runs other programs, which the "
                                   "daemon does not",
                                   verb_));
    }
    if (wants_bus && looks) {
        return failure(
            ErrorCode::invalid,
            fmt::format("--bus does not go with {}: it looks at this host itself", verb_));
    }
    if (verb_ == "monitor" && arguments_.has("direct")) {
        return failure(
            ErrorCode::invalid,
            "--direct does not go with monitor: nobody but the daemon tells what happens");
    }
    if (wants_bus && (arguments_.has("direct") || arguments_.has("plugin-dir"))) {
        return failure(ErrorCode::invalid,
                       fmt::format("--bus does not go with --{}: the daemon works with its own "
                                   "plugins, in its own process",
                                   arguments_.has("direct") ? "direct" : "plugin-dir"));
    }
    // The guard is there for when nobody else is.
    const bool is_own = tries || looks || arguments_.has("direct") ||
                        arguments_.has("plugin-dir") || verb_ == "guard" || verb_ == "start";
    return wants_bus ? Reach::daemon : is_own ? Reach::direct : Reach::any;
}

std::string Context::state_folder() const {
    return absolute_path(arguments_.text("state-dir", "/run/nanotune"),
                         surroundings_.working_folder);
}

std::string Context::plugin_folder() const {
    return absolute_path(arguments_.text("plugin-dir", surroundings_.places.plugins),
                         surroundings_.working_folder);
}

std::string Context::command(std::string_view words) const {
    std::string line = fmt::format("{} {}", surroundings_.called, words);
    if (arguments_.has("state-dir")) {
        line += " --state-dir " + shell_word(state_folder());
    }
    if (arguments_.has("plugin-dir")) {
        line += " --plugin-dir " + shell_word(plugin_folder());
    }
    return line;
}

std::string Context::again_allowing(std::string_view words) const {
    std::string line = fmt::format("{} {}", surroundings_.called, verb_);
    for (const std::string& operand : arguments_.operands()) {
        line += " " + shell_word(operand);
    }
    std::string allowed;
    for (const auto& [option, values] : arguments_.options()) {
        for (const std::string& value : values) {
            if (option == "allow") {
                add_words(allowed, value);
            } else {
                line += fmt::format(" --{}{}{}", option, value.empty() ? "" : " ",
                                    value.empty() ? "" : shell_word(value));
            }
        }
    }
    add_words(allowed, words);
    return allowed.empty() ? line : fmt::format("{} --allow {}", line, allowed);
}

Result<Consent> Context::consent() const {
    if (!arguments_.has("allow")) {
        return Consent();
    }
    std::string words;
    for (const std::string& each : arguments_.texts("allow")) {
        words += (words.empty() ? "" : ",") + each;
    }
    return Consent::from_words(words);
}

Result<std::chrono::milliseconds> Context::timeout() const {
    constexpr std::chrono::hours longest{24 * 30};
    return duration_within("--timeout", arguments_.text("timeout", "60s"),
                           std::chrono::milliseconds(1), longest);
}

Result<ProfileRequest> Context::profile(std::string_view name) const {
    NT_CHECK(is_no_plan(std::string(name), verb_));
    return request_of(name);
}

Result<ProfileRequest> Context::request_of(std::string_view name) const {
    // Absolute, as it is remembered beyond this process.
    ProfileRequest request{.name = is_path(name) ? absolute_path(name, surroundings_.working_folder)
                                                 : std::string(name),
                           .overrides = {}};
    for (const std::string& assignment : arguments_.texts("set")) {
        NT_TRY(Override override, override_of(assignment));
        request.overrides.push_back(std::move(override));
    }
    return request;
}

}  // namespace nanotune::cli
