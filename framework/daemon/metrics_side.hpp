// Metrics as the daemon gives them away: to whoever scrapes, and into a file where that is wanted.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/direct/kept_datapaths.hpp"
#include "daemon/mailbox.hpp"
#include "daemon/metrics.hpp"
#include "daemon/metrics_server.hpp"
#include "daemon/side_thread.hpp"
#include "model/host_file.hpp"

namespace nanotune::daemon {

/// Used on the bus's thread. What datapaths count is asked of their program, on the side, once a
/// second at most: everybody who may connect may scrape. The text waits for that as long as it
/// takes.
class MetricsSide {
  public:
    using Clock = std::chrono::steady_clock;
    struct Parts {
        Mailbox& mailbox;
        SideThread& side;
        cli::KeptDatapaths datapaths;
        std::function<void(const std::string&)> log;
    };

    /// As the host's file wants; what does not work is logged, and left out.
    MetricsSide(Parts parts, const HostFile::Metrics& wanted);

    [[nodiscard]] Metrics& told() { return metrics_; }
    /// Another datapath, or the same in another way: what is known of counts is old.
    void take(const std::vector<Datapath>& datapaths);
    void add_to(std::vector<pollfd>& waited) const;
    [[nodiscard]] int patience(Clock::time_point now) const;
    void process(Clock::time_point now);

  private:
    void asked(std::uint64_t number);
    void answer_waiting();
    void write_file();

    Parts parts_;
    std::string file_;
    double start_time_;
    Metrics metrics_;
    std::unique_ptr<MetricsServer> server_;
    std::optional<Clock::time_point> next_file_;
    std::string last_complaint_;
    std::vector<std::uint64_t> waiting_;  ///< for what datapaths count
    std::string counted_;                 ///< by them
    Clock::time_point counted_at_;
    bool is_counting_ = false;
};

}  // namespace nanotune::daemon
