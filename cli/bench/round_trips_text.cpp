#include "round_trips_text.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "../arithmetic.hpp"
#include "../json_document.hpp"
#include "../text.hpp"

namespace nanotune::cli::bench {

namespace {

/// "812 ns", "4.53 us", "1.02 ms"
std::string spoken(double nanoseconds) {
    if (nanoseconds < 1'000) {
        return fmt::format("{:.0f} ns", nanoseconds);
    }
    const bool is_long = nanoseconds >= 1'000'000;
    return fmt::format("{:.2f} {}", nanoseconds / (is_long ? 1e6 : 1e3), is_long ? "ms" : "us");
}

using Number = std::variant<std::uint64_t, double>;

/// Every number of a run with its name, in the order in which it is told. What was counted or seen
/// is whole, what was computed is not.
std::vector<std::pair<std::string, Number>> numbers_of(const RoundTrips& trips) {
    const Statistics found = statistics_of(trips.times);
    const auto seen = [](double time) { return static_cast<std::uint64_t>(time); };
    std::vector<std::pair<std::string, Number>> numbers = {
        {"sent", trips.sent},          {"answered", std::uint64_t{trips.times.size()}},
        {"lost", trips.lost()},        {"duplicates", trips.duplicates},
        {"not_sent", trips.not_sent},  {"late", trips.late},
        {"latest_ns", trips.latest},   {"took_ns", trips.took},
        {"min_ns", seen(found.least)}, {"mean_ns", found.mean},
        {"max_ns", seen(found.most)},  {"stddev_ns", found.deviation},
        {"jitter_ns", found.jitter}};
    for (const auto& [percent, time] : found.quantiles) {
        numbers.emplace_back(fmt::format("p{}_ns", percent), seen(time));
    }
    return numbers;
}

/// How many times are below each bound, without those below the one before: bounds are 1, 2, 5, 10.
struct Bar {
    double bound = 0;
    std::size_t count = 0;
};

std::vector<Bar> bars_of(const std::vector<std::uint64_t>& times) {
    std::vector<Bar> bars;
    for (std::uint64_t decade = 100; decade < 100'000'000'000; decade *= 10) {
        for (const double step : {1.0, 1.5, 2.0, 3.0, 5.0, 7.0}) {
            bars.push_back({.bound = static_cast<double>(decade) * step});
        }
    }
    for (const std::uint64_t time : times) {
        const auto bar =
            std::ranges::lower_bound(bars, static_cast<double>(time) + 1, {}, &Bar::bound);
        ++(bar == bars.end() ? bars.back() : *bar).count;
    }
    const auto is_empty = [](const Bar& bar) { return bar.count == 0; };
    const auto first = std::ranges::find_if_not(bars, is_empty);
    bars.erase(bars.begin(), first);
    while (!bars.empty() && is_empty(bars.back())) {
        bars.pop_back();
    }
    return bars;
}

void print_bars(const Screen& screen, const std::vector<std::uint64_t>& times) {
    constexpr double width = 40;
    const std::vector<Bar> bars = bars_of(times);
    if (bars.empty()) {
        return;
    }
    const auto most = static_cast<double>(std::ranges::max(bars, {}, &Bar::count).count);
    screen.line("");
    for (const Bar& bar : bars) {
        const auto count = static_cast<double>(bar.count);
        // What is there is seen, however little.
        const auto signs = rounded_up(width * count / most);
        screen.line(fmt::format("  < {:>9}  {:>6.2f} %  {:>9}{}{}", spoken(bar.bound),
                                100 * count / static_cast<double>(times.size()), bar.count,
                                signs == 0 ? "" : "  ", std::string(signs, '#')),
                    Style::plain, Breaks::nowhere);
    }
}

}  // namespace

void print(const Screen& screen, const std::string& target, const RoundTrips& trips) {
    const Statistics found = statistics_of(trips.times);
    const double seconds = static_cast<double>(trips.took) / 1e9;
    screen.line(fmt::format("{}, {}", target,
                            trips.is_open_loop
                                ? "open loop: each packet at its time, from which its answer counts"
                                : "closed loop: each packet after the answer to the last"),
                Style::bold);
    Table counts({{.title = "SENT"},
                  {.title = "ANSWERED"},
                  {.title = "LOST"},
                  {.title = "TWICE"},
                  {.title = "NOT SENT"},
                  {.title = "SENT LATE"},
                  {.title = "BEHIND BY"},
                  {.title = "A SECOND"}});
    counts.add(
        {{fmt::format("{}", trips.sent)},
         {fmt::format("{}", trips.times.size())},
         {fmt::format("{}", trips.lost()), trips.lost() == 0 ? Style::plain : Style::bad},
         {trips.duplicates == 0 ? "" : fmt::format("{}", trips.duplicates), Style::bad},
         {fmt::format("{}", trips.not_sent)},
         {trips.is_open_loop ? fmt::format("{}", trips.late) : ""},
         {trips.is_open_loop ? spoken(static_cast<double>(trips.latest)) : ""},
         {seconds > 0 ? fmt::format("{:.0f}", static_cast<double>(trips.sent) / seconds) : ""}});
    screen.table(counts);
    if (!trips.not_sent_because.empty()) {
        screen.line("not sent: " + trips.not_sent_because, Style::bad);
    }
    if (trips.is_given_up) {
        screen.line(fmt::format("{} has answered nothing, and is asked no further. A datapath "
                                "answers once it is enabled, and only what is cheap enough.",
                                target),
                    Style::bad);
    }
    if (trips.times.empty()) {
        return;
    }
    screen.line("");
    Table table({{.title = "ROUND TRIP"}, {.title = ""}});
    table.add({{"min"}, {spoken(found.least)}});
    table.add({{"mean"}, {spoken(found.mean)}});
    for (const auto& [percent, time] : found.quantiles) {
        table.add({{percent == 50 ? "median" : fmt::format("p{}", percent)}, {spoken(time)}});
    }
    table.add({{"max"}, {spoken(found.most)}});
    table.add({{"stddev"}, {spoken(found.deviation)}});
    table.add({{"jitter"}, {spoken(found.jitter)}});
    screen.table(table);
    print_bars(screen, trips.times);
}

std::string json_of(const std::string& target, const RoundTrips& trips, const Problems& problems,
                    int status) {
    Json json = head("bench latency", false, status);
    json["target"] = target;
    json["loop"] = trips.is_open_loop ? "open" : "closed";
    for (const auto& [name, number] : numbers_of(trips)) {
        std::visit([&json, &key = name](auto value) { json[key] = value; }, number);
    }
    json["not_sent_because"] = trips.not_sent_because;
    Json bars = Json::array();
    for (const Bar& bar : bars_of(trips.times)) {
        bars.push_back({{"below_ns", static_cast<std::uint64_t>(bar.bound)}, {"count", bar.count}});
    }
    json["histogram"] = std::move(bars);
    json["problems"] = json_problems(problems);
    return document(json);
}

std::string csv_of(const std::string& target, const RoundTrips& trips) {
    std::string names = "target,loop";
    std::string values = fmt::format("{},{}", target, trips.is_open_loop ? "open" : "closed");
    for (const auto& [name, number] : numbers_of(trips)) {
        names += "," + name;
        values += std::visit(
            [](auto value) { return fmt::format(",{:.0f}", static_cast<double>(value)); }, number);
    }
    return names + "\n" + values + "\n";
}

}  // namespace nanotune::cli::bench
