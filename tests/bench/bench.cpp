// Times whole programs against each other in interleaved rounds, so that whatever else the machine
// does meets all of them alike.
//
//   bench PLAN ROUNDS [COLD-FILES]
//
// Each line of PLAN is "contestant<tab>step<tab>command". Steps named "-" prepare and check: they
// are not timed, but must succeed. So are steps named "~", which make a contestant's own warm: what
// ran before it was another's. With COLD-FILES, the pages of the files that it lists are forgotten
// before every timed step, and nobody is made warm.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "process.hpp"

namespace {

struct Step {
    std::string contestant;
    std::string name;
    std::vector<std::string> command;
    [[nodiscard]] bool is_timed() const { return name != "-" && !warms(); }
    [[nodiscard]] bool warms() const { return name == "~"; }
};

using Key = std::pair<std::string, std::string>;  // contestant, step
using Samples = std::map<Key, std::vector<double>>;

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    while (begin <= text.size()) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        parts.push_back(text.substr(begin, end - begin));
        begin = end + 1;
    }
    return parts;
}

std::vector<std::string> lines_of(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> lines;
    for (std::string line; std::getline(file, line);) {
        if (!line.empty()) {
            lines.push_back(line);
        }
    }
    return lines;
}

std::vector<Step> steps_of(const std::string& path) {
    std::vector<Step> steps;
    for (const std::string& line : lines_of(path)) {
        const auto columns = split(line, '\t');
        if (columns.size() != 3) {
            fmt::print(stderr, "{}: not three columns: {}\n", path, line);
            std::exit(1);
        }
        steps.push_back({columns[0], columns[1], split(columns[2], ' ')});
    }
    return steps;
}

void run_round(const std::vector<Step>& steps, const std::vector<std::string>& cold,
               Samples& samples) {
    for (const Step& step : steps) {
        if (step.is_timed()) {
            std::ranges::for_each(cold, bench::forget_pages);
        }
        const bench::Run run = bench::timed_run(step.command);
        if (run.exit_status != 0) {
            fmt::print(stderr, "{}: {} ended with {}: {}\n", step.contestant, step.name,
                       run.exit_status, fmt::join(step.command, " "));
            std::exit(1);
        }
        if (step.is_timed()) {
            samples[{step.contestant, step.name}].push_back(run.elapsed.count());
        }
    }
}

double quantile(std::vector<double> values, double part) {
    std::ranges::sort(values);
    const double place = part * static_cast<double>(values.size() - 1);
    return values[static_cast<std::size_t>(std::lround(place))];
}

/// The median of the rounds' own ratios: a slow moment of the machine is in both of them.
double ratio(const std::vector<double>& a, const std::vector<double>& b) {
    std::vector<double> ratios(a.size());
    std::ranges::transform(a, b, ratios.begin(), std::divides<>{});
    return quantile(ratios, 0.5);
}

void print_table(const std::vector<Step>& steps, const Samples& samples) {
    fmt::print("{:<25}{:<9}{:>10}{:>10}{:>10}{:>14}\n", "", "", "median", "10 %", "90 %",
               "first / this");
    const Step* first = nullptr;
    for (const Step& step : steps) {
        const auto found = samples.find({step.contestant, step.name});
        if (found == samples.end()) {
            continue;
        }
        first = first == nullptr ? &step : first;
        const auto rival = samples.find({first->contestant, step.name});
        const bool comparable = rival != samples.end() && step.contestant != first->contestant;
        fmt::print("{:<25}{:<9}{:>7.2f} ms{:>7.2f} ms{:>7.2f} ms{:>14}\n", step.contestant,
                   step.name, quantile(found->second, 0.5), quantile(found->second, 0.1),
                   quantile(found->second, 0.9),
                   comparable ? fmt::format("{:.2f}", ratio(rival->second, found->second)) : "");
    }
}

}  // namespace

int main(int count, char** words) {
    if (count < 3) {
        fmt::print(stderr, "bench PLAN ROUNDS [COLD-FILES]\n");
        return 1;
    }
    std::vector<Step> steps = steps_of(words[1]);
    const int rounds = std::atoi(words[2]);
    const auto cold = count > 3 ? lines_of(words[3]) : std::vector<std::string>{};
    if (!cold.empty()) {
        std::erase_if(steps, [](const Step& step) { return step.warms(); });
    }

    Samples warm_up;
    run_round(steps, cold, warm_up);
    Samples samples;
    for (int round = 0; round < rounds; ++round) {
        run_round(steps, cold, samples);
    }
    fmt::print("{}, {} interleaved rounds, whole processes\n", cold.empty() ? "warm" : "cold",
               rounds);
    print_table(steps, samples);
    return 0;
}
