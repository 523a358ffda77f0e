#include "plots.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "../arithmetic.hpp"
#include "../html.hpp"
#include "proof_text.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr double width = 420;
constexpr double height = 240;
constexpr double left = 58;
constexpr double right = 12;
constexpr double top = 12;
constexpr double bottom = 34;
constexpr double letter = 5.6;  // of the widest text

/// Where a part of the width, or of the height, stands in the picture.
double across(double part) {
    return left + part * (width - left - right);
}
double up(double part) {
    return height - bottom - part * (height - top - bottom);
}

std::string framed(std::string_view title, double wide, double high, std::string_view inside) {
    return fmt::format(
        "<figure{}><figcaption>{}</figcaption><svg viewBox=\"0 0 {} {}\" role=\"img\" "
        "aria-label=\"{}\">\n{}</svg></figure>\n",
        wide > width ? " class=\"wide\"" : "", escaped(title), wide, high, escaped(title), inside);
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text) {
    return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y,
                       anchor, escaped(text));
}

std::string grid_line(double x1, double y1, double x2, double y2) {
    return fmt::format(
        "<line class=\"grid\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", x1, y1,
        x2, y2);
}

/// A longer unit has no room at an axis: it stands in the title.
std::string_view unit_on_axes(std::string_view unit) {
    constexpr std::size_t room = 3;
    return unit.size() > room ? std::string_view() : unit;
}

std::string with_unit(std::string_view title, std::string_view unit) {
    return unit_on_axes(unit) == unit ? std::string(title) : fmt::format("{}, in {}", title, unit);
}

std::string value_axis_below(const Scale& scale, std::string_view unit) {
    std::string out;
    for (const double tick : scale.ticks()) {
        const double x = across(scale.at(tick));
        out += grid_line(x, up(0), x, up(1));
        const std::string label = amount(tick, unit_on_axes(unit));
        const double half = static_cast<double>(label.size()) * letter / 2;
        out += text_at(std::min(x, width - half), height - 14, "middle", label);
    }
    return out;
}

std::string value_axis_beside(const Scale& scale, std::string_view unit) {
    std::string out;
    for (const double tick : scale.ticks()) {
        const double y = up(scale.at(tick));
        out += grid_line(across(0), y, across(1), y);
        out += text_at(left - 6, y + 4, "end", amount(tick, unit_on_axes(unit)));
    }
    return out;
}

std::string line_through(std::string_view name, const std::string& points) {
    return fmt::format("<polyline class=\"{}\" points=\"{}\"/>\n", name, points);
}

/// Of both conditions together, without what only one of a thousand samples exceeds.
Scale scale_of(const Measured& measured, double highest) {
    return {std::min(quantile_of(measured.before, 0.1), quantile_of(measured.after, 0.1)),
            std::max(quantile_of(measured.before, highest), quantile_of(measured.after, highest))};
}

constexpr std::size_t bins = 60;

std::array<double, bins> shares_of(const std::vector<double>& samples, const Scale& scale) {
    std::array<double, bins> shares{};
    for (const double sample : samples) {
        const double place = std::clamp(scale.at(sample), 0.0, 1.0) * bins;
        shares[std::min(static_cast<std::size_t>(place), bins - 1)] +=
            1 / static_cast<double>(samples.size());
    }
    return shares;
}

std::string steps(std::string_view name, const std::array<double, bins>& shares, double most) {
    std::string points = fmt::format("{:.1f},{:.1f} ", across(0), up(0));
    for (std::size_t bin = 0; bin < bins; ++bin) {
        const double y = up(shares[bin] / most);
        points +=
            fmt::format("{:.1f},{:.1f} {:.1f},{:.1f} ", across(static_cast<double>(bin) / bins), y,
                        across(static_cast<double>(bin + 1) / bins), y);
    }
    points += fmt::format("{:.1f},{:.1f}", across(1), up(0));
    return fmt::format("<polygon class=\"{}\" points=\"{}\"/>\n", name, points);
}

/// A point wherever the part that is above has shrunk by a fifteenth.
std::string curve(std::string_view name, const std::vector<double>& sorted, const Scale& scale,
                  double decades) {
    std::string points;
    const auto count = static_cast<double>(sorted.size());
    double above = count;
    while (above >= 0.5) {
        const auto rank = std::min(static_cast<std::size_t>(count - above), sorted.size() - 1);
        const double x = log2_of(count / above) / decades;
        points += fmt::format("{:.1f},{:.1f} ", across(std::min(x, 1.0)),
                              up(std::clamp(scale.at(sorted[rank]), 0.0, 1.0)));
        above *= 14.0 / 15;
    }
    return line_through(name, points);
}

std::string dot(std::string_view name, double x, double y) {
    return fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.5\"/>\n", name, x,
                       y);
}

}  // namespace

Scale::Scale(double low, double high)
    : low_(low),
      high_(high > low ? high : low + std::max(std::abs(low) / 10, 1e-9)),
      is_logarithmic_(low > 0 && high > 8 * low) {}

double Scale::at(double value) const {
    return is_logarithmic_ ? log2_of(std::max(value, low_) / low_) / log2_of(high_ / low_)
                           : (value - low_) / (high_ - low_);
}

