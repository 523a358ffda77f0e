#include "../doctor_verb.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "../context.hpp"
#include "../datapath/datapath_text.hpp"
#include "../import/checked_text.hpp"
#include "../interruption.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "bundle.hpp"
#include "diagnosis.hpp"
#include "facts_source.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

using doctor::Finding;
using doctor::Findings;

constexpr std::size_t largest_bundle = std::size_t{16} << 20U;
constexpr std::size_t largest_profile = std::size_t{1} << 20U;

constexpr Option options[] = {
    {.name = "window", .value = "TIME", .help = "look for so long (default 1s)"},
    {.name = "peer", .value = "ADDRESS", .help = "probe the MTU of the path to this IP address"},
    {.name = "fix-profile", .value = "FILE", .help = "write a profile with the lines that mend it"},
    {.name = "bundle", .value = "FILE", .help = "write one archive of it all, for a colleague"},
    {.name = "watch", .help = "go on, and tell what comes and goes, until it is interrupted"},
};

constexpr OwnText a_fix = {
    .what = "a profile of doctor's", .limit = largest_profile, .is_own = [](std::string_view text) {
        return text.starts_with(doctor::fix_mark);
    }};
constexpr OwnText a_bundle = {
    .what = "a bundle of doctor's", .limit = largest_bundle, .is_own = doctor::is_bundle};

/// What datapaths count of what they lost.
constexpr std::string_view datapath_losses[] = {"pool exhausted", "transmit full",
                                                "dropped before a worker"};
using LostByDatapath = std::map<std::string, std::map<std::string, std::uint64_t>>;

/// What each datapath has lost so far.
LostByDatapath lost_by_datapaths(const Context& context) {
    LostByDatapath counts;
    const auto folder = worker::workers_folder(context.state_folder());
    if (!folder) {
        return counts;
    }
    worker::KeptWorkers workers(*folder, context.surroundings().places.worker);
    for (const std::string& name : workers.names().value_or(std::vector<std::string>())) {
        for (const auto& [what, value] : counted_in(workers.report(name).value_or(std::string()))) {
            if (std::ranges::find(datapath_losses, std::string_view(what)) !=
                std::end(datapath_losses)) {
                counts[name][what] = std::strtoull(value.c_str(), nullptr, 10);
            }
        }
    }
    return counts;
}

struct Diagnosis {
    HostFacts facts;
    Findings findings;
};

Checked<Diagnosis> diagnosed(const Context& context, Service& service,
                             const FactsRequest& request) {
    auto* const source = dynamic_cast<doctor::FactsSource*>(&service);
    if (source == nullptr) {
        return std::unexpected(Problems{
            Error{.code = ErrorCode::unsupported,
                  .message = "doctor looks at the host itself, and this service does not"}});
    }
    const LostByDatapath before = lost_by_datapaths(context);
    NT_TRY(HostFacts facts, source->facts(request));
    LostByDatapath now = lost_by_datapaths(context);
    for (DatapathFacts& datapath : facts.datapaths) {
        for (const auto& [what, count] : now[datapath.name]) {
            const auto then = before.find(datapath.name);
            const bool is_known = then != before.end() && then->second.contains(what);
            datapath.counters[what] = {.before = is_known ? then->second.at(what) : count,
                                       .now = count};
        }
    }
    Findings findings = doctor::findings_of(facts);
    return Diagnosis{.facts = std::move(facts), .findings = std::move(findings)};
}

/// What the screen would show, as text.
std::string printed(const Diagnosis& diagnosis) {
    std::string text;
    const Screen screen([&text](std::string_view part) { text += part; },
                        [&text](std::string_view part) { text += part; });
    doctor::print(screen.with({.width = 80}), diagnosis.facts, diagnosis.findings);
    return text;
}

/// Counters of the kernel's that say nothing of who works here or with whom.
constexpr const char* plain_files[] = {
    "/proc/interrupts", "/proc/softirqs",    "/proc/net/softnet_stat",
    "/proc/net/snmp",   "/proc/net/netstat", "/proc/net/snmp6",
    "/proc/stat",       "/proc/meminfo",     "/proc/cpuinfo",
    "/proc/version"};

