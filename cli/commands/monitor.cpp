// nanotune monitor: drift, progress and state, as they happen. Never writes.
#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/core.h>

#include "../context.hpp"
#include "../interruption.hpp"
#include "../json.hpp"
#include "../text.hpp"
#include "commands.hpp"
#include "service/time_text.hpp"

namespace nanotune::cli {

namespace {

std::string fact(const Event& event, std::string_view name) {
    const auto found = std::ranges::find(event, name, &Event::value_type::first);
    return found == event.end() ? std::string() : found->second;
}

/// "nic.mtu on eth1: 1400 -> 1300, by ip (process 12, user 0)"
std::string drift_text(const Event& event) {
    const std::string from = fact(event, "From");
    const std::string to = fact(event, "To");
    std::string text = fmt::format("{} on {}", fact(event, "Setting"), fact(event, "Target"));
    if (!from.empty() || !to.empty()) {
        text += fmt::format(": {} -> {}", from, to);
    }
    return fmt::format("{}, by {}", text, fact(event, "By"));
}

/// "settings drifted" of SettingsDrifted.
std::string words_of(std::string_view name) {
    std::string words;
    for (const char letter : name) {
        if (letter >= 'A' && letter <= 'Z') {
            words += words.empty() ? "" : " ";
            words += static_cast<char>(letter - 'A' + 'a');
        } else {
            words += letter;
        }
    }
    return words;
}

/// "14 (apply): " of a job, "eth1: " of what else has a name.
std::string whose(const Event& event) {
    for (const std::string_view kind : {"Job", "Device", "Datapath"}) {
        if (const std::string name = fact(event, kind); !name.empty()) {
            const std::string verb = fact(event, "Verb");
            return fmt::format("{}{}: ", name, verb.empty() ? "" : fmt::format(" ({})", verb));
        }
    }
    return {};
}

std::string text_of(const Event& event) {
    if (!fact(event, "Setting").empty()) {
        return drift_text(event);
    }
    if (const std::string doing = fact(event, "Progress"); !doing.empty()) {
        return fmt::format("{}{} of {}: {}", whose(event), fact(event, "Done"),
                           fact(event, "Total"), doing);
    }
    std::string text = fact(event, "State");
    for (const auto& [name, value] : event) {
        constexpr std::array<std::string_view, 6> said = {"what", "State",  "Job",
                                                          "Verb", "Device", "Datapath"};
        if (std::ranges::find(said, name) == said.end()) {
            text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", words_of(name),
                                value.empty() ? "none" : value);
        }
    }
    return whose(event) + text;
}

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    const Interruption interruption;
    const Screen& screen = context.screen();
    NT_CHECK(service->monitor(
        [&](const Event& event) {
            const std::string at = time_text(seconds_since_epoch());
            if (screen.look().json) {
                screen.raw(json_of_event(at, event));
            } else {
                screen.line(
                    harmless(fmt::format("{}  {:<9} {}", at, fact(event, "what"), text_of(event))));
            }
            return context.surroundings().lost_output().empty();
        },
        *Interruption::flag()));
    return 0;
}

}  // namespace

constinit const Command monitor_command = {
    .name = "monitor",
    .help = "drift, progress and state as they happen, until Ctrl-C",
    .details = "Asks the daemon, which watches what is applied. With --json one object a line.",
    .run = run};

}  // namespace nanotune::cli
