#include "daemon/metrics.hpp"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <span>
#include <string_view>

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/own_version.hpp"
#include "service/time_text.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::daemon {

namespace {

template <typename Key>
using Counts = std::map<Key, std::uint64_t>;

/// Those of the manager's property.
constexpr std::array<std::string_view, 10> states = {
    "clean",   "tuned",      "awaiting confirmation",
    "overdue", "degraded",   "interrupted",
    "unknown", "recovering", "frozen",
    "drifted"};

std::string_view result_of(Exit exit) {
    switch (exit) {
        case Exit::as_wanted:
            return "as_wanted";
        case Exit::refused:
            return "refused";
        case Exit::differs:
            return "differs";
        case Exit::reboot_needed:
            return "reboot_needed";
        case Exit::rolled_back:
            return "rolled_back";
        case Exit::not_restored:
            return "not_restored";
        case Exit::consent_missing:
            return "consent_missing";
        case Exit::lock_or_timeout:
            return "lock_or_timeout";
    }
    return "refused";
}

/// A label's value between its quotes.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n') {
            result += "\\n";
            continue;
        }
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result;
}

/// One family after the other, each with what it is.
class Text {
  public:
    void family(std::string_view name, std::string_view type, std::string_view help) {
        fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                       type);
    }
    template <typename Value>
    void sample(std::string_view name, std::string_view labels, Value value) {
        fmt::format_to(std::back_inserter(text_), "{}{}{}{} {}\n", name, labels.empty() ? "" : "{",
                       labels, labels.empty() ? "" : "}", value);
    }
    template <typename Value>
    void alone(std::string_view name, std::string_view type, std::string_view help, Value value) {
        family(name, type, help);
        sample(name, "", value);
    }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string label(std::string_view name, std::string_view value) {
    return fmt::format("{}=\"{}\"", name, escaped(value));
}

void add_state(Text& text, const Snapshot& snapshot) {
    text.family("nanotune_state", "gauge",
                "1 for the state that the host is in, 0 for the others.");
    for (const std::string_view state : states) {
        text.sample("nanotune_state", label("state", state), snapshot.state == state ? 1 : 0);
    }
    text.alone("nanotune_frozen", "gauge", "Whether nothing may be changed through nanotune.",
               snapshot.frozen.empty() ? 0 : 1);
    text.alone(
        "nanotune_settings_held", "gauge",
        "Settings that the applied profile holds, also those that somebody else has changed since.",
        snapshot.held);
    text.alone("nanotune_settings_drifted", "gauge", "Settings that somebody else has changed.",
               snapshot.drifted);
    if (!snapshot.profile.empty()) {
        text.family("nanotune_profile_info", "gauge", "The profile that is applied.");
        text.sample(
            "nanotune_profile_info",
            label("profile", snapshot.profile) + "," + label("sha256", snapshot.profile_hash), 1);
    }
}

void add_drifts(Text& text, const Counts<std::string>& drifts) {
    text.family("nanotune_drift_events_total", "counter",
                "What was told of settings that others change, by what became of them.");
    for (const auto what : {DriftEvent::What::drifted, DriftEvent::What::mended,
                            DriftEvent::What::repaired, DriftEvent::What::yielded}) {
        const std::string name(name_of(what));
        const auto found = drifts.find(name);
        text.sample("nanotune_drift_events_total", label("event", name),
                    found == drifts.end() ? 0 : found->second);
    }
}

/// By verb and result.
void add_ends(Text& text, const Counts<std::pair<std::string, std::string>>& ends) {
    text.family("nanotune_verbs_total", "counter",
                "Applies, rollbacks and other verbs that ended, by how.");
    for (const std::string_view verb : {"apply", "rollback"}) {
        for (const Exit exit : {Exit::as_wanted, Exit::rolled_back, Exit::not_restored}) {
            const std::pair key(std::string(verb), std::string(result_of(exit)));
            if (!ends.contains(key)) {
                text.sample("nanotune_verbs_total",
                            label("verb", verb) + "," + label("result", key.second), 0);
            }
        }
    }
    for (const auto& [key, count] : ends) {
        text.sample("nanotune_verbs_total",
                    label("verb", key.first) + "," + label("result", key.second), count);
    }
}

void add_outcomes(Text& text,
                  const std::map<std::string, std::map<std::string, std::size_t>>& of_verbs) {
    if (!of_verbs.empty()) {
        text.family("nanotune_report_settings", "gauge",
                    "Settings in the last report of each verb, by outcome.");
    }
    for (const auto& [verb, outcomes] : of_verbs) {
        for (const auto& [outcome, count] : outcomes) {
            text.sample("nanotune_report_settings",
                        label("verb", verb) + "," + label("outcome", outcome), count);
        }
    }
}

