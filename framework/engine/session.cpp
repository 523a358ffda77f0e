#include "engine/session.hpp"

#include "engine/engine.hpp"
#include "engine/following.hpp"
#include "engine/host_status.hpp"
#include "engine/names.hpp"

namespace nanotune {

Result<Session> Session::open(const EngineParts& parts, CallRunner& calls, Opening opening,
                              std::vector<std::string>& notes) {
    NT_TRY(Lock lock, parts.state.lock(parts.command, parts.lock_patience));
    NT_TRY(Journal journal, parts.state.open(notes, opening));
    journal.rename(names_of(parts.catalog));
    return Session{.lock = std::move(lock), .journal = std::move(journal), .survey = Survey(calls)};
}

void Session::follow(const std::shared_ptr<Session>& session, const EngineParts& parts,
                     CallRunner& calls, std::vector<std::string>& notes) {
    const auto recorded = devices_in(session->journal.ledger(), parts.catalog);
    if (!recorded) {
        return;
    }
    const auto found = std::make_shared<Result<Devices>>(failure(ErrorCode::timed_out, ""));
    const Status done =
        calls.supervised_if_possible(parts.looking_time, [session, recorded = *recorded, found] {
            *found = Devices::since(recorded, session->survey);
        });
    if (!done || !*found) {
        notes.push_back(by_names_only(done ? found->error() : done.error()));
        return;
    }
    session->devices = **found;
    session->follow_again(parts.catalog);
}

void Session::follow_again(const Catalog& catalog) {
    if (devices) {
        journal.follow(following(*devices, catalog));
    }
}

}  // namespace nanotune
