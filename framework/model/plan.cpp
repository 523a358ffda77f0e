#include "plan.hpp"

namespace nanotune {

std::string_view name_of(Outcome outcome) noexcept {
    switch (outcome) {
        case Outcome::unchanged:
            return "unchanged";
        case Outcome::changed:
            return "changed";
        case Outcome::adjusted:
            return "adjusted";
        case Outcome::pending:
            return "pending";
        case Outcome::refused:
            return "refused";
        case Outcome::unsupported:
            return "unsupported";
        case Outcome::unmovable:
            return "unmovable";
        case Outcome::gone:
            return "gone";
        case Outcome::away:
            return "away";
        case Outcome::overridden:
            return "overridden";
        case Outcome::differs:
            return "differs";
        case Outcome::needs_reboot:
            return "needs reboot";
        case Outcome::not_done:
            return "not done";
    }
    return "";
}

bool is_success(Outcome outcome) noexcept {
    return outcome == Outcome::unchanged || outcome == Outcome::changed ||
           outcome == Outcome::adjusted || outcome == Outcome::pending;
}

}  // namespace nanotune
