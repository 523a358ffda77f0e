#include "plot.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "../arithmetic.hpp"
#include "../html.hpp"

namespace nanotune::cli::bench {

namespace {

constexpr double width = 800;
constexpr double height = 420;
constexpr double left = 70;
constexpr double right = 780;
constexpr double top = 70;
constexpr double bottom = 350;
constexpr std::size_t columns = 71;  ///< ten pixels each

std::string spoken(double nanoseconds) {
    const std::pair<double, const char*> units[] = {
        {1e9, "s"}, {1e6, "ms"}, {1e3, "us"}, {1, "ns"}};
    for (const auto& [unit, name] : units) {
        if (nanoseconds >= unit) {
            return fmt::format("{:.3g} {}", nanoseconds / unit, name);
        }
    }
    return "0 ns";
}

/// The common logarithm of a time; that of 1 for what is less.
double decades(double time) {
    return log2_of(std::max(time, 1.0)) / log2_of(10);
}

/// Time on a logarithmic axis that holds all times.
class Axis {
  public:
    explicit Axis(const Statistics& found)
        : from_(decades(found.least) - 0.02),
          to_(std::max(decades(found.most) + 0.02, from_ + 0.1)) {}

    [[nodiscard]] double place(double time) const {
        return left + (right - left) * (decades(time) - from_) / (to_ - from_);
    }
    [[nodiscard]] std::size_t column(double time) const {
        const double part = (place(time) - left) / (right - left);
        return std::min(static_cast<std::size_t>(part * columns), columns - 1);
    }
    /// 1, 2 and 5 of each power of ten that is on it.
    [[nodiscard]] std::vector<double> marks() const {
        std::vector<double> found;
        for (std::uint64_t power = 1; power < 1'000'000'000'000; power *= 10) {
            for (const double step : {1.0, 2.0, 5.0}) {
                const double time = step * static_cast<double>(power);
                if (decades(time) >= from_ && decades(time) <= to_) {
                    found.push_back(time);
                }
            }
        }
        return found;
    }

  private:
    double from_;
    double to_;
};

std::string text_at(double x, double y, const std::string& anchor, const std::string& text,
                    const std::string& more = "") {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\"{}>{}</text>\n", x, y,
                       anchor, more, text);
}

std::string line_at(double x, double from, double to, const std::string& look) {
    return fmt::format("<line x1=\"{0:.1f}\" y1=\"{1:.1f}\" x2=\"{0:.1f}\" y2=\"{2:.1f}\" {3}/>\n",
                       x, from, to, look);
}

std::string bars_on(const Axis& axis, const std::vector<std::uint64_t>& times) {
    std::array<std::size_t, columns> counts{};
    for (const std::uint64_t time : times) {
        ++counts[axis.column(static_cast<double>(time))];
    }
    const auto most = static_cast<double>(*std::ranges::max_element(counts));
    constexpr double each = (right - left) / columns;
    std::string drawn;
    for (std::size_t column = 0; column < columns; ++column) {
        if (counts[column] != 0) {
            // What is there is seen, however little.
            const double tall =
                std::max((bottom - top) * static_cast<double>(counts[column]) / most, 1.0);
            drawn += fmt::format(
                "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" "
                "fill=\"#4878a8\"/>\n",
                left + each * static_cast<double>(column), bottom - tall, each - 1, tall);
        }
    }
    const double share = 100 * most / static_cast<double>(times.size());
    return drawn + text_at(left - 6, top + 4, "end", fmt::format("{:.1f} %", share)) +
           text_at(left - 6, bottom + 4, "end", "0 %");
}

std::string marks_on(const Axis& axis) {
    std::string drawn =
        fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke=\"#333\"/>\n", left,
                    bottom, right, bottom);
    double free_from = 0;
    for (const double time : axis.marks()) {
        const double place = axis.place(time);
        drawn += line_at(place, bottom, bottom + 5, "stroke=\"#333\"");
        if (place >= free_from) {
            drawn += text_at(place, bottom + 20, "middle", spoken(time));
            free_from = place + 50;
        }
    }
    return drawn + text_at((left + right) / 2, bottom + 45, "middle", "round trip");
}

/// Labels that would lie on one another stand below one another.
std::string quantiles_on(const Axis& axis, const Statistics& found) {
    std::vector<std::pair<std::string, double>> shown;
    for (const auto& [percent, time] : found.quantiles) {
        if (percent == 50 || percent == 99 || percent == 99.9) {
            shown.emplace_back(percent == 50 ? "median" : fmt::format("p{}", percent), time);
        }
    }
    shown.emplace_back("max", found.most);
    std::string drawn;
    double line = top;
    for (const auto& [name, time] : shown) {
        const double place = axis.place(time);
        const bool is_right = place > (left + right) / 2;
        drawn += line_at(place, top - 4, bottom, R"(stroke="#c04040" stroke-dasharray="4 3")");
        drawn += text_at(place + (is_right ? -5 : 5), line + 6, is_right ? "end" : "start",
                         name + " " + spoken(time),
                         R"( fill="#c04040" stroke="white" stroke-width="3" paint-order="stroke")");
        line += 17;
    }
    return drawn;
}

}  // namespace

std::string svg_of(const std::string& target, const RoundTrips& trips) {
    std::string svg = fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} "
        "{1}\" "
        "font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"{0}\" height=\"{1}\" "
        "fill=\"white\"/>\n",
        width, height);
    svg += text_at(left, 28, "start", escaped(target), " font-size=\"17\"");
    svg += text_at(left, 48, "start",
                   fmt::format("{} loop; {} sent, {} answered, {} lost",
                               trips.is_open_loop ? "open" : "closed", trips.sent,
                               trips.times.size(), trips.lost()));
    if (trips.times.empty()) {
        svg += text_at((left + right) / 2, (top + bottom) / 2, "middle", "nothing was answered");
    } else {
        const Statistics found = statistics_of(trips.times);
        const Axis axis(found);
        svg += bars_on(axis, trips.times) + marks_on(axis) + quantiles_on(axis, found);
    }
    return svg + "</svg>\n";
}

}  // namespace nanotune::cli::bench
