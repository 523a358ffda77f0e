#include "metrics.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <iterator>
#include <memory>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

namespace nanotune::datapath {

namespace {

/// A datapath, and what all of its workers have counted.
struct Summed {
    std::string name;
    std::span<const WorkerPart> parts;
    double seconds_a_tick = 0;
    std::unique_ptr<Counters> counters = std::make_unique<Counters>();
};
using All = std::vector<Summed>;

/// Upper ends in nanoseconds.
constexpr std::array<std::uint64_t, 14> limits = {
    10, 20, 50, 100, 200, 500, 1'000, 2'000, 5'000, 10'000, 50'000, 100'000, 1'000'000, 10'000'000};
constexpr std::string_view times_name = "nanotune_datapath_processing_seconds";

void add_family(std::string& text, std::string_view name, std::string_view type,
                std::string_view help) {
    fmt::format_to(std::back_inserter(text), "# HELP {} {}\n# TYPE {} {}\n", name, help, name,
                   type);
}

template <typename Value>
void add_sample(std::string& text, std::string_view name, std::string_view datapath,
                std::string_view labels, Value value) {
    fmt::format_to(std::back_inserter(text), "{}{{datapath=\"{}\"{}{}}} {}\n", name, datapath,
                   labels.empty() ? "" : ",", labels, value);
}

/// "header checksum" as a label: header_checksum.
std::string label_of(std::string_view name) {
    std::string word(name);
    std::ranges::replace(word, ' ', '_');
    return word;
}

template <typename Count>
void add_counter(std::string& text, const All& all, std::string_view name, std::string_view help,
                 Count count) {
    add_family(text, name, "counter", help);
    for (const Summed& one : all) {
        add_sample(text, name, one.name, "", count(one));
    }
}

void add_packets(std::string& text, const All& all) {
    constexpr std::string_view name = "nanotune_datapath_packets_total";
    add_family(text, name, "counter", "Packets received, by what became of each.");
    for (const Summed& one : all) {
        for (int number = 0; number < nt_outcomes; ++number) {
            const auto outcome = static_cast<nt_outcome>(number);
            add_sample(text, name, one.name,
                       fmt::format("outcome=\"{}\"", label_of(name_of(outcome))),
                       one.counters->outcomes[outcome].now());
        }
    }
}

/// Of datapaths whose orders leave on connections of their own.
void add_order_lines(std::string& text, const All& all) {
    constexpr std::string_view up = "nanotune_datapath_order_connections_up";
    constexpr std::string_view wanted = "nanotune_datapath_order_connections";
    for (const auto& [name, help, counter] :
         {std::tuple(wanted, "Connections on which orders are to leave.", &OrderLine::is_wanted),
          std::tuple(up, "Those of them that stand.", &OrderLine::is_up)}) {
        add_family(text, name, "gauge", help);
        for (const Summed& one : all) {
            std::uint64_t sum = 0;
            for (const WorkerPart& part : one.parts) {
                sum += (part.order_line.*counter).now();
            }
            add_sample(text, name, one.name, "", sum);
        }
    }
}

/// What this host does not count is left out.
void add_hardware(std::string& text, const All& all) {
    constexpr std::string_view name = "nanotune_datapath_thread_events_total";
    add_family(text, name, "counter", "What the kernel counts of the workers' threads.");
    for (const Summed& one : all) {
        for (std::size_t at = 0; at < Hardware::names.size(); ++at) {
            std::uint64_t count = 0;
            bool is_counted = true;
            for (const WorkerPart& part : one.parts) {
                count += part.hardware.counts[at].now();
                is_counted = is_counted && part.hardware.errors[at].now() == 0;
            }
            if (is_counted) {
                add_sample(text, name, one.name,
                           fmt::format("event=\"{}\"", label_of(Hardware::names[at])), count);
            }
        }
    }
}

void add_times_of(std::string& text, const Summed& one) {
    // What is shared is plain numbers, which is all that a histogram is.
    std::array<std::uint64_t, Histogram::buckets> times;
    static_assert(sizeof times == sizeof(Histogram) && std::is_trivially_copyable_v<Histogram>);
    std::memcpy(times.data(), &one.counters->times, sizeof times);
    std::array<std::uint64_t, limits.size() + 1> counts{};
    for (std::size_t bucket = 0; bucket < Histogram::buckets; ++bucket) {
        const double took =
            static_cast<double>(Histogram::last_of(bucket)) * one.seconds_a_tick * 1e9;
        const auto* const limit = std::ranges::find_if(
            limits, [took](std::uint64_t end) { return took <= static_cast<double>(end); });
        counts[static_cast<std::size_t>(limit - limits.begin())] += times[bucket];
    }
    const std::string bucket_name = std::string(times_name) + "_bucket";
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < limits.size(); ++i) {
        below += counts[i];
        add_sample(text, bucket_name, one.name,
                   fmt::format("le=\"{:g}\"", static_cast<double>(limits[i]) / 1e9), below);
    }
    below += counts.back();
    add_sample(text, bucket_name, one.name, "le=\"+Inf\"", below);
    add_sample(text, std::string(times_name) + "_sum", one.name, "",
               static_cast<double>(one.counters->total_time.now()) * one.seconds_a_tick);
    add_sample(text, std::string(times_name) + "_count", one.name, "", below);
}

}  // namespace

std::string metrics_of(std::span<const std::pair<std::string, const Shared*>> datapaths) {
    All all;
    for (const auto& [name, shared] : datapaths) {
        Summed one{.name = name,
                   .parts = std::span(shared->parts.data(), shared->workers),
                   .seconds_a_tick = 1.0 / static_cast<double>(shared->ticks_per_second)};
        for (const WorkerPart& part : one.parts) {
            one.counters->add_all(part.counters);
        }
        all.push_back(std::move(one));
    }
    std::string text;
    if (all.empty()) {
        return text;
    }
    add_packets(text, all);
    add_counter(text, all, "nanotune_datapath_dropped_packets_total",
                "Packets that were lost before a worker saw them.", [](const Summed& one) {
                    std::uint64_t dropped = 0;
                    for (const WorkerPart& part : one.parts) {
                        dropped += part.usage.dropped_since();
                    }
                    return dropped;
                });
    add_counter(text, all, "nanotune_datapath_senders_prepared_total",
                "Senders for which an answer was prepared.",
                [](const Summed& one) { return one.counters->flows_made.now(); });
    add_counter(text, all, "nanotune_datapath_senders_replaced_total",
                "Senders that were forgotten for others.",
                [](const Summed& one) { return one.counters->flows_evicted.now(); });
    add_order_lines(text, all);
    add_hardware(text, all);
    add_family(text, times_name, "histogram",
               "Time that a packet took from the port to its answer or its end, of those timed.");
    for (const Summed& one : all) {
        add_times_of(text, one);
    }
    return text;
}

}  // namespace nanotune::datapath
