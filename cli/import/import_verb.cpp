#include "import_verb.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
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

Result<Import> imported(const Context& context) {
    const std::string kind = context.arguments().operand(0);
    const std::string name = context.arguments().operand(1);
    const std::string& folder = context.surroundings().working_folder;
    if (kind == "tuned") {
        return tuned_import(name.contains('/') ? absolute_path(name, folder) : name,
                            reader_below(context.arguments().text("root")));
    }
    if (kind != "sysctl" && kind != "link") {
        const std::vector<std::string> known = {"tuned", "sysctl", "link"};
        return failure(ErrorCode::invalid,
                       fmt::format("nanotune import knows tuned, sysctl and link, not \"{}\"{}",
                                   kind, did_you_mean(kind, known)));
    }
    NT_TRY(const std::string text, read_text_file(absolute_path(name, folder), longest_file));
    return kind == "sysctl" ? sysctl_import(name, text) : link_import(name, text, label_of(name));
}

void tell(const Screen& screen, const Import& import, const std::string& file) {
    if (file.empty()) {
        screen.raw(import.text());
    } else {
        screen.line(fmt::format("{} holds {} as a profile.", file, import.from()));
    }
    for (const LeftOut& one : import.left()) {
        screen.error(fmt::format("left out: {}: {}", harmless(one.origin), harmless(one.why)));
    }
    screen.error(fmt::format("{} carried over, {} left out, {} not for this host.",
                             counted(import.carried_options(), "setting"), import.left().size(),
                             import.passed_over().size()));
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
        tell(context.screen(), import, file);
    }
    return 0;
}

}  // namespace

constinit const Command import_command = {
    .name = "import",
    .help = "turn a TuneD profile, a sysctl.d file or a .link file into a profile",
    .operands = {.usage = "tuned NAME|PATH | sysctl FILE | link FILE", .least = 2, .most = 2},
    .options = import_options,
    .details =
        "The profile has the place that each line comes from as a comment, and passes nanotune "
        "profile check. What could not be carried over is a comment at its end, and told on "
        "standard error, with the reason. A TuneD profile is named as tuned-adm names it, or by "
        "its path; what it includes, its variables and its functions are worked out on this host. "
        "No program of a profile is run. Nothing on the host is changed.",
    .run = run};

}  // namespace nanotune::cli
