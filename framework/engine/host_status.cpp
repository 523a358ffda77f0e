#include "engine/host_status.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/apply.hpp"
#include "engine/engine.hpp"
#include "engine/plan_report.hpp"
#include "engine/readable.hpp"

namespace nanotune {

namespace {

constexpr std::chrono::milliseconds least_look{1'000};

std::chrono::system_clock::time_point wall_deadline_of(const Applied& applied) {
    return std::chrono::system_clock::from_time_t(static_cast<std::time_t>(applied.confirm_by));
}

/// What is left until the deadline. The wall clock may have been set since.
std::chrono::milliseconds time_left(const Applied& applied, const Moment& now) {
    const std::chrono::milliseconds by_boot(applied.confirm_by_boot);
    return by_boot.count() != 0
               ? by_boot - now.since_boot
               : std::chrono::ceil<std::chrono::milliseconds>(wall_deadline_of(applied) - now.wall);
}

}  // namespace

HostState state_of(const Result<JournalView>& view, const Moment& now) {
    return view && view->at_work.empty() ? state_of(view->ledger, now) : HostState::unknown;
}

bool is_overdue(const Applied& applied, const Moment& now) {
    return applied.is_awaiting && time_left(applied, now).count() <= 0;
}

std::chrono::milliseconds time_to_look(const EngineParts& parts, const Ledger& ledger) {
    const Applied* const active = ledger.active();
    if (!parts.is_guard || active == nullptr || !active->is_awaiting) {
        return parts.looking_time;
    }
    return std::min(std::max(time_left(*active, parts.now()), least_look), parts.looking_time);
}

HostState state_of(const Ledger& ledger, const Moment& now) {
    if (ledger.open() != nullptr) {
        return HostState::interrupted;
    }
    const Applied* active = ledger.active();
    const bool is_degraded = std::ranges::any_of(
        ledger.applied(), [](const Applied& applied) { return applied.is_failed; });
    if (active != nullptr && active->is_awaiting) {
        return is_overdue(*active, now) ? HostState::overdue : HostState::awaiting_confirmation;
    }
    const bool is_known =
        active == nullptr ? ledger.lost().empty() : !ledger.has_lost_since(active->id);
    if (!is_known || is_degraded || ledger.has_left_away() ||
        (active != nullptr && active->is_degraded)) {
        return HostState::degraded;
    }
    return active == nullptr ? HostState::clean : HostState::tuned;
}

std::string work_of(const std::string& at_work) {
    return fmt::format("{} is at work: what it does has no end yet; ask again", at_work);
}

/// Whether it came to its end nobody knows where that may be among what is lost.
std::string interruption_of(const Ledger& ledger) {
    const Applied* open = ledger.open();
    return open == nullptr ? std::string()
                           : fmt::format("{} of {}, begun {}, was cut off{}", ledger.open_kind(),
                                         open->profile, open->started,
                                         ledger.has_lost_since(open->id)
                                             ? ", or its end is lost with part of the journal"
                                             : "");
}

std::string deadline_of(const Applied& applied, const Moment& now) {
    constexpr std::chrono::seconds slack{2};  // the deadline as it was told is rounded
    const auto told = wall_deadline_of(applied);
    const auto today = now.wall + time_left(applied, now);
    return timestamp(std::chrono::abs(today - told) < slack ? told : today);
}

std::string missed_confirmation_of(const Applied& applied, const Moment& now) {
    return fmt::format("{} had to be confirmed by {}, and nobody did", applied.profile,
                       deadline_of(applied, now));
}

std::vector<std::string> texts_of(const std::vector<Override>& overrides) {
    std::vector<std::string> texts;
    texts.reserve(overrides.size());
    for (const Override& override : overrides) {
        texts.push_back(fmt::format("{}={}", override.name, override.value));
    }
    return texts;
}

std::vector<Override> overrides_of(const std::vector<std::string>& texts) {
    std::vector<Override> overrides;
    for (const std::string& text : texts) {
        const std::size_t equals = std::min(text.find('='), text.size());
        overrides.push_back({.name = text.substr(0, equals),
                             .value = text.substr(std::min(equals + 1, text.size()))});
    }
    return overrides;
}

std::string loss_of(const record::Lost& lost) {
    return fmt::format(
        "part of the journal is lost ({}): what it held is not known and cannot be restored{}{}",
        lost.why, lost.kept_in.empty() ? "" : "; the damaged file is kept as ", lost.kept_in);
}

std::string by_names_only(const Error& why) {
    return fmt::format(
        "network devices could not be listed, so what was set on them is looked for by their "
        "names as they were: {}",
        why.message);
}

std::vector<std::string> left_behind(std::size_t overridden, std::size_t away) {
    const auto counted = [](std::size_t count) {
        return count == 1 ? std::string("1 setting is") : fmt::format("{} settings are", count);
    };
    std::vector<std::string> notes;
    if (overridden > 0) {
        notes.push_back(fmt::format(
            "{} left, as somebody else set {} since; rollback --force restores what was "
            "before nanotune",
            counted(overridden), overridden == 1 ? "it" : "them"));
    }
    if (away > 0) {
        notes.push_back(fmt::format(
            "{} away, and may still hold what nanotune set; rollback restores {} once {} back, "
            "and with --all --force forgets {}",
            counted(away), away == 1 ? "it" : "them", away == 1 ? "it is" : "they are",
            away == 1 ? "it" : "them"));
    }
    return notes;
}

}  // namespace nanotune
