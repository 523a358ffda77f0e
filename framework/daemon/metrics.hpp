// What there is to be measured of this daemon and of what it keeps, as Prometheus reads it. A
// value: it is told, and looks at nothing itself.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "daemon/drifts.hpp"
#include "daemon/snapshot.hpp"
#include "model/report.hpp"
#include "service/datapaths.hpp"

namespace nanotune::daemon {

/// How a verb that was asked for, or that the daemon does by itself, ended.
struct VerbEnd {
    std::string verb;
    Exit exit = Exit::as_wanted;
    std::chrono::duration<double> took{};
    LastReport report = {};                            ///< for who asks later
    std::map<std::string, std::size_t> outcomes = {};  ///< of its rows, how many have each
};
[[nodiscard]] VerbEnd end_of(const Report& report, std::chrono::duration<double> took);

/// Names and forms: https://prometheus.io/docs/practices/naming/, text format 0.0.4.
class Metrics {
  public:
    void take(const Snapshot& snapshot) { snapshot_ = snapshot; }
    /// Whether they are others than before.
    bool take(const std::vector<Datapath>& datapaths) {
        return std::exchange(datapaths_, datapaths) != datapaths;
    }
    void take(DriftEvent::What what) { ++drifts_[std::string(name_of(what))]; }
    void take(const VerbEnd& end);
    /// Whether clients reach the daemon over the bus.
    void take_reach(bool is_reached) { is_reached_ = is_reached; }

    /// Everything but what a datapath's program counts. `process` is what the kernel tells of this
    /// process.
    struct Process {
        double cpu_seconds = 0;
        std::uint64_t resident_bytes = 0;
        double start_time = 0;  ///< seconds since the epoch
    };
    [[nodiscard]] std::string text(const Process& process) const;

  private:
    static constexpr std::array limits = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                          0.5,   1.0,    2.5,   5.0,  10.0,  30.0, 60.0};
    struct Durations {
        std::array<std::uint64_t, limits.size() + 1> counts{};
        double sum = 0;
    };

    Snapshot snapshot_;
    bool is_reached_ = false;
    std::vector<Datapath> datapaths_;
    std::map<std::string, std::uint64_t> drifts_;
    std::map<std::pair<std::string, std::string>, std::uint64_t> ends_;   ///< by verb and result
    std::map<std::string, std::map<std::string, std::size_t>> outcomes_;  ///< of the last, by verb
    Durations applies_;
};

/// Of this process, that started then. What the kernel does not tell is 0.
[[nodiscard]] Metrics::Process own_process(double start_time);

}  // namespace nanotune::daemon
