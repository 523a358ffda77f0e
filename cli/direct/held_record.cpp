// What awaits its confirmation stays on record, and is taken back, whatever becomes of the state
// folder.
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "engine_service.hpp"
#include "service/freeze.hpp"

namespace nanotune::cli {

/// Held on to from its beginning: whoever removes the state folder may do so before its end.
Report EngineService::applied(ResolvedProfile profile, const ApplyRequest& how) {
    if (!how.confirm_within) {
        return engine_.apply(std::move(profile), how);
    }
    const auto begun = std::make_shared<std::optional<HeldJournal>>();
    ApplyRequest held = how;
    held.begins = [begun, folder = state_, told = how.begins](std::uint64_t id) -> Status {
        NT_TRY(*begun, HeldJournal::of(folder));
        return told ? told(id) : Status();
    };
    Report report = engine_.apply(std::move(profile), held);
    if (*begun) {
        awaiting_ = std::move(*begun);
    }
    return report;
}

Status EngineService::hold_record() {
    NT_TRY(held_, HeldJournal::of(state_));
    return {};
}

Result<bool> EngineService::keep_record(bool is_awaiting) {
    if (stand_in_) {
        NT_CHECK(keep_held(awaiting_, stand_in_->folder(), true));
    }
    Result<bool> kept = keep_held(awaiting_, state_, is_awaiting);
    if (kept || kept.error().code == ErrorCode::damaged) {
        end_stand_in(!kept || *kept);
    } else if (awaiting_) {
        put_elsewhere(*awaiting_, kept.error());
    }
    return kept;
}

Report EngineService::rollback(const RollbackRequest& request) {
    fetch_memory();
    Result<bool> there = held_ ? held_->give_back(state_, request.only) : false;
    if (!there && there.error().code != ErrorCode::damaged) {
        put_elsewhere(*held_, there.error());
    }
    Recording how;
    if (!there && !stand_in_) {
        how.problem = there.error();
    }
    Report report =
        recorded(std::move(how), [this, &request] { return on_record().rollback(request); });
    if (!there && stand_in_ && !stand_in_->is_blank()) {
        report.problems.push_back(there.error());
        report.exit = worse(report.exit, Exit::not_restored);
    }
    return report;
}

/// Not while somebody else is at work in the state folder, who comes to an end. What became of it
/// goes into the reason.
void EngineService::put_elsewhere(const HeldJournal& held, Error& why) {
    if (why.code == ErrorCode::busy) {
        return;
    }
    if (!stand_in_) {
        auto made = StandIn::with(
            held, {lasting_folder_of(options_.state_folder), "/run/nanotuned", "/tmp"});
        if (!made) {
            why.message += fmt::format("; nor can it be kept elsewhere: {}", made.error().message);
            return;
        }
        stand_in_ = *std::move(made);
        engine_elsewhere_.emplace(parts_of(stand_in_->folder()));
    }
    why.message += fmt::format("; it is kept in {} (--state-dir), and gone by, meanwhile",
                               stand_in_->folder().folder());
}

void EngineService::end_stand_in(bool is_given_back) {
    if (stand_in_ && is_given_back) {
        stand_in_->is_given_back();
    }
    engine_elsewhere_.reset();
    stand_in_.reset();
}

}  // namespace nanotune::cli
