// What a daemon asks of its service besides the verbs that its clients ask for.
#pragma once

#include "model/observation.hpp"
#include "model/vigil.hpp"
#include "service/service.hpp"

namespace nanotune {

/// What a process is known by: all of it, with globs ("unit" and "feed*.service").
using ProcessMatch = std::vector<std::pair<std::string, std::string>>;

/// What a profile takes when it comes.
struct Awaited {
    std::vector<ProcessMatch> processes = {};
    std::vector<ProcessMatch> kept = {};    ///< of those, what others change goes back (`always`)
    std::vector<std::string> devices = {};  ///< globs of their names
    friend bool operator==(const Awaited&, const Awaited&) = default;
};

/// The two steps of a boot: what may take links comes before they are needed, what goes by their
/// interrupts and by programs after that.
enum class BootStep { before_links, after_links };

class SharedService : public Service {
  public:
    /// Applies what the host boots with: the profile that was applied last, or, where none was yet,
    /// the one that the host's file names. Nothing, which is no failure, where there is none, where
    /// the kernel's command line says nanotune.off, or after two boots that failed.
    virtual Report start(BootStep step) = 0;

    /// While something awaits confirmation, or may: holds on to what is on record of it, and puts
    /// that back where somebody has removed it. Lets go of it once that is known to be decided.
    /// Whether anything was put back. Errors: busy, after 10 s, where somebody else is at work
    /// there; damaged, naming where it is kept, where something else is on record by now;
    /// not_found, denied, io: where there was something, `standing`, `confirm` and `rollback` go by
    /// what is held until it can be put back, which each call tries.
    virtual Result<bool> keep_record(bool is_awaiting) = 0;

    /// As `status`, but without what only people read: who else claims what is held, and what has
    /// become of the profile's files.
    virtual HostStatus standing() { return status(); }

    /// As `plugins`, as far as that is known without loading any.
    virtual std::vector<PluginInfo> installed() = 0;

    /// What is held against the host. Never writes.
    virtual Observation observe(const Gaze& gaze) = 0;
    /// Goes on looking at everything, as the last quiet look did, on a thread of its own. Nothing
    /// else is to be asked of the service before `end_vigil`, but to `forget`. False where that
    /// look saw nothing, or something that has changed: then nothing begins.
    virtual bool begin_vigil(Vigil vigil) = 0;
    /// Ends it, and waits for a look that is under way. When the next look would have been, which
    /// is now where something was otherwise. Errors: timed_out, naming the call that hangs.
    virtual Result<Vigil::Time> end_vigil() = 0;
    /// What is read again, or opened again, for the next verb takes no memory any more.
    virtual void forget() = 0;
    /// Writes again what an apply left; kept in the history with the reason.
    virtual Report repair(const RepairRequest& request, std::string_view reason) = 0;
    /// The profile that is applied, as it was then, once more: for devices and processes that have
    /// come since. What somebody else has changed stays. Kept in the history where it did anything.
    virtual Report apply_again(const Consent& consent, std::string_view reason) = 0;
    /// What that profile takes when it comes. Errors: why nobody knows what was kept of it.
    virtual Result<Awaited> awaited() = 0;
};

}  // namespace nanotune
