#include "round_trips.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "../arithmetic.hpp"

namespace nanotune::cli::bench {

namespace {

constexpr std::uint64_t second = 1'000'000'000;
constexpr std::size_t hopeless = 10;  ///< lost, and not one was answered

/// When each packet is due, and which one is due at a time.
class Times {
  public:
    Times(std::uint64_t first, double interval) : first_(first), interval_(interval) {}

    [[nodiscard]] std::uint64_t of(std::uint64_t number) const {
        return first_ + static_cast<std::uint64_t>(interval_ * static_cast<double>(number));
    }
    /// Nothing where none is.
    [[nodiscard]] std::optional<std::uint64_t> number_of(std::uint64_t moment) const {
        if (moment < first_) {
            return std::nullopt;
        }
        const auto about =
            static_cast<std::uint64_t>(static_cast<double>(moment - first_) / interval_);
        for (const std::uint64_t number : {about, about + 1}) {
            if (of(number) == moment) {
                return number;
            }
        }
        return std::nullopt;
    }

  private:
    std::uint64_t first_;
    double interval_;
};

class Run {
  public:
    Run(Sender& sender, const RoundTripPlan& plan) : sender_(sender), plan_(plan) {
        result_.times.reserve(plan.count);
        result_.is_open_loop = plan.rate != 0;
    }

    RoundTrips result() {
        warm_up();
        first_ = now();
        if (result_.is_open_loop) {
            send_at_times();
        } else {
            send_in_turns();
            result_.took = now() - first_;
        }
        return std::move(result_);
    }

  private:
    [[nodiscard]] bool is_stopped() const {
        return plan_.stopped != nullptr && plan_.stopped->load(std::memory_order_relaxed);
    }

    [[nodiscard]] bool is_hopeless(std::uint64_t lost) const {
        return !has_answered_ && lost >= hopeless;
    }

    /// Neighbours are resolved, caches are warm, and the target has seen this sender.
    void warm_up() {
        for (std::uint64_t at = 0; at < plan_.warm_up && !is_stopped() && !is_hopeless(at); ++at) {
            const std::uint64_t sent = now();
            sender_.send(sent);
            const std::uint64_t until = sent + std::min<std::uint64_t>(plan_.patience, second / 50);
            bool is_answered = false;
            while (!is_answered && now() < until) {
                is_answered = sender_.answer().has_value();
            }
            has_answered_ = has_answered_ || is_answered;
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
            if (const auto took = time_of(sent)) {
                result_.times.push_back(*took);
            } else if (is_stopped() && now() - sent < plan_.patience) {
                --result_.sent;  // neither answered nor lost
            } else {
                given_up_.push_back(sent);
                if (result_.times.empty() && is_hopeless(given_up_.size())) {
                    result_.is_given_up = true;
                    return;
                }
            }
        }
    }

    /// Until its answer, if that comes in time, which an interrupt leaves little of; others are of
    /// packets before it.
    std::optional<std::uint64_t> time_of(std::uint64_t sent) {
        std::uint64_t seen = sent;
        std::uint64_t until = sent + plan_.patience;
        bool is_hurried = false;
        while (seen < until) {
            const auto answer = sender_.answer();
            seen = now();
            if (is_stopped() && !std::exchange(is_hurried, true)) {
                until = std::min(until, seen + second / 50);
            }
            if (answer && answer->timestamp == sent) {
                return seen - sent;
            }
            if (answer && answer->timestamp >= first_ && answer->timestamp < sent) {
                result_.duplicates += std::erase(given_up_, answer->timestamp) == 0 ? 1 : 0;
            }
        }
        return std::nullopt;
    }

    void send_at_times() {
        const double interval = static_cast<double>(second) / static_cast<double>(plan_.rate);
        const auto bearable =
            std::max<std::uint64_t>(1'000, static_cast<std::uint64_t>(interval / 10));
        const Times times(now() + second / 1000, interval);
        was_answered_.resize(plan_.count);
        for (std::uint64_t at = 0; at < plan_.count && !is_stopped(); ++at) {
            const std::uint64_t due = times.of(at);
            std::uint64_t moment = now();
            while (moment < due) {
                take_answer(times);
                moment = now();
            }
            const std::uint64_t behind = moment - due;
            result_.late += behind > bearable ? 1 : 0;
            result_.latest = std::max(result_.latest, behind);
            ++(sender_.send(due) ? result_.sent : result_.not_sent);
            take_answer(times);
        }
        const std::uint64_t until = now() + plan_.patience;
        while (result_.times.size() < result_.sent && now() < until && !is_stopped()) {
            take_answer(times);
        }
        result_.took = now() - first_;
        const std::uint64_t last = now() + second / 100;
        while (now() < last) {  // what is answered once more, as a rule soon
            take_answer(times);
        }
    }

    void take_answer(const Times& times) {
        const auto answer = sender_.answer();
        const std::uint64_t seen = now();
        if (!answer || answer->timestamp > seen) {
            return;
        }
        const auto number = times.number_of(answer->timestamp);
        if (!number || *number >= was_answered_.size()) {
            return;
        }
        if (answer->is_its_own && was_answered_[*number]) {
            ++result_.duplicates;
            return;
        }
        was_answered_[*number] = true;
        if (const std::uint64_t took = seen - answer->timestamp;
            took < plan_.patience && result_.times.size() < result_.sent) {
            result_.times.push_back(took);
        }
    }

    Sender& sender_;
    const RoundTripPlan& plan_;
    RoundTrips result_;
    std::uint64_t first_ = 0;              ///< when it began
    bool has_answered_ = false;            ///< the target, while it was warmed up
    std::vector<std::uint64_t> given_up_;  ///< closed loop: sent, and not answered in time
    std::vector<bool> was_answered_;       ///< open loop, by the packet's number
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
