#include "daemon/front.hpp"

#include <utility>

#include <fmt/core.h>

#include "daemon/patience.hpp"

namespace nanotune::daemon {

namespace {

constexpr int messages_a_turn = 64;
constexpr std::chrono::seconds name_patience{25};
constexpr std::chrono::milliseconds outbox_patience{200};
// Far more than a bus leaves that goes on: it hangs, and what it is told takes memory.
constexpr std::uint64_t most_in_outbox = 4096;

// Of the bus's RequestName.
constexpr std::uint32_t do_not_queue = 4;
constexpr std::uint32_t is_owner = 1;
constexpr std::uint32_t is_owner_already = 4;

std::unexpected<Error> lost(std::string_view what, const sdbus::Error& error) {
    return failure(bus::error_of(error).code, fmt::format("{}: {}", what, error.getMessage()));
}

}  // namespace

Result<std::unique_ptr<Front>> Front::open(const Parts& parts, const Snapshot& snapshot,
                                           bus::Opening opened) {
    std::string_view what = connecting;
    try {
        std::unique_ptr<Front> front(new Front(opened.take()));
        what = own_name;
        sdbus::IConnection& connection = *front->connection_;
        front->authority_ = std::make_unique<Authority>(connection);
        front->jobs_ = std::make_unique<Jobs>(connection, *front->authority_, parts.engine);
        front->manager_ =
            std::make_unique<ManagerObject>(connection,
                                            ManagerObject::Parts{.authority = *front->authority_,
                                                                 .jobs = *front->jobs_,
                                                                 .next_job = parts.next_job,
                                                                 .profiles = parts.profiles},
                                            snapshot);
        front->objects_ =
            std::make_unique<Objects>(connection, DatapathParts{.authority = *front->authority_,
                                                                .jobs = *front->jobs_,
                                                                .next_job = parts.next_job,
                                                                .kept = parts.datapaths,
                                                                .beside = parts.beside,
                                                                .owed = parts.owed,
                                                                .log = parts.log});
        front->ask_for_name();
        return front;
    } catch (const sdbus::Error& error) {
        return lost(what, error);
    }
}

void Front::ask_for_name() {
    bus_ = bus::proxy_of(*connection_, "org.freedesktop.DBus", "/org/freedesktop/DBus");
    bus_->callMethodAsync("RequestName")
        .onInterface("org.freedesktop.DBus")
        .withTimeout(name_patience)
        .withArguments(std::string(bus::service_name), do_not_queue)
        .uponReplyInvoke([this](bus::Fault fault, std::uint32_t answer) {
            if (const sdbus::Error* const error = bus::error_in(fault); error != nullptr) {
                Error why = lost(own_name, *error).error();
                if (why.code ==
                    ErrorCode::denied) {  // the bus names a connection, each time another
                    why.message = fmt::format("{}: the bus's policy does not allow it", own_name);
                }
                refused_ = std::move(why);
            } else if (answer == is_owner || answer == is_owner_already) {
                has_name_ = true;
            } else {
                refused_ = Error{.code = ErrorCode::busy,
                                 .message = fmt::format("{}: it has another owner", own_name)};
            }
        });
}

/// In the order in which they refer to one another; what the library has not sent by then it would
/// wait for.
Front::~Front() {
    objects_.reset();
    manager_.reset();
    jobs_.reset();
    authority_.reset();
    bus_.reset();
    outbox_.close(outbox_patience);
}

nanotune::Status Front::process() {
    try {
        for (int i = 0; i < messages_a_turn && bus::process_one(*connection_); ++i) {
        }
    } catch (const sdbus::Error& error) {
        return lost("the system bus", error);
    }
    if (refused_) {
        return std::unexpected(*refused_);
    }
    if (outbox_.size() > most_in_outbox) {
        return failure(ErrorCode::timed_out, "the system bus: it no longer takes what it is told");
    }
    next_sweep_ = jobs_->sweep();
    return {};
}

Result<Front::Wait> Front::wait() const {
    try {
        const auto data = connection_->getEventLoopPollData();
        Wait wait{.descriptor = data.fd, .events = data.events, .timeout = data.getPollTimeout()};
        wait.timeout = sooner(wait.timeout, patience_until(next_sweep_, JobObject::Clock::now()));
        return wait;
    } catch (const sdbus::Error& error) {
        return lost("the system bus", error);
    }
}

}  // namespace nanotune::daemon
