#include "records.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "daemon_here.hpp"
#include "engine/host_status.hpp"
#include "engine/ledger.hpp"
#include "service/boots.hpp"
#include "service/freeze.hpp"
#include "service/time_text.hpp"
#include "system/storage/file_facts.hpp"
#include "system/storage/storage.hpp"

namespace nanotune::cli {

namespace {

std::string hash_of(const std::optional<KeptProfile>& kept) {
    return kept ? kept->hash : std::string();
}

/// [process.NAME] with when = "always".
bool is_kept_always(const ResolvedSection& section) {
    return std::ranges::any_of(section.settings, [](const ResolvedSetting& setting) {
        return setting.key == "when" && setting.value == Value(std::string("always"));
    });
}

Awaited awaited_by(const ResolvedProfile& profile) {
    Awaited awaited;
    for (const ResolvedSection& section : profile.sections) {
        const SectionSelector& selector = section.selector;
        if (section.plugin->selector == Selector::label && !selector.match.empty()) {
            awaited.processes.push_back(selector.match);
            if (is_kept_always(section)) {
                awaited.kept.push_back(selector.match);
            }
        } else if (section.plugin->selector == Selector::device) {
            const bool is_by_name = selector.kind == SectionSelector::Kind::name ||
                                    selector.kind == SectionSelector::Kind::glob;
            awaited.devices.push_back(is_by_name ? selector.text : "*");
        }
    }
    return awaited;
}

/// Only the first process's network namespace boots: what is applied in another one, with the same
/// state folder, is kept beside its journal, and ends with it.
std::string boot_folder_of(const std::string& state_folder) {
    if (is_default_state_folder(state_folder) && is_beside_first_network()) {
        if (const auto here = current_identity()) {
            return fmt::format("{}/net-{}.lasting", state_folder, here->network);
        }
    }
    return lasting_folder_of(state_folder);
}

Report settled(std::string_view verb, HostState state, Status status) {
    Report report;
    report.verb = verb;
    report.state = state;
    if (!status) {
        report.exit =
            status.error().code == ErrorCode::busy ? Exit::lock_or_timeout : Exit::refused;
        report.problems.push_back(std::move(status).error());
    }
    return report;
}

}  // namespace

Records::Records(const StateFolder& state, const ServiceOptions& options,
                 std::function<Actor()> actor)
    : state_(state),
      folder_(lasting_folder_of(options.state_folder)),
      boot_folder_(boot_folder_of(options.state_folder)),
      host_file_(options.host_file),
      command_(options.command),
      patience_(options.patience),
      actor_(std::move(actor)) {}

void Records::keep(Report& report, std::string_view reason) const {
    const HistoryRecord record{.actor = actor_(),
                               .profile_hash = report.profile_hash,
                               .reason = std::string(reason),
                               .report = report};
    const Status added = History(folder_).add(record);
    // Who may not write here has been told so.
    if (!added && (report.changed || report.exit == Exit::as_wanted)) {
        report.notes.push_back("this is not in the history: " + added.error().message);
    }
}

void Records::keep_applied(const ResolvedProfile& profile, Report& report) const {
    if (report.exit != Exit::as_wanted && report.exit != Exit::reboot_needed) {
        return;
    }
    awaited_ = {.hash = profile.hash, .what = awaited_by(profile)};
    if (boot_folder_ != folder_) {
        report.notes.emplace_back(
            "the host's next boot does not apply this, which is of another network namespace");
    }
    const ProfileKeeper keeper(boot_folder_);
    if (report.state == HostState::awaiting_confirmation) {
        // Where it cannot be, whoever confirms it is told.
        static_cast<void>(keeper.keep_at_hand(profile));
        return;
    }
    if (const Status kept = keeper.keep(profile); !kept) {
        report.notes.push_back("what is applied is not kept for the next boot: " +
                               kept.error().message);
    }
    static_cast<void>(
        Boots(boot_folder_).succeed());  // where it stays, a boot is skipped, which is said
}

Status Records::keep_as_applied(const Applied* active, const AppliedProfile& again) const {
    const ProfileKeeper keeper(boot_folder_);
    const auto kept = keeper.read();
    const std::string hash = active == nullptr ? std::string() : active->profile_hash;
    if (kept && hash_of(*kept) == hash) {
        return {};
    }
    if (active == nullptr) {
        return keeper.forget();
    }
    if (keeper.keep_again(hash)) {
        return {};
    }
    const auto profile =
        again({.name = active->profile, .overrides = overrides_of(active->overrides)});
    if (profile && profile->hash == hash) {
        return keeper.keep(*profile);
    }
    // What is not applied any more is not applied at boot.
    NT_CHECK(keeper.forget());
    return profile ? failure(ErrorCode::conflict,
                             active->profile + " is another profile now than the one applied")
                   : std::unexpected(profile.error().front());
}

void Records::keep_in_step(Report& report, const Ledger& ledger,
                           const AppliedProfile& again) const {
    const bool is_settled = report.state == HostState::clean || report.state == HostState::tuned ||
                            report.state == HostState::degraded;
    if (!is_settled || report.exit == Exit::refused || report.exit == Exit::consent_missing ||
        report.exit == Exit::lock_or_timeout) {
        return;
    }
    if (const Status kept = keep_as_applied(ledger.active(), again); !kept) {
        report.notes.push_back("what is applied is not kept for the next boot: " +
                               kept.error().message);
    }
    std::set<std::string, std::less<>> applied;
    for (const Applied& each : ledger.applied()) {
        applied.insert(each.profile_hash);
    }
    ProfileKeeper(boot_folder_).keep_at_hand_only(applied);
    // Somebody has looked at this boot, and settled what is applied.
    static_cast<void>(Boots(boot_folder_).succeed());
}

Checked<std::optional<ResolvedProfile>> Records::kept_profile(const Catalog& catalog) const {
    const auto kept = ProfileKeeper(boot_folder_).read();
    if (!kept) {
        return std::unexpected(Problems{kept.error()});
    }
    const std::optional<KeptProfile>& there = *kept;
    if (!there) {
        return std::nullopt;
    }
    NT_TRY(ResolvedProfile profile, resolved(*there, catalog));
    return profile;
}

bool Records::keeps(std::string_view hash) const {
    const auto kept = ProfileKeeper(boot_folder_).read();
    return kept && *kept && (*kept)->hash == hash;
}

Result<Awaited> Records::awaited(const Catalog& catalog) const {
    NT_TRY(const auto kept, ProfileKeeper(boot_folder_).read());
    if (!kept) {
        return Awaited();
    }
    if (!awaited_ || awaited_->hash != kept->hash) {
        const auto profile = resolved(*kept, catalog);
        if (!profile) {
            return std::unexpected(profile.error().front());
        }
        awaited_ = {.hash = profile->hash, .what = awaited_by(*profile)};
    }
    return awaited_->what;
}

Report Records::planned(Report report) const {
    if (const auto frozen = freeze_in_force(folder_, host_file_)) {
        report.notes.push_back("this host is frozen, and nothing can be applied: " +
                               text_of(*frozen));
    }
    return report;
}

HostStatus Records::seen(HostStatus status) const {
    status.frozen = freeze_in_force(folder_, host_file_);
    if (status.frozen || is_root()) {
        return status;
    }
    if (const auto known = frozen_now(folder_, host_file_); !known) {
        status.notes.push_back("whether this host is frozen is not known: " +
                               known.error().message);
    }
    return status;
}

std::function<Status()> Records::may_write() const {
    return [folder = folder_, host_file = host_file_] {
        return nanotune::may_write(folder, host_file);
    };
}

Report Records::freeze(const FreezeRequest& request, HostState state) const {
    Report report = settled("freeze", state, {});
    if (Status written = write_freeze(request, report); !written) {
        report = settled("freeze", state, std::move(written));
        keep(report, request.reason);
    }
    return report;
}

/// Under the lock, so that nobody is in the middle of a change once it stands.
Status Records::write_freeze(const FreezeRequest& request, Report& report) const {
    const std::int64_t now = seconds_since_epoch();
    NT_CHECK(check_freeze_reason(request.reason));
    if (request.until && *request.until <= now) {
        return failure(ErrorCode::invalid,
                       fmt::format("a freeze until {}: that is over", time_text(*request.until)));
    }
    NT_TRY(const Lock lock, state_.lock(command_, patience_));
    const auto before = FreezeFile(folder_).read().value_or(std::nullopt);
    const Status written =
        FreezeFile(folder_).write({.reason = request.reason,
                                   .by = text_of(actor_()),
                                   .since = time_text(now),
                                   .until = request.until ? time_text(*request.until) : ""});
    if (!written) {
        const auto still = freeze_in_force(folder_, host_file_);
        return failure(written.error().code,
                       fmt::format("{}; {}", written.error().message,
                                   still ? "still nothing can be changed: " + text_of(*still)
                                         : "this host is not frozen"));
    }
    if (before) {
        report.notes.push_back("this takes the place of the freeze before: " + text_of(*before));
    }
    report.changed = true;
    keep(report, request.reason);
    return {};
}

Report Records::thaw(HostState state) const {
    Report report = settled("thaw", state, {});
    if (Status removed = remove_freeze(report); !removed) {
        report = settled("thaw", state, std::move(removed));
        keep(report);
    }
    return report;
}

Status Records::remove_freeze(Report& report) const {
    NT_TRY(const Lock lock, state_.lock(command_, patience_));
    const auto frozen = FreezeFile(folder_).read();
    NT_CHECK(FreezeFile(folder_).remove());
    report.changed = !frozen || *frozen;
    if (const auto still = freeze_in_force(folder_, host_file_)) {
        report.notes.push_back("still nothing can be changed: " + text_of(*still));
    }
    keep(report);
    return {};
}

}  // namespace nanotune::cli
