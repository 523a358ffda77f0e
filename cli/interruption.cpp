#include "interruption.hpp"

namespace nanotune::cli {

namespace {

// A signal handler can reach nothing that is not static.
std::atomic<bool> interrupted{false};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
static_assert(std::atomic<bool>::is_always_lock_free);

void note_interruption(int) {
    interrupted.store(true);
}

}  // namespace

Interruption::Interruption() {
    struct sigaction action{};
    action.sa_handler = note_interruption;
    sigemptyset(&action.sa_mask);
    action.sa_flags = static_cast<int>(SA_RESETHAND | static_cast<unsigned>(SA_RESTART));
    ::sigaction(SIGINT, &action, &interrupt_);
    ::sigaction(SIGTERM, &action, &terminate_);
    ::sigaction(SIGHUP, &action, &hang_up_);
}

Interruption::~Interruption() {
    ::sigaction(SIGINT, &interrupt_, nullptr);
    ::sigaction(SIGTERM, &terminate_, nullptr);
    ::sigaction(SIGHUP, &hang_up_, nullptr);
}

const std::atomic<bool>* Interruption::flag() noexcept {
    return &interrupted;
}

}  // namespace nanotune::cli