/// Of `counts` one for what took longer than every limit is the last.
void add_durations(Text& text, std::span<const double> limits,
                   std::span<const std::uint64_t> counts, double sum) {
    text.family("nanotune_apply_duration_seconds", "histogram",
                "How long applies took, their rollback included where they failed.");
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < limits.size(); ++i) {
        below += counts[i];
        text.sample("nanotune_apply_duration_seconds_bucket",
                    label("le", fmt::format("{}", limits[i])), below);
    }
    below += counts.back();
    text.sample("nanotune_apply_duration_seconds_bucket", label("le", "+Inf"), below);
    text.sample("nanotune_apply_duration_seconds_sum", "", sum);
    text.sample("nanotune_apply_duration_seconds_count", "", below);
}

void add_datapaths(Text& text, const std::vector<Datapath>& datapaths) {
    const auto each = [&](std::string_view name, std::string_view type, std::string_view help,
                          auto value) {
        if (datapaths.empty()) {
            return;
        }
        text.family(name, type, help);
        for (const Datapath& datapath : datapaths) {
            text.sample(name, label("datapath", datapath.name), value(datapath));
        }
    };
    each("nanotune_datapath_running", "gauge", "Whether its worker takes packets.",
         [](const Datapath& one) { return one.worker.is_running && !one.worker.hangs ? 1 : 0; });
    each("nanotune_datapath_enabled", "gauge", "Whether it may send orders.",
         [](const Datapath& one) { return is_enabled(one) ? 1 : 0; });
    each("nanotune_datapath_restarts_total", "counter",
         "How often its worker was started again by its keeper.",
         [](const Datapath& one) { return one.worker.restarts; });
}

void add_process(Text& text, const Metrics::Process& process) {
    text.alone("process_cpu_seconds_total", "counter", "Time of CPUs that nanotuned has used.",
               process.cpu_seconds);
    text.alone("process_resident_memory_bytes", "gauge", "Resident memory of nanotuned.",
               process.resident_bytes);
    text.alone("process_start_time_seconds", "gauge", "When nanotuned started, since the epoch.",
               process.start_time);
}

}  // namespace

VerbEnd end_of(const Report& report, std::chrono::duration<double> took) {
    VerbEnd end{.verb = report.verb,
                .exit = report.exit,
                .took = took,
                .report = {.verb = report.verb,
                           .profile = report.profile,
                           .exit = report.exit,
                           .state = report.state,
                           .changed = report.changed,
                           .at = time_text(seconds_since_epoch())}};
    for (const Row& row : report.rows) {
        ++end.outcomes[std::string(name_of(row.outcome))];
    }
    return end;
}

void Metrics::take(const VerbEnd& end) {
    ++ends_[{end.verb, std::string(result_of(end.exit))}];
    outcomes_[end.verb] = end.outcomes;
    if (end.verb == "apply") {
        const double seconds = end.took.count();
        const auto bucket = std::ranges::lower_bound(limits, seconds) - limits.begin();
        ++applies_.counts[static_cast<std::size_t>(bucket)];
        applies_.sum += seconds;
    }
}

std::string Metrics::text(const Process& process) const {
    Text text;
    text.family("nanotune_build_info", "gauge", "The version of nanotuned.");
    text.sample("nanotune_build_info", label("version", own_version()), 1);
    text.alone("nanotune_on_bus", "gauge",
               "Whether nanotuned owns its name on the system bus, so that clients reach it.",
               is_reached_ ? 1 : 0);
    add_state(text, snapshot_);
    add_drifts(text, drifts_);
    add_ends(text, ends_);
    add_outcomes(text, outcomes_);
    add_durations(text, limits, applies_.counts, applies_.sum);
    add_datapaths(text, datapaths_);
    add_process(text, process);
    return text.take();
}

Metrics::Process own_process(double start_time) {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    Metrics::Process process{.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime),
                             .start_time = start_time};
    // "size resident shared ...", in pages: proc(5).
    const std::string statm = read_file("/proc/self/statm", 256).value_or(std::string());
    if (const std::size_t at = statm.find(' '); at != std::string::npos) {
        process.resident_bytes = std::strtoull(statm.c_str() + at, nullptr, 10) *
                                 static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }
    return process;
}

}  // namespace nanotune::daemon
