#include "topology_cores.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t line_indent = 2;
constexpr std::size_t bracket_indent = 4;

std::string cpus_text(const CpuSet& cpus) {
    return fmt::format("{} {}", cpus.size() == 1 ? "CPU" : "CPUs", cpus.list());
}

class Cores {
  public:
    Cores(Table& table, const Hardware& hardware, std::size_t width)
        : table_(table),
          hardware_(hardware),
          topology_(hardware.topology),
          isolated_(topology_.isolated | hardware.partitioned),
          width_(width) {}

    void draw(const CpuSet& cpus);

  private:
    void draw_group(const Cache* cache, const CpuSet& cpus);
    void draw_brackets(const CpuSet& cpus);
    [[nodiscard]] std::size_t cores_in(const CpuSet& cpus) const;
    [[nodiscard]] std::string caches_within(const CpuSet& cpus, unsigned below) const;
    [[nodiscard]] std::string marked(unsigned cpu) const;

    Table& table_;
    const Hardware& hardware_;
    const Topology& topology_;
    const CpuSet isolated_;
    std::size_t width_;
};

std::size_t Cores::cores_in(const CpuSet& cpus) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        topology_.cores, [&cpus](const CpuSet& core) { return core.intersects(cpus); }));
}

/// By the largest caches that several cores share; the highest level is the last.
void Cores::draw(const CpuSet& cpus) {
    CpuSet rest = cpus;
    std::vector<std::pair<const Cache*, CpuSet>> groups;
    for (const Cache& cache : std::views::reverse(hardware_.caches)) {
        if (const CpuSet members = cache.cpus & rest; cores_in(members) > 1) {
            groups.emplace_back(&cache, members);
            rest = rest - members;
        }
    }
    if (!rest.empty()) {
        groups.emplace_back(nullptr, rest);
    }
    std::ranges::sort(groups, {}, [](const auto& group) { return group.second.first(); });
    for (const auto& [cache, members] : groups) {
        draw_group(cache, members);
    }
}

void Cores::draw_group(const Cache* cache, const CpuSet& cpus) {
    std::string line =
        cache == nullptr
            ? std::string()
            : fmt::format("L{} {}, ", cache->level,
                          cache->bytes == 0 ? "of unknown size" : exact_bytes(cache->bytes));
    line += cpus_text(cpus);
    line += caches_within(cpus, cache == nullptr ? ~0U : cache->level);
    table_.add_line(line, line_indent);
    draw_brackets(cpus);
}

/// "; L2 512 KiB a core", "; L2 2 MiB: 0-3, 4-7"
std::string Cores::caches_within(const CpuSet& cpus, unsigned below) const {
    std::map<std::pair<unsigned, std::uint64_t>, std::vector<CpuSet>> sizes;
    for (const Cache& cache : hardware_.caches) {
        if (cache.level < below && cache.cpus.intersects(cpus)) {
            sizes[{cache.level, cache.bytes}].push_back(cache.cpus & cpus);
        }
    }
    std::string text;
    for (const auto& [size, members] : std::views::reverse(sizes)) {
        const bool is_of_each = members.size() == cores_in(cpus);
        std::vector<std::string> lists;
        for (const CpuSet& one : members) {
            lists.push_back(one.list());
        }
        text += fmt::format("; L{} {}{}", size.first, exact_bytes(size.second),
                            is_of_each ? " a core" : fmt::format(": {}", fmt::join(lists, " ")));
    }
    return text;
}

std::string Cores::marked(unsigned cpu) const {
    return fmt::format("{}{}{}", cpu, isolated_.contains(cpu) ? "i" : "",
                       hardware_.nohz_full.contains(cpu) ? "n" : "");
}

void Cores::draw_brackets(const CpuSet& cpus) {
    std::size_t number_width = 1;
    std::size_t threads = 1;
    for (const CpuSet& core : topology_.cores) {
        threads = std::max(threads, core.size());
        for (const unsigned cpu : core.members()) {
            number_width = std::max(number_width, marked(cpu).size());
        }
    }
    const std::size_t bracket_width = threads * (number_width + 1) + 1;
    std::string line;
    for (const CpuSet& core : topology_.cores) {
        if (!core.intersects(cpus)) {
            continue;
        }
        std::string inside;
        for (const unsigned cpu : core.members()) {
            inside += fmt::format("{}{:<{}}", inside.empty() ? "" : " ", marked(cpu), number_width);
        }
        if (!line.empty() && bracket_indent + line.size() + 1 + bracket_width > width_) {
            table_.add_line(std::exchange(line, {}), bracket_indent);
        }
        line += fmt::format("{}[{:<{}}]", line.empty() ? "" : " ", inside, bracket_width - 2);
    }
    table_.add_line(line, bracket_indent);
}

}  // namespace

void draw_cores(Table& table, const Hardware& hardware, const CpuSet& cpus, std::size_t width) {
    Cores(table, hardware, width).draw(cpus);
}

}  // namespace nanotune::cli
