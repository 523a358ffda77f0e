#include "pulse.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>
#include <poll.h>

namespace nanotune::cli {

namespace {

constexpr std::chrono::hours ever{24};            // who is asked is not given up by the bus
constexpr std::chrono::milliseconds glance{100};  // at what only this process can see

}  // namespace

std::string text_of(std::chrono::milliseconds patience) {
    return patience.count() % 1000 == 0 ? fmt::format("{} s", patience.count() / 1000)
                                        : fmt::format("{} ms", patience.count());
}

void turn(sdbus::IConnection& connection) {
    const auto data = connection.getEventLoopPollData();
    pollfd waited{.fd = data.fd, .events = data.events, .revents = 0};
    const int timeout = data.getPollTimeout();
    constexpr int most = static_cast<int>(glance.count());
    ::poll(&waited, 1, timeout < 0 ? most : std::min(timeout, most));
    // Last, so that who waits for what has come sees it before the next turn.
    while (bus::process_one(connection)) {
    }
}

Pulse::Pulse(sdbus::IConnection& connection, std::string who, std::chrono::milliseconds patience)
    : connection_(connection),
      who_(std::move(who)),
      patience_(patience),
      manager_(bus::proxy_of(connection, bus::service_name, bus::manager_path)) {}

void Pulse::ask() {
    asked_ = Clock::now();
    is_answered_ = is_told_ = false;
    fault_.reset();
    manager_->callMethodAsync("Get")
        .onInterface("org.freedesktop.DBus.Properties")
        .withTimeout(ever)
        .withArguments(std::string(bus::manager_interface), std::string("Version"))
        .uponReplyInvoke([this](bus::Fault fault, const sdbus::Variant& version) {
            is_answered_ = true;
            if (const sdbus::Error* const error = bus::error_in(fault); error != nullptr) {
                fault_ = *error;
            } else {
                version_ = version.get<std::string>();
            }
        });
}

void Pulse::feel(const Tell& tell, std::chrono::milliseconds between) {
    const auto silence = Clock::now() - asked_;
    if (is_answered_) {
        if (silence >= between) {
            ask();
        }
        return;
    }
    if (silence >= patience_) {
        throw bus::fault_of(
            {.code = ErrorCode::timed_out,
             .message = fmt::format(
                 "{} has not answered for {} (--timeout): it hangs, or was stopped. With --direct, "
                 "what only looks goes on without it, and so does datapath disable; what changes "
                 "the host does once it answers or has ended: systemctl restart nanotuned",
                 who_, text_of(patience_))});
    }
    if (silence >= longest_moment && !std::exchange(is_told_, true)) {
        tell(fmt::format("waiting for {} to answer, for {} at most (--timeout)", who_,
                         text_of(patience_)));
    }
}

std::string Pulse::version(const Tell& tell) {
    for (ask(); !is_answered_; feel(tell)) {
        turn(connection_);
    }
    if (fault_) {
        throw sdbus::Error(*fault_);
    }
    return version_;
}

}  // namespace nanotune::cli
