#include "import_verb.hpp"

#include <algorithm>
#include <ranges>
#include <span>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
#include "../hint.hpp"
#include "../nearest_file.hpp"
#include "../text.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "checked_text.hpp"
#include "import_json.hpp"
#include "systemd_import.hpp"
#include "tuned_import.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t longest_file = std::size_t{1} << 20U;

constexpr Option import_options[] = {
    {.name = "out", .value = "FILE", .help = "write the profile to FILE instead of printing it"},
    {.name = "root",
     .value = "FOLDER",
     .help = "look for TuneD's profiles below FOLDER, such as an unpacked package"},
};

constexpr OwnText an_import = {
    .option = "--out",
    .what = "an imported profile",
    .limit = longest_file,
    .is_own = [](std::string_view text) { return text.starts_with(imported_head.mark); }};

/// What is TuneD's is below `root`; the kernel's files are this host's.
HostReader reader_below(const std::string& root) {
    return [root](const std::string& path) -> std::optional<std::string> {
        const bool is_kernel = path.starts_with("/sys/") || path.starts_with("/proc/");
        const bool is_tuned = path.starts_with("/etc/") || path.starts_with("/usr/");
        auto text = read_text_file(is_tuned && !is_kernel ? root + path : path, longest_file);
        return text ? std::optional<std::string>(*std::move(text)) : std::nullopt;
    };
}

/// "99-low-latency" of a path to 99-low-latency.link.
std::string label_of(const std::string& file) {
    std::string label = file.substr(file.rfind('/') + 1);
    label.resize(std::min(label.rfind('.'), label.size()));
    std::ranges::replace_if(
        label, [](unsigned char letter) { return std::isalnum(letter) == 0 && letter != '-'; },
        '-');
    return label.empty() ? "link" : label;
}

/// The names of TuneD's profiles on the command line, also where a word holds several of them, as
/// /etc/tuned/active_profile does. None: the active ones.
Result<std::vector<std::string>> tuned_names(const Context& context, const HostReader& read) {
    const auto& operands = context.arguments().operands();
    std::vector<std::string> names;
    for (const std::string& operand : std::span(operands).subspan(1)) {
        if (operand.contains('/')) {
            names.push_back(absolute_path(operand, context.surroundings().working_folder));
            continue;
        }
        for (const auto word : std::views::split(operand, ' ')) {
            if (!word.empty()) {
                names.emplace_back(word.begin(), word.end());
            }
        }
    }
    return names.empty() ? active_tuned_profiles(read) : names;
}

Result<Import> imported(const Context& context) {
    const auto& operands = context.arguments().operands();
    const std::string kind = context.arguments().operand(0);
    if (kind == "tuned") {
        const std::string root = context.arguments().text("root");
        const HostReader read = reader_below(root);
        NT_TRY(const auto names, tuned_names(context, read));
        return tuned_import(names, read, tuned_profile_names_below(root));
    }
    if (kind != "sysctl" && kind != "link") {
        const std::vector<std::string> known = {"tuned", "sysctl", "link"};
        return failure(ErrorCode::invalid,
                       fmt::format("nanotune import knows tuned, sysctl and link, not \"{}\"{}",
                                   kind, did_you_mean(kind, known)));
    }
    if (context.arguments().has("root")) {
        return failure(ErrorCode::invalid,
                       fmt::format("--root goes with nanotune import tuned, not with {}", kind));
    }
    if (operands.size() != 2) {
        return failure(ErrorCode::invalid, fmt::format("nanotune import {} takes one FILE", kind));
    }
    const std::string& name = operands[1];
    const std::string path = absolute_path(name, context.surroundings().working_folder);
    const auto text = read_text_file(path, longest_file);
    if (!text) {
        return std::unexpected(with_nearest_file(text.error(), path));
    }
    return kind == "sysctl" ? sysctl_import(name, *text) : link_import(name, *text, label_of(name));
}

/// What was left out stands in the profile, too: nobody is to read it twice on one terminal.
bool is_seen_in_profile(const Context& context, const std::string& file) {
    const Surroundings& around = context.surroundings();
    return file.empty() && around.out_is_terminal && around.error_is_terminal;
}

void tell(const Context& context, const Import& import, const std::string& file) {
    const Screen& screen = context.screen();
    if (file.empty()) {
        screen.raw(import.text());
    } else {
        screen.line(fmt::format("{} holds {} as a profile.", file, import.from()));
    }
    if (!is_seen_in_profile(context, file)) {
        for (const LeftOut& one : import.left()) {
            screen.error(fmt::format("left out: {}: {}", harmless(one.origin), harmless(one.why)));
        }
    }
    screen.error(fmt::format("{} carried over, {} left out, {} not for this host.",
                             counted(import.carried_options(), "setting"), import.left().size(),
                             import.passed_over().size()));
    if (!file.empty() && !import.carried().empty()) {
        print_hint(screen, "See what it changes with", command_to_plan(context, file));
    }
}

Ended run(Context& context) {
    const std::string file = context.arguments().text("out");
    if (context.arguments().has("out")) {
        NT_CHECK(may_be_written(file, an_import));
    }
    NT_TRY(Import draft, imported(context));
    NT_TRY(const auto service, context.service());
    NT_TRY(const Import import, checked_by(*service, std::move(draft)));
    if (!file.empty()) {
        NT_CHECK(write_text_file(file, import.text()));
    }
    if (context.look().json) {
        context.screen().raw(json_of(import));
    } else {
        tell(context, import, file);
    }
    return 0;
}

}  // namespace

constinit const Command import_command = {
    .name = "import",
    .help = "turn a TuneD profile, a sysctl.d file or a .link file into a profile",
    .operands = {.usage = "tuned [TUNED-PROFILE|PATH]... | sysctl FILE | link FILE",
                 .least = 1,
                 .most = 32},
    .options = import_options,
    .details =
        "The profile has the place that each line comes from as a comment, and passes nanotune "
        "profile check. What could not be carried over is a comment at its end, and told on "
        "standard error, with the reason. TuneD profiles are named as tuned-adm names them, or by "
        "their paths, and merged in order; without a name they are those that TuneD works by now. "
        "What they include, their variables and functions are worked out on this host. No program "
        "of a profile is run. Nothing on the host is changed.",
    .run = run};

}  // namespace nanotune::cli
