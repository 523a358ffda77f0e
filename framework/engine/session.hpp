// What a verb that writes works under: the lock, the journal, and the host as it is seen meanwhile.
#pragma once

#include <string>
#include <vector>

#include "engine/state_folder.hpp"
#include "engine/survey.hpp"

namespace nanotune {

struct EngineParts;

/// Alive as long as a thread may work with it, given up or not.
struct Session {
    Lock lock;
    Journal journal;
    Survey survey;

    /// Errors: busy, denied, io; to apply, also that there is no room for a journal.
    static Result<Session> open(const EngineParts& parts, CallRunner& calls, Opening opening,
                                std::vector<std::string>& notes);
};

}  // namespace nanotune
