// What a verb that writes works under: the lock, the journal, and the host as it is seen meanwhile.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/devices.hpp"
#include "engine/state_folder.hpp"
#include "engine/survey.hpp"

namespace nanotune {

struct EngineParts;

/// Alive as long as a thread may work with it, given up or not.
struct Session {
    Lock lock;
    Journal journal;
    Survey survey;
    std::optional<Devices> devices = {};  ///< as they were when the ledger followed them

    /// Errors: busy, denied, io; to apply, also that there is no room for a journal.
    static Result<Session> open(const EngineParts& parts, CallRunner& calls, Opening opening,
                                std::vector<std::string>& notes);
    /// Has the ledger go by what its devices are called now, from a thread of its own if there is
    /// one to be had. Where that cannot be asked, which goes into `notes`, it goes by the names
    /// that were recorded.
    static void follow(const std::shared_ptr<Session>& session, const EngineParts& parts,
                       CallRunner& calls, std::vector<std::string>& notes);
    /// The same with what was recorded since, of devices as they were then.
    void follow_again(const Catalog& catalog);
};

/// Ends the use of the state folder with the verb, until which the host's files may be written. A
/// thread that a driver holds for good keeps the session, and not even the process's end takes its
/// descriptors from it.
class SessionUse {
  public:
    explicit SessionUse(std::shared_ptr<Session> session) : session_(std::move(session)) {
        session_->survey.calls().expect_writes(true);
    }
    ~SessionUse() {
        session_->survey.calls().expect_writes(false);
        session_->journal.close();
        session_->lock.release();
    }
    SessionUse(const SessionUse&) = delete;
    SessionUse& operator=(const SessionUse&) = delete;
    SessionUse(SessionUse&&) = delete;
    SessionUse& operator=(SessionUse&&) = delete;

  private:
    std::shared_ptr<Session> session_;
};

}  // namespace nanotune
