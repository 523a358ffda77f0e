// Round trips to somebody who answers.
#include <fmt/core.h>

#include "../bench/round_trips.hpp"
#include "measure.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr std::uint64_t patience = 200'000'000;
constexpr std::uint64_t at_a_time = 100;

class PingPong : public Measure {
  public:
    PingPong(std::string target, std::chrono::milliseconds duration)
        : target_(std::move(target)), duration_(duration) {}

    [[nodiscard]] std::string name() const override { return "round trip to " + target_; }
    [[nodiscard]] std::chrono::milliseconds limit() const override {
        return duration_ + std::chrono::seconds(30);
    }
    Result<std::vector<double>> samples(const std::atomic<bool>& stop) override {
        bench::Feed feed;
        feed.route.target = target_;
        NT_TRY(bench::Sender sender, bench::Sender::open(feed));
        const bench::RoundTrips first =
            trips(sender, {.count = 5, .warm_up = at_a_time, .patience = patience}, stop);
        if (first.times.empty() && !stop.load()) {
            return failure(ErrorCode::not_found,
                           fmt::format("{} does not answer: it takes something that sends back "
                                       "what comes by UDP",
                                       target_));
        }
        std::vector<double> samples;
        const std::uint64_t until =
            bench::now() + static_cast<std::uint64_t>(duration_.count()) * 1'000'000;
        while (!stop.load() && bench::now() < until && samples.size() < most_samples) {
            add(trips(sender, {.count = at_a_time, .warm_up = 0, .patience = patience}, stop),
                samples);
        }
        return stop.load() ? Result<std::vector<double>>(stopped()) : samples;
    }

  private:
    static bench::RoundTrips trips(bench::Sender& sender, bench::RoundTripPlan plan,
                                   const std::atomic<bool>& stop) {
        plan.stopped = &stop;
        return bench::round_trips(sender, plan);
    }

    static void add(const bench::RoundTrips& trips, std::vector<double>& samples) {
        for (const std::uint64_t time : trips.times) {
            samples.push_back(static_cast<double>(time));
        }
        samples.insert(samples.end(), trips.lost() + trips.not_sent, static_cast<double>(patience));
    }

    std::string target_;
    std::chrono::milliseconds duration_;
};

}  // namespace

std::unique_ptr<Measure> ping_pong(std::string target, std::chrono::milliseconds duration) {
    return std::make_unique<PingPong>(std::move(target), duration);
}

}  // namespace nanotune::cli::prove
