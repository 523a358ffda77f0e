// How long answers take.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "market_data.hpp"

namespace nanotune::cli::bench {

struct RoundTripPlan {
    std::uint64_t count = 10'000;
    std::uint64_t warm_up = 100;  ///< packets before, which count for nothing
    std::uint64_t rate = 0;       ///< packets a second, whatever the answers do; 0: one at a time
    std::uint64_t patience = 200'000'000;  ///< ns; an answer that takes longer is lost
    /// Where it is set, no packet is sent any more; one at a time, the last is waited for 20 ms
    /// longer, and counts for nothing where there is no answer yet.
    const std::atomic<bool>* stopped = nullptr;
};

/// What came of it. Times in ns, in the order of the answers.
struct RoundTrips {
    std::uint64_t sent = 0;
    std::uint64_t not_sent = 0;         ///< the kernel took no more
    std::string not_sent_because = {};  ///< the last of these; "" for none
    std::uint64_t late = 0;  ///< left more than 1 us, or a tenth of the interval, after their time
    std::uint64_t duplicates = 0;  ///< answers to what was answered before: none of `times`
    std::uint64_t latest = 0;      ///< how far behind its time the worst of them was
    std::uint64_t took = 0;        ///< all of it
    bool is_open_loop = false;
    bool is_given_up = false;  ///< closed loop: nothing at all came back
    std::vector<std::uint64_t> times;

    [[nodiscard]] std::uint64_t lost() const { return sent - times.size(); }
};

/// One packet at a time, each after the answer to the one before, until so many are lost that no
/// answer is to be hoped for where there was none; or, with a rate, each at its time, from which
/// its answer is counted, sent late or not: what waits behind a slow answer is seen, too.
[[nodiscard]] RoundTrips round_trips(Sender& sender, const RoundTripPlan& plan);

/// Of some times.
struct Statistics {
    double least = 0;
    double mean = 0;
    double most = 0;
    double deviation = 0;  ///< standard deviation
    double jitter = 0;     ///< mean difference between one answer and the next
    std::vector<std::pair<double, double>> quantiles;  ///< percent, ns
};
/// Quantiles are times that were seen. All zero where there are none.
[[nodiscard]] Statistics statistics_of(const std::vector<std::uint64_t>& times);

}  // namespace nanotune::cli::bench
