#include "reaching.hpp"

#include <cstdio>
#include <thread>
#include <utility>

#include <fmt/core.h>

#include "pulse.hpp"
#include "service/bus/bus.hpp"
#include "service/bus/opening.hpp"

namespace nanotune::cli {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* bus_name = "org.freedesktop.DBus";
constexpr std::chrono::milliseconds glance{100};
constexpr std::chrono::milliseconds between_looks{20};
constexpr std::chrono::hours ever{24};             // who is asked is not given up by the library
constexpr std::chrono::seconds time_to_settle{5};  // of who has just started, until all is there

/// How long the bus may take for each thing that is asked of it, and who waits for that is told.
class BusPatience {
  public:
    explicit BusPatience(std::chrono::milliseconds patience) : patience_(patience) {}

    void ask() { began_ = Clock::now(); }
    /// At each turn of waiting. Errors: timed_out.
    Status feel() {
        const auto silence = Clock::now() - began_;
        if (silence >= patience_) {
            return failure(ErrorCode::timed_out,
                           fmt::format("the system bus has not answered for {} (--timeout): it "
                                       "hangs. With --direct, what only looks goes on without it, "
                                       "and so does datapath disable; nanotuned goes on, too",
                                       text_of(patience_)));
        }
        if (silence >= longest_moment && !std::exchange(is_told_, true)) {
            tell(fmt::format("waiting for the system bus to answer, for {} at most (--timeout)",
                             text_of(patience_)));
        }
        return {};
    }

  private:
    std::chrono::milliseconds patience_;
    Clock::time_point began_ = Clock::now();
    bool is_told_ = false;
};

/// What the bus itself is asked.
class BusQuestions {
  public:
    BusQuestions(sdbus::IConnection& connection, BusPatience& patience)
        : connection_(connection),
          patience_(patience),
          bus_(bus::proxy_of(connection, bus_name, "/org/freedesktop/DBus")) {}

    /// Errors: timed_out. Throws what the bus says.
    template <typename T>
    Result<T> answer(const char* method, const std::string& about) {
        // Of its own, whoever has given up by the time at which it comes.
        struct Heard {
            std::optional<T> answer;
            std::optional<sdbus::Error> fault;
        };
        const auto heard = std::make_shared<Heard>();
        patience_.ask();
        bus_->callMethodAsync(method)
            .onInterface(bus_name)
            .withTimeout(ever)
            .withArguments(about)
            .uponReplyInvoke([heard](bus::Fault fault, const T& answer) {
                if (const sdbus::Error* const error = bus::error_in(fault); error != nullptr) {
                    heard->fault = *error;
                } else {
                    heard->answer = answer;
                }
            });
        while (!heard->answer && !heard->fault) {
            turn(connection_);
            NT_CHECK(patience_.feel());
        }
        if (heard->fault) {
            throw sdbus::Error(*heard->fault);
        }
        return *heard->answer;
    }

  private:
    sdbus::IConnection& connection_;
    BusPatience& patience_;
    std::unique_ptr<sdbus::IProxy> bus_;
};

/// Whoever has just started, or lost a bus that has just started again, has its name soon.
bool has_just_started(const Instance& instance, BusQuestions& questions) {
    if (has_started_within(time_to_settle, instance.process)) {
        return true;
    }
    try {
        const auto bus = questions.answer<std::uint32_t>("GetConnectionUnixProcessID", bus_name);
        return bus && has_started_within(time_to_settle, *bus);
    } catch (const sdbus::Error&) {
        return false;  // a bus that does not say who it is
    }
}

Status has_name(BusQuestions& questions, const Instance& instance) {
    std::optional<bool> is_worth_waiting;
    for (const auto until = Clock::now() + longest_moment;;) {
        NT_TRY(const bool has_owner,
               questions.answer<bool>("NameHasOwner", std::string(bus::service_name)));
        if (has_owner) {
            return {};
        }
        if (!is_worth_waiting) {
            is_worth_waiting = has_just_started(instance, questions);
        }
        if (!*is_worth_waiting || Clock::now() >= until) {
            return failure(
                ErrorCode::not_found,
                fmt::format("{} runs, and nobody reaches it: it does not own {} on the "
                            "system bus. Why, it says itself: systemctl status nanotuned",
                            who_runs(instance), bus::service_name));
        }
        std::this_thread::sleep_for(between_looks);
    }
}

}  // namespace

void tell(const std::string& text) {
    std::fputs(fmt::format("nanotune: {}\n", text).c_str(), stderr);
}

std::string who_runs(const std::optional<Instance>& instance) {
    return instance ? fmt::format("nanotuned (process {})", instance->process)
                    : std::string("nanotuned");
}

Result<std::unique_ptr<sdbus::IConnection>> reached_bus(const std::optional<Instance>& instance,
                                                        std::chrono::milliseconds patience) {
    BusPatience bus_patience(patience);
    bus::Opening opening;
    while (!opening.is_done(glance)) {
        NT_CHECK(bus_patience.feel());
    }
    std::unique_ptr<sdbus::IConnection> connection;
    try {
        connection = opening.take();
    } catch (const sdbus::Error& error) {
        return failure(
            ErrorCode::io,
            fmt::format("{}the system bus: {}",
                        instance ? who_runs(instance) + " runs, and nobody reaches it: " : "",
                        error.getMessage()));
    }
    if (instance) {
        BusQuestions questions(*connection, bus_patience);
        NT_CHECK(has_name(questions, *instance));
    }
    return connection;
}

}  // namespace nanotune::cli
