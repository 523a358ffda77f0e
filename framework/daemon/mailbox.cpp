#include "daemon/mailbox.hpp"

#include <cerrno>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

namespace nanotune::daemon {

Result<Mailbox> Mailbox::open() {
    Descriptor signal(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!signal.is_open()) {
        return kernel_failure("eventfd", errno);
    }
    return Mailbox(std::move(signal));
}

void Mailbox::post(std::function<void()> letter) {
    {
        const std::scoped_lock lock(*mutex_);
        letters_.push_back(std::move(letter));
    }
    const std::uint64_t one = 1;
    // Full only where it is readable already.
    static_cast<void>(::write(signal_.number(), &one, sizeof one));
}

void Mailbox::empty() {
    std::uint64_t count = 0;
    static_cast<void>(::read(signal_.number(), &count, sizeof count));
    std::vector<std::function<void()>> letters;
    {
        const std::scoped_lock lock(*mutex_);
        letters.swap(letters_);
    }
    for (const auto& letter : letters) {
        letter();
    }
}

}  // namespace nanotune::daemon
