#include "round_trips.hpp"

#include <algorithm>
#include <cmath>

#include "../arithmetic.hpp"

namespace nanotune::cli::bench {

namespace {

constexpr std::uint64_t second = 1'000'000'000;

class Run {
  public:
    Run(Sender& sender, const RoundTripPlan& plan) : sender_(sender), plan_(plan) {
        result_.times.reserve(plan.count);
        result_.is_open_loop = plan.rate != 0;
    }

    RoundTrips result() {
        warm_up();
        const std::uint64_t began = now();
        if (result_.is_open_loop) {
            send_at_times();
        } else {
            send_in_turns();
        }
        result_.took = now() - began;
        return std::move(result_);
    }

  private:
    [[nodiscard]] bool is_stopped() const {
        return plan_.stopped != nullptr && plan_.stopped->load(std::memory_order_relaxed);
    }

    /// Neighbours are resolved, caches are warm, and the target has seen this sender.
    void warm_up() {
        for (std::uint64_t at = 0; at < plan_.warm_up && !is_stopped(); ++at) {
            const std::uint64_t sent = now();
            sender_.send(sent);
            const std::uint64_t until = sent + std::min<std::uint64_t>(plan_.patience, second / 50);
            while (!sender_.answer() && now() < until) {
            }
        }
        const std::uint64_t until = now() + second / 100;
        while (now() < until) {
            static_cast<void>(sender_.answer());
        }
    }

    void send_in_turns() {
        for (std::uint64_t at = 0; at < plan_.count && !is_stopped(); ++at) {
            const std::uint64_t sent = now();
            if (!sender_.send(sent)) {
                ++result_.not_sent;
                continue;
            }
            ++result_.sent;
            std::uint64_t seen = sent;
            while (seen - sent < plan_.patience) {
                const auto stamp = sender_.answer();
                seen = now();
                if (stamp == sent) {  // what else comes was given up before
                    result_.times.push_back(seen - sent);
                    break;
                }
            }
        }
    }

    void send_at_times() {
        const double interval = static_cast<double>(second) / static_cast<double>(plan_.rate);
        const auto bearable =
            std::max<std::uint64_t>(1'000, static_cast<std::uint64_t>(interval / 10));
        const std::uint64_t began = now() + second / 1000;
        for (std::uint64_t at = 0; at < plan_.count && !is_stopped(); ++at) {
            const std::uint64_t due =
                began + static_cast<std::uint64_t>(interval * static_cast<double>(at));
            std::uint64_t moment = now();
            while (moment < due) {
                take_answer(began);
                moment = now();
            }
            const std::uint64_t behind = moment - due;
            result_.late += behind > bearable ? 1 : 0;
            result_.latest = std::max(result_.latest, behind);
            ++(sender_.send(due) ? result_.sent : result_.not_sent);
            take_answer(began);
        }
        const std::uint64_t until = now() + plan_.patience;
        while (result_.times.size() < result_.sent && now() < until && !is_stopped()) {
            take_answer(began);
        }
    }

    void take_answer(std::uint64_t began) {
        const auto stamp = sender_.answer();
        const std::uint64_t seen = now();
        const bool is_ours = stamp && *stamp >= began && *stamp <= seen;
        if (is_ours && seen - *stamp < plan_.patience && result_.times.size() < result_.sent) {
            result_.times.push_back(seen - *stamp);
        }
    }

    Sender& sender_;
    const RoundTripPlan& plan_;
    RoundTrips result_;
};

}  // namespace

RoundTrips round_trips(Sender& sender, const RoundTripPlan& plan) {
    return Run(sender, plan).result();
}

Statistics statistics_of(const std::vector<std::uint64_t>& times) {
    Statistics found;
    for (const double percent : {50.0, 90.0, 95.0, 99.0, 99.9, 99.99}) {
        found.quantiles.emplace_back(percent, 0.0);
    }
    if (times.empty()) {
        return found;
    }
    std::vector<std::uint64_t> sorted = times;
    std::ranges::sort(sorted);
    const auto count = static_cast<double>(times.size());
    double sum = 0;
    double steps = 0;
    for (std::size_t at = 0; at < times.size(); ++at) {
        const auto time = static_cast<double>(times[at]);
        sum += time;
        steps += at == 0 ? 0 : std::abs(time - static_cast<double>(times[at - 1]));
    }
    found.mean = sum / count;
    double squares = 0;
    for (const std::uint64_t time : times) {
        const double off = static_cast<double>(time) - found.mean;
        squares += off * off;
    }
    found.deviation = times.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
    found.jitter = times.size() > 1 ? steps / (count - 1) : 0;
    found.least = static_cast<double>(sorted.front());
    found.most = static_cast<double>(sorted.back());
    for (auto& [percent, time] : found.quantiles) {
        const auto rank = rounded_up(percent * count / 100 - 1e-6);
        time = static_cast<double>(sorted[std::max<std::size_t>(rank, 1) - 1]);
    }
    return found;
}

}  // namespace nanotune::cli::bench
