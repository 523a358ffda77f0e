#include "report.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstring>
#include <memory>
#include <span>

#include <fmt/core.h>

#include "tick_rate.hpp"
#include "worker/moment.hpp"

namespace nanotune::datapath {

namespace {

/// One that was killed together with its keeper has told nobody.
bool is_there(const worker::SharedHead& head) {
    return ::kill(static_cast<pid_t>(head.process), 0) == 0 || errno != ESRCH;
}

std::string_view word_of(const worker::SharedHead& head) {
    const worker::State state = head.state_now();
    if (state == worker::State::ended || !is_there(head)) {
        return "ended";
    }
    return state == worker::State::hangs   ? "hangs"
           : state == worker::State::ready ? "ready"
                                           : "starting";
}

std::uint64_t errors_in(const Counters& counters) {
    std::uint64_t errors = 0;
    for (int number = 0; number < nt_outcomes; ++number) {
        const auto outcome = static_cast<nt_outcome>(number);
        errors += nt_is_error(outcome) != 0 ? counters.outcomes[outcome].now() : 0;
    }
    return errors;
}

std::string head_of(const Shared& shared) {
    const nt_settings settings = shared.control.now();
    std::string text = fmt::format(
        "state: {}\nprocess: {}\nbackend: {}\nlistens to: {}\narmed: {}\nprice: {}\nquantity: {}\n",
        word_of(shared.head), shared.head.process, shared.head.how.data(), shared.listens_to.data(),
        settings.is_armed != 0 ? "yes" : "no", settings.price, settings.quantity);
    return text;
}

std::string counts_of(const Counters& counters) {
    std::string text = fmt::format("received: {}\n", counters.received());
    for (int number = 0; number < nt_outcomes; ++number) {
        const auto outcome = static_cast<nt_outcome>(number);
        text += fmt::format("{}: {}\n", name_of(outcome), counters.outcomes[outcome].now());
    }
    return text + fmt::format("senders prepared: {}\nsenders replaced: {}\nerrors: {}\n",
                              counters.flows_made.now(), counters.flows_evicted.now(),
                              errors_in(counters));
}

/// Of a packet, or that which ended the worker before this one.
std::string last_error_of(const Shared& shared, const worker::Record& record) {
    const std::uint64_t time = shared.last_error.time.now();
    const std::uint64_t outcome = shared.last_error.outcome.now();
    const bool is_of_packet = time > record.ended && outcome < nt_outcomes;
    if (!is_of_packet && record.ended == 0) {
        return "last error: none\n";
    }
    return fmt::format(
        "last error: {}\nlast error at: {}\n",
        is_of_packet ? name_of(static_cast<nt_outcome>(outcome)) : std::string_view(record.end),
        worker::moment_text(is_of_packet ? time : record.ended));
}

std::string membership_of(const Shared& shared) {
    if (shared.membership.is_asked.now() == 0) {
        return "";
    }
    constexpr std::array<std::string_view, 4> filters{
        "unknown (only its driver knows whether its filter is full)",
        "none (it is no hardware, and takes everything)", "all-multicast", "promiscuous"};
    return fmt::format("multicast group: {}\nmulticast filter of the device: {}\n",
                       shared.membership.is_joined.now() != 0 ? "joined" : "not joined any more",
                       filters[shared.membership.filter.now() % filters.size()]);
}

struct NamedCounter {
    std::string_view name;
    Counter Connections::* counter;
};

std::string connections_of(std::span<const WorkerPart> parts) {
    constexpr std::array<NamedCounter, 12> counters{
        {{"connections active", &Connections::active},
         {"connections opened", &Connections::opened},
         {"connections closed", &Connections::closed},
         {"connections expired", &Connections::expired},
         {"connections dropped", &Connections::dropped},
         {"connections refused", &Connections::refused},
         {"connections evicted", &Connections::evicted},
         {"segments followed", &Connections::segments},
         {"segments behind a gap", &Connections::gaps},
         {"segments duplicate", &Connections::duplicates},
         {"segments out of state", &Connections::out_of_state},
         {"bytes missed", &Connections::missed}}};
    std::string text;
    for (const NamedCounter& one : counters) {
        std::uint64_t sum = 0;
        for (const WorkerPart& part : parts) {
            sum += (part.connections.*one.counter).now();
        }
        text += fmt::format("{}: {}\n", one.name, sum);
    }
    std::uint64_t unsent = 0;
    for (const WorkerPart& part : parts) {
        unsent += part.connections.unsent.now() + part.order_line.unsent.now();
    }
    return text + fmt::format("orders unsent: {}\n", unsent);
}

/// Of those that leave on connections of their own.
std::string order_lines_of(std::span<const WorkerPart> parts) {
    std::uint64_t wanted = 0;
    OrderLine sum{};
    for (const WorkerPart& part : parts) {
        const OrderLine& line = part.order_line;
        wanted += line.is_wanted.now();
        sum.is_up.add(line.is_up.now());
        sum.made.add(line.made.now());
        sum.failed.add(line.failed.now());
        sum.broken.add(line.broken.now());
    }
    return wanted == 0
               ? ""
               : fmt::format(
                     "order connections: {}\norder connections up: {}\norder connections "
                     "made: {}\norder connections broken: {}\norder connections refused: "
                     "{}\n",
                     wanted, sum.is_up.now(), sum.made.now(), sum.broken.now(), sum.failed.now());
}

std::string times_of(const Counters& counters, std::uint64_t ticks_per_second) {
    const double nanoseconds = 1e9 / static_cast<double>(ticks_per_second);
    const auto in_time = [nanoseconds](std::uint64_t ticks) {
        return std::llround(static_cast<double>(ticks) * nanoseconds);
    };
    const std::uint64_t count = counters.times.count();
    std::string text = fmt::format(
        "clock: {} ticks a second{}\npackets timed: {}\n", ticks_per_second,
        has_constant_ticks() ? ""
                             : " at the start; this CPU does not say that it stays so, and times "
                               "are not to be relied on",
        count);
    const std::uint64_t mean = count == 0 ? 0 : counters.total_time.now() / count;
    const std::uint64_t most = counters.most_time.now();
    // A bucket is known by its upper end, which may lie above everything that is in it.
    const auto quantile = [&counters, most](double part) {
        return std::min(counters.times.quantile(part), most);
    };
    for (const auto& [name, ticks] : {std::pair("last", counters.last_time.now()),
                                      {"min", counters.least_time.now()},
                                      {"mean", mean},
                                      {"p50", quantile(0.5)},
                                      {"p99", quantile(0.99)},
                                      {"p99.9", quantile(0.999)},
                                      {"max", most}}) {
        text += fmt::format("ns a packet, {}: {}\n", name, in_time(ticks));
    }
    return text;
}

/// As a sum over workers; where one of them has none, there is none.
std::string hardware_of(std::span<const WorkerPart> parts) {
    std::string text;
    for (std::size_t at = 0; at < Hardware::names.size(); ++at) {
        std::uint64_t count = 0;
        std::uint64_t error = 0;
        for (const WorkerPart& part : parts) {
            count += part.hardware.counts[at].now();
            error = error != 0 ? error : part.hardware.errors[at].now();
        }
        text += error != 0 ? fmt::format("{}: not counted on this host ({})\n", Hardware::names[at],
                                         std::strerror(static_cast<int>(error)))
                           : fmt::format("{}: {}\n", Hardware::names[at], count);
    }
    return text;
}

std::string queues_of(const WorkerPart& part, std::string_view front) {
    const SharedUsage& usage = part.usage;
    const std::string_view unit = usage.is_bytes.now() != 0 ? "bytes" : "frames";
    return fmt::format(
        "{0}{1} waiting: {2}\n{0}{1} waiting, most: {3}\n{0}room for {1}: {4}\n{0}slots in use: "
        "{5}\n{0}slots: {6}\n{0}dropped before: {7}\n",
        front, unit, usage.waiting.now(), usage.most_waiting.now(), usage.room.now(),
        usage.leaving.now(), usage.slots.now(), usage.dropped_since());
}

std::string worker_of(std::size_t number, const WorkerPart& part) {
    const std::string front = fmt::format("worker {}, ", number);
    const auto number_or = [](std::uint32_t value, std::string_view otherwise) {
        return value == WorkerPart::none ? std::string(otherwise) : fmt::format("{}", value);
    };
    return fmt::format(
               "{0}CPU: {1}\n{0}queue: {2}\n{0}received: {3}\n{0}answered: {4}\n{0}errors: {5}\n",
               front, number_or(part.cpu, "any"), number_or(part.queue, "any"),
               part.counters.received(), part.counters.outcomes[nt_answered].now(),
               errors_in(part.counters)) +
           queues_of(part, front);
}

}  // namespace

std::string report_of(const Shared& shared, const worker::Record& record) {
    const std::span<const WorkerPart> parts(shared.parts.data(), shared.workers);
    const auto sum = std::make_unique<Counters>();
    std::uint64_t dropped = 0;
    for (const WorkerPart& part : parts) {
        sum->add_all(part.counters);
        dropped += part.usage.dropped_since();
    }
    std::string text = head_of(shared) + counts_of(*sum) + last_error_of(shared, record) +
                       membership_of(shared) + connections_of(parts) + order_lines_of(parts) +
                       fmt::format("dropped before a worker: {}\n", dropped) +
                       times_of(*sum, shared.ticks_per_second) + hardware_of(parts) +
                       fmt::format("memory: {}\n", shared.memory.data()) +
                       fmt::format("workers: {}\n", shared.workers);
    for (std::size_t number = 0; number < parts.size(); ++number) {
        text += worker_of(number, parts[number]);
    }
    return text;
}

}  // namespace nanotune::datapath
