#include "engine/session.hpp"

#include "engine/engine.hpp"
#include "engine/names.hpp"

namespace nanotune {

Result<Session> Session::open(const EngineParts& parts, CallRunner& calls, Opening opening,
                              std::vector<std::string>& notes) {
    NT_TRY(Lock lock, parts.state.lock(parts.command, parts.lock_patience));
    NT_TRY(Journal journal, parts.state.open(notes, opening));
    journal.rename(names_of(parts.catalog));
    return Session{.lock = std::move(lock), .journal = std::move(journal), .survey = Survey(calls)};
}

}  // namespace nanotune