std::vector<double> Scale::ticks() const {
    std::vector<double> ticks;
    double size = 1;
    const double span = is_logarithmic_ ? low_ : (high_ - low_) / 5;
    while (size > span) {
        size /= 10;
    }
    while (size * 10 <= span) {
        size *= 10;
    }
    if (is_logarithmic_) {
        const bool is_wide = high_ > 1000 * low_;
        while (size <= high_) {
            for (const double tick : {size, 2 * size, 5 * size}) {
                if (tick >= low_ && tick <= high_ && (!is_wide || !(tick > size))) {
                    ticks.push_back(tick);
                }
            }
            size *= 10;
        }
        return ticks;
    }
    const double step = size * (span > 5 * size ? 10 : span > 2 * size ? 5 : 2);
    auto number = static_cast<std::int64_t>(low_ / step) - 1;
    for (; static_cast<double>(number) * step <= high_; ++number) {
        if (static_cast<double>(number) * step >= low_) {
            ticks.push_back(static_cast<double>(number) * step);
        }
    }
    return ticks;
}

std::string histogram(const Measured& measured) {
    const Scale scale = scale_of(measured, 99.9);
    const auto before = shares_of(measured.before, scale);
    const auto after = shares_of(measured.after, scale);
    const double most =
        std::max(*std::ranges::max_element(before), *std::ranges::max_element(after));
    return framed(with_unit("How many samples are how large", measured.unit), width, height,
                  value_axis_below(scale, measured.unit) + steps("before", before, most) +
                      steps("after", after, most));
}

std::string percentiles(const Measured& measured) {
    const Scale scale = scale_of(measured, 100);
    const auto most = static_cast<double>(std::max(measured.before.size(), measured.after.size()));
    const double decades = std::max(log2_of(2 * most), 1.0);
    std::string out = value_axis_beside(scale, measured.unit);
    constexpr std::array<std::pair<std::string_view, double>, 6> marks = {
        {{"50 %", 2}, {"90 %", 10}, {"99 %", 100}, {"99.9 %", 1e3}, {"99.99 %", 1e4}, {"", 1e5}}};
    for (const auto& [name, above] : marks) {
        if (const double x = log2_of(above) / decades; x <= 1) {
            out += grid_line(across(x), up(0), across(x), up(1));
            out += text_at(across(x), height - 14, "middle", name);
        }
    }
    return framed(with_unit("What so many samples do not exceed", measured.unit), width, height,
                  out + curve("before", measured.before, scale, decades) +
                      curve("after", measured.after, scale, decades));
}

std::string rounds_plot(const Measured& measured) {
    const Comparison& one = measured.comparisons.front();
    double low = one.rounds.front().first;
    double high = low;
    for (const auto& [before, after] : one.rounds) {
        low = std::min({low, before, after});
        high = std::max({high, before, after});
    }
    const Scale scale(low, high);
    std::string out = value_axis_beside(scale, measured.unit);
    const auto count = static_cast<double>(one.rounds.size());
    for (std::size_t round = 0; round < one.rounds.size(); ++round) {
        const double x = across((static_cast<double>(round) + 0.5) / count);
        const double before = up(scale.at(one.rounds[round].first));
        const double after = up(scale.at(one.rounds[round].second));
        out += fmt::format(
            "<line class=\"pair\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
            "y2=\"{:.1f}\"/>\n",
            x, before, x, after);
        out += dot("before", x, before) + dot("after", x, after);
        if (one.rounds.size() <= 20 || round % 10 == 9) {
            out += text_at(x, height - 14, "middle", fmt::format("{}", round + 1));
        }
    }
    return framed(with_unit(fmt::format("The {} of each round", one.figure), measured.unit), width,
                  height, out);
}

std::string intervals(const std::vector<Bar>& bars) {
    constexpr double row = 22;
    constexpr double names = 340;  // of the width
    constexpr double wide = 2 * width;
    double least = 0;
    double most = 0;
    for (const Bar& bar : bars) {
        // An interval without bounds must not make those of others invisible.
        least = std::min({least, bar.percent.estimate, std::max(bar.percent.low, -200.0)});
        most = std::max({most, bar.percent.estimate, std::min(bar.percent.high, 200.0)});
    }
    const Scale scale(least - 0.5, most + 0.5);
    const auto place = [&scale](double percent) {
        return names + (wide - names - 30) * std::clamp(scale.at(percent), 0.0, 1.0);
    };
    const double high = row * static_cast<double>(bars.size()) + bottom;
    std::string out;
    for (const double tick : scale.ticks()) {
        out += grid_line(place(tick), 4, place(tick), high - bottom + 4);
        out += text_at(place(tick), high - 14, "middle", fmt::format("{:+.3g} %", tick));
    }
    out += fmt::format(
        "<line class=\"zero\" x1=\"{0:.1f}\" y1=\"4\" x2=\"{0:.1f}\" y2=\"{1:.1f}\"/>\n", place(0),
        high - bottom + 4);
    double y = row / 2 + 4;
    for (const Bar& bar : bars) {
        const std::string_view name = name_of(bar.effect);
        out += text_at(names - 14, y + 4, "end", bar.label);
        out += fmt::format(
            "<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" "
            "y2=\"{:.1f}\"/>\n",
            name, place(bar.percent.low), y, place(bar.percent.high), y);
        out += dot(name, place(bar.percent.estimate), y);
        y += row;
    }
    return framed("Differences and their intervals, in percent of before", wide, high, out);
}

}  // namespace nanotune::cli::prove
