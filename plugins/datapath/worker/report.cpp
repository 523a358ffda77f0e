#include "report.hpp"

#include <cmath>

#include <fmt/core.h>

namespace nanotune::datapath {

namespace {

std::string_view word_of(worker::State state) {
    switch (state) {
        case worker::State::starting:
            return "starting";
        case worker::State::ready:
            return "ready";
        case worker::State::ended:
            break;
    }
    return "ended";
}

}  // namespace

std::string report_of(const Shared& shared) {
    const nt_settings settings = shared.control.now();
    const Counters& counters = shared.counters;
    std::string text = fmt::format(
        "state: {}\nprocess: {}\nbackend: {}\nlistens to: {}\narmed: {}\nprice: {}\nquantity: {}\n",
        word_of(shared.head.state_now()), shared.head.process, shared.head.how.data(),
        shared.listens_to.data(), settings.is_armed != 0 ? "yes" : "no", settings.price,
        settings.quantity);
    text += fmt::format("received: {}\n", counters.received());
    for (int number = 0; number < nt_outcomes; ++number) {
        const auto outcome = static_cast<nt_outcome>(number);
        text += fmt::format("{}: {}\n", name_of(outcome), counters.outcomes[outcome].now());
    }
    text += fmt::format("senders prepared: {}\nsenders replaced: {}\n", counters.flows_made.now(),
                        counters.flows_evicted.now());
    const double nanoseconds = 1e9 / static_cast<double>(shared.ticks_per_second);
    const auto in_time = [nanoseconds](std::uint64_t ticks) {
        return std::llround(static_cast<double>(ticks) * nanoseconds);
    };
    text += fmt::format("packets timed: {}\n", counters.times.count());
    for (const auto& [name, part] : {std::pair("p50", 0.5), {"p99", 0.99}, {"p99.9", 0.999}}) {
        text += fmt::format("ns a packet, {}: {}\n", name, in_time(counters.times.quantile(part)));
    }
    return text;
}

}  // namespace nanotune::datapath
