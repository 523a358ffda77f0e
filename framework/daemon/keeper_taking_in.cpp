// What starts or comes has the profile applied again, as far as anybody knows which profile that
// is.
#include <utility>

#include <fmt/format.h>

#include "daemon/keeper.hpp"

namespace nanotune::daemon {

/// Without what was kept of the profile nothing can be given to anybody: what comes until it is
/// there again is owed.
void Keeper::learn_awaited() {
    Result<Awaited> found = service_.awaited();
    const std::string complaint = found ? std::string() : found.error().message;
    if (std::exchange(complaint_, complaint) != complaint) {
        events_.log(found ? std::string("what starts or comes gets its own again")
                          : fmt::format("what starts or comes gets nothing: {}", complaint));
        if (found) {
            starts_.owe();
            arrivals_.owe();
        }
    }
    awaited_ = found ? *std::move(found) : Awaited();
}

/// Programs that have started, and devices that nobody has known: they may be the profile's.
void Keeper::take_in(const Look& look) {
    if (!look.started.empty() && starts_.admits(Clock::now())) {
        apply_again({}, "a program has started");
    }
    if (!look.arrived.empty() && arrivals_.admits(Clock::now())) {
        apply_again({.drops = true, .bounces = true},
                    fmt::format("{} came", fmt::join(look.arrived, ", ")));
    }
}

/// What nobody was told of, or had to wait. The poll is seldom enough for all of it.
void Keeper::take_in_what_is_owed(bool is_poll) {
    const bool have_come = arrivals_.take_owed();
    const bool have_started = starts_.take_owed() && !awaited_.processes.empty();
    if (have_come && (is_poll || arrivals_.admits(Clock::now()))) {
        apply_again({.drops = true, .bounces = true}, "devices may have come");
    } else if (have_started && (is_poll || starts_.admits(Clock::now()))) {
        apply_again({}, "programs may have started");
    }
}

void Keeper::apply_again(const Consent& consent, const std::string& why) {
    const Report done = service_.apply_again(consent, why);
    has_written_ = true;
    report(done, why);
    if (done.exit == Exit::refused) {
        learn_awaited();
    }
    has_come_ = has_come_ || done.changed || !complaint_.empty();  // then nobody is listened for
}

}  // namespace nanotune::daemon
