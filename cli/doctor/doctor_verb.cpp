#include "../doctor_verb.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "../context.hpp"
#include "../datapath/datapath_text.hpp"
#include "../hint.hpp"
#include "../import/checked_text.hpp"
#include "../interruption.hpp"
#include "../text.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "bundle.hpp"
#include "bundled_files.hpp"
#include "diagnosis.hpp"
#include "facts_source.hpp"
#include "service/time_text.hpp"
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
    .option = "--fix-profile",
    .what = "a profile of doctor's",
    .limit = largest_profile,
    .is_own = [](std::string_view text) { return text.starts_with(doctor::fix_head.mark); }};
constexpr OwnText a_bundle = {.option = "--bundle",
                              .what = "a bundle of doctor's",
                              .limit = largest_bundle,
                              .is_own = doctor::is_bundle};

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

double seconds_since(std::chrono::steady_clock::time_point then) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - then).count();
}

struct Diagnosis {
    HostFacts facts;
    Findings findings;
};

/// One look, and when it ended.
struct Look {
    HostFacts facts;
    std::chrono::steady_clock::time_point at;
};

/// `last`: a look before this one, from which counters are taken to have grown.
Checked<Diagnosis> diagnosed(const Context& context, Service& service, const FactsRequest& request,
                             const std::optional<Look>& last = {}) {
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
    if (last) {
        doctor::count_since(last->facts, seconds_since(last->at), facts);
    }
    Findings findings = doctor::findings_of(facts);
    return Diagnosis{.facts = std::move(facts), .findings = std::move(findings)};
}

/// "16:04:31", as the operator's clock has it.
std::string time_now() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    std::array<char, 16> text{};
    ::localtime_r(&now, &parts);
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &parts)};
}

void tell(const Screen& screen, const doctor::Change& change) {
    if (screen.look().json) {
        screen.raw(doctor::json_of(change, time_text(seconds_since_epoch())));
    } else {
        doctor::print(screen, change, time_now());
    }
}

Ended watch(Context& context, Service& service, const FactsRequest& request) {
    const Interruption interruption;
    Findings known;
    std::optional<Look> last;
    bool found_any = false;
    if (!context.look().json) {
        context.screen().error("Watching: what comes and goes is told until it is interrupted.");
    }
    while (!*Interruption::flag()) {
        NT_TRY(Diagnosis diagnosis, diagnosed(context, service, request, last));
        Findings& now = diagnosis.findings;
        // What was lost before is told once. It comes when more of it is, and goes with that.
        if (last) {
            std::erase_if(now, [](const Finding& finding) { return finding.is_past; });
        }
        for (const doctor::Change& change : doctor::changes_between(known, now)) {
            tell(context.screen(), change);
            found_any = true;
        }
        std::erase_if(now, [](const Finding& finding) { return finding.is_past; });
        known = std::move(now);
        last = Look{.facts = std::move(diagnosis.facts), .at = std::chrono::steady_clock::now()};
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
        const auto files = doctor::bundled_files({.context = context,
                                                  .service = service,
                                                  .facts = diagnosis.facts,
                                                  .findings = diagnosis.findings,
                                                  .fix = profile.text(),
                                                  .exit = exit});
        NT_CHECK(write_text_file(
            bundle, doctor::bundle_of(files, static_cast<std::uint64_t>(seconds_since_epoch()))));
    }
    if (context.look().json) {
        context.screen().raw(doctor::json_of(diagnosis.facts, diagnosis.findings, exit));
        return exit;
    }
    doctor::print(context.screen(), diagnosis.facts, diagnosis.findings, fix.empty());
    for (const std::string& file : {fix, bundle}) {
        if (!file.empty()) {
            context.screen().error(fmt::format("{} is written.", file));
        }
    }
    if (!fix.empty() && !profile.carried().empty()) {
        print_hint(context.screen(), "See what it changes with", command_to_plan(context, fix));
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
    NT_TRY(request.window, duration_within("--window", arguments.text("window", "1s"),
                                           std::chrono::milliseconds(10), std::chrono::hours(1)));
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
        "Looks for a short while at where NICs, interrupts, memory and datapaths are, at what runs "
        "on isolated and datapath CPUs, at what is lost on the way of a packet, at frequency, "
        "sleep, SMT, PCIe, clock and rights, and at programs that set what profiles set. Nothing "
        "on the host is changed; --peer sends at most 14 datagrams of UDP a look to that address. "
        "The archive of --bundle has the report, topology and status, and counters of the kernel "
        "and of drivers; it has neither addresses of cards nor command lines. With --watch --json "
        "one object a line. Exit status 0 where nothing is found, 2 where something is.",
    .run = run};

}  // namespace nanotune::cli
