// Domains of every kind, and pseudo-random values: the same ones in every run.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <nanotune/domain.hpp>

namespace nanotune::samples {

inline Input input(auto content) {
    Input made;
    made.content = std::move(content);
    return made;
}

inline std::vector<Domain> domains() {
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    std::vector<Domain> all{flag(),
                            flag("on | off"),
                            choice("performance | powersave | schedutil"),
                            choice("off | strict | loose", "0 | 1 | 2"),
                            text(),
                            numbers(1, 3),
                            cpu_list(),
                            cpu_mask(),
                            microseconds_or_unlimited({.zero_is = "n/a", .unlimited_is = "0"})};
    for (const Unit unit :
         {Unit::none, Unit::nanoseconds, Unit::microseconds, Unit::milliseconds, Unit::seconds,
          Unit::bytes, Unit::kibibytes, Unit::kilohertz, Unit::percent}) {
        all.push_back(integer(0, 65535, unit));
        all.push_back(integer(lowest, highest, unit));
    }
    return all;
}

class Random {
  public:
    std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

    /// As often round in decimal or binary as not, and as often small as large.
    std::int64_t number(std::int64_t minimum, std::int64_t maximum) {
        auto number = static_cast<std::int64_t>(engine_() >> below(64));
        if (below(2) == 0) {
            number = below(2) == 0 ? number / 1'000'000 * 1'000'000 : number >> 20 << 20;
        }
        number = below(4) == 0 ? -number : number;
        return std::clamp(number, minimum, maximum);
    }

    std::string bytes() {
        static constexpr std::string_view likely =
            "0123456789abcdefx-,.:/[] \t\nuskMGiBHz%n\xc2\xb5";
        std::string text;
        for (std::uint64_t left = below(24); left > 0; --left) {
            text += below(4) == 0 ? static_cast<char>(below(256)) : likely[below(likely.size())];
        }
        return text;
    }

    Value value_of(const Domain& domain) {
        const auto words = words_of(domain.words);
        switch (domain.kind) {
            case Domain::Kind::flag:
                return below(2) == 0;
            case Domain::Kind::integer:
                if (!words.empty() && below(4) == 0) {
                    return std::string(words[below(words.size())]);
                }
                return number(domain.minimum, domain.maximum);
            case Domain::Kind::choice:
                return std::string(words[below(words.size())]);
            case Domain::Kind::numbers: {
                std::string all;
                for (auto left = 1 + below(static_cast<std::uint64_t>(domain.maximum)); left > 0;
                     --left) {
                    all += all.empty() ? "" : " ";
                    all += std::to_string(number(0, std::numeric_limits<std::int64_t>::max()));
                }
                return all;
            }
            case Domain::Kind::cpus: {
                CpuSet cpus;
                for (std::uint64_t left = below(20); left > 0; --left) {
                    cpus.add(static_cast<unsigned>(below(below(2) == 0 ? 16 : CpuSet::limit)));
                }
                return cpus;
            }
            case Domain::Kind::text:
            case Domain::Kind::rows:
                break;
        }
        return "fq_codel " + std::to_string(below(100));
    }

  private:
    std::mt19937_64 engine_{20240229};
};

}  // namespace nanotune::samples