Status write_bundle(const std::string& file, const Diagnosis& diagnosis, const Import& profile,
                    int exit) {
    std::vector<doctor::BundledFile> files = {
        {"report.txt", printed(diagnosis)},
        {"report.json", doctor::json_of(diagnosis.facts, diagnosis.findings, exit)},
        {"fix.toml", profile.text()},
        {"version.txt", NANOTUNE_VERSION "\n"}};
    for (const char* const path : plain_files) {
        if (auto text = read_text_file(path, largest_profile)) {
            files.push_back({std::string(path).substr(1), *std::move(text)});
        }
    }
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now).count();
    return write_text_file(file, doctor::bundle_of(files, static_cast<std::uint64_t>(seconds)));
}

/// "16:04:31", as the operator's clock has it.
std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    std::array<char, 16> text{};
    ::localtime_r(&now, &parts);
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts)};
}

Ended watch(Context& context, Service& service, const FactsRequest& request) {
    const Interruption interruption;
    std::map<std::string, std::string> known;
    bool found_any = false;
    while (!*Interruption::flag()) {
        NT_TRY(const Diagnosis diagnosis, diagnosed(context, service, request));
        const std::string time = time_now();
        std::map<std::string, std::string> now;
        for (const Finding& finding : diagnosis.findings) {
            now.emplace(doctor::key_of(finding), finding.seen);
            if (!known.contains(doctor::key_of(finding))) {
                context.screen().line(fmt::format("{} came: {}", time, finding.seen),
                                      Style::warning);
            }
        }
        for (const auto& [key, seen] : known) {
            if (!now.contains(key)) {
                context.screen().line(fmt::format("{} gone: {}", time, seen), Style::good);
            }
        }
        found_any = found_any || !now.empty();
        known = std::move(now);
    }
    return status_of(found_any ? Exit::differs : Exit::as_wanted);
}

Ended tell(Context& context, Service& service, const Diagnosis& diagnosis) {
    const std::string fix = context.arguments().text("fix-profile");
    const std::string bundle = context.arguments().text("bundle");
    const int exit = status_of(diagnosis.findings.empty() ? Exit::as_wanted : Exit::differs);
    NT_TRY(const Import profile, checked_by(service, doctor::remedies_of(diagnosis.findings)));
    if (!fix.empty()) {
        NT_CHECK(write_text_file(fix, profile.text()));
    }
    if (!bundle.empty()) {
        NT_CHECK(write_bundle(bundle, diagnosis, profile, exit));
    }
    if (context.look().json) {
        context.screen().raw(doctor::json_of(diagnosis.facts, diagnosis.findings, exit));
    } else {
        doctor::print(context.screen(), diagnosis.facts, diagnosis.findings);
    }
    for (const std::string& file : {fix, bundle}) {
        if (!file.empty()) {
            context.screen().error(fmt::format("{} is written.", file));
        }
    }
    return exit;
}

Ended run(Context& context) {
    const Arguments& arguments = context.arguments();
    for (const auto& [name, own] : {std::pair("fix-profile", &a_fix), {"bundle", &a_bundle}}) {
        if (arguments.has(name)) {
            NT_CHECK(may_be_written(arguments.text(name), *own));
        }
    }
    FactsRequest request{.peer = arguments.text("peer")};
    NT_TRY(request.window, duration_of("--window", arguments.text("window", "1s")));
    NT_TRY(request.timeout, context.timeout());
    if (arguments.has("watch") && (arguments.has("fix-profile") || arguments.has("bundle"))) {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::invalid,
                          .message = "--watch writes no files: leave it out for --fix-profile and "
                                     "--bundle"}));
    }
    NT_TRY(const auto service, context.service());
    if (arguments.has("watch")) {
        return watch(context, *service, request);
    }
    NT_TRY(const Diagnosis diagnosis, diagnosed(context, *service, request));
    return tell(context, *service, diagnosis);
}

}  // namespace

constinit const Command doctor_command = {
    .name = "doctor",
    .help =
        "find what slows this host down, and the lines of a profile that "
        "mend it",
    .options = options,
    .details =
        "Looks for a short while at where NICs, interrupts, memory and "
        "datapaths are, at what runs "
        "on isolated and datapath CPUs, at what is lost on the way of a "
        "packet, at frequency, "
        "sleep, "
        "SMT, PCIe, clock and rights, and at programs that set what "
        "profiles set. Nothing on the "
        "host is changed; --peer sends a dozen datagrams of UDP to that "
        "address. The archive of "
        "--bundle has the report and counters of the kernel's, and "
        "neither addresses of cards nor "
        "command lines. Exit status 0 where nothing is found, 2 where "
        "something is.",
    .run = run};

}  // namespace nanotune::cli
