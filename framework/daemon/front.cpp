#include "daemon/front.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr int messages_a_turn = 64;

std::unexpected<Error> lost(std::string_view what, const sdbus::Error& error) {
    const bool is_taken = error.getName() == "org.freedesktop.DBus.Error.FileExists";
    const bool is_denied = error.getName() == "org.freedesktop.DBus.Error.AccessDenied";
    return failure(is_taken    ? ErrorCode::busy
                   : is_denied ? ErrorCode::denied
                               : ErrorCode::io,
                   fmt::format("{}: {}", what, error.getMessage()));
}

}  // namespace

Result<std::unique_ptr<Front>> Front::open(const Parts& parts, const Snapshot& snapshot,
                                           bus::Opening opened) {
    std::string what = "connect to the system bus";
    try {
        std::unique_ptr<Front> front(new Front(opened.take()));
        what = fmt::format("own the name {}", bus::service_name);
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
        connection.requestName(bus::ServiceName(bus::service_name));
        return front;
    } catch (const sdbus::Error& error) {
        return lost(what, error);
    }
}

nanotune::Status Front::process() {
    try {
        for (int i = 0; i < messages_a_turn && bus::process_one(*connection_); ++i) {
        }
    } catch (const sdbus::Error& error) {
        return lost("the system bus", error);
    }
    next_sweep_ = jobs_->sweep();
    return {};
}

Result<Front::Wait> Front::wait() const {
    try {
        const auto data = connection_->getEventLoopPollData();
        Wait wait{.descriptor = data.fd, .events = data.events, .timeout = data.getPollTimeout()};
        if (next_sweep_ != JobObject::Clock::time_point::max()) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(next_sweep_ - JobObject::Clock::now());
            const int sweep = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
            wait.timeout = wait.timeout < 0 ? sweep : std::min(wait.timeout, sweep);
        }
        return wait;
    } catch (const sdbus::Error& error) {
        return lost("the system bus", error);
    }
}

}  // namespace nanotune::daemon
