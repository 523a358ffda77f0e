// bitmap_parselist() of the kernel, for the lists that people write.
#include <algorithm>
#include <charconv>

#include <nanotune/boot_cpus.hpp>
#include <nanotune/command_line.hpp>

namespace nanotune {
namespace {

class ListReader {
  public:
    ListReader(std::string_view text, unsigned last) : rest_(text), last_(last) {}

    /// Nothing where the text is no list.
    std::optional<CpuSet> list() {
        CpuSet cpus;
        do {
            const auto some = group();
            if (!some) {
                return std::nullopt;
            }
            cpus = cpus | *some;
        } while (skip(','));
        return rest_.empty() ? std::optional(cpus) : std::nullopt;
    }

  private:
    bool skip(char c) {
        const bool is_there = rest_.starts_with(c);
        rest_.remove_prefix(is_there ? 1 : 0);
        return is_there;
    }

    std::optional<unsigned> number() {
        if (skip('N')) {
            return last_;
        }
        unsigned number = 0;
        const auto [stop, fault] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
        if (fault != std::errc{}) {
            return std::nullopt;
        }
        rest_.remove_prefix(static_cast<std::size_t>(stop - rest_.data()));
        return std::min(number, CpuSet::limit);
    }

    std::optional<CpuSet> group() {
        const auto from = number();
        const auto to = skip('-') ? number() : from;
        std::optional<unsigned> used = 1;
        std::optional<unsigned> size = 1;
        if (skip(':')) {
            used = number();
            size = skip('/') ? number() : std::nullopt;
        }
        if (!from || !to || !used || !size || *size == 0) {
            return std::nullopt;
        }
        CpuSet cpus;
        for (unsigned cpu = *from; cpu <= *to; ++cpu) {
            if ((cpu - *from) % *size < *used) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    std::string_view rest_;
    unsigned last_;
};

}  // namespace

Result<CpuSet> cpus_of_parameter(Files& files, std::string_view text) {
    if (text.empty()) {
        return CpuSet{};
    }
    unsigned last = 0;
    if (text == "all" || text.contains('N')) {
        NT_TRY(const std::string possible, files.read("/sys/devices/system/cpu/possible"));
        NT_TRY(CpuSet all, CpuSet::from_list(possible));
        if (text == "all") {
            return all;
        }
        last = all.last().value_or(0);
    }
    auto cpus = ListReader(text, last).list();
    if (!cpus) {
        return failure(ErrorCode::invalid, "that is no list of CPUs");
    }
    return *std::move(cpus);
}

Result<BootCpus> observed_boot_cpus(Files& files) {
    NT_TRY(const std::string text, files.read("/proc/cmdline"));
    const CommandLine line = CommandLine::from(text);
    const auto listed = [&](std::string_view value) {
        return cpus_of_parameter(files, value).value_or(CpuSet());
    };
    BootCpus boot{.nohz_full = listed(line.value_of("nohz_full")),
                  .rcu_nocbs = listed(line.value_of("rcu_nocbs"))};
    const IsolatedCpus isolated = IsolatedCpus::from(line.value_of("isolcpus"));
    if (isolated.flags.empty() ||
        std::ranges::find(isolated.flags, "domain") != isolated.flags.end()) {
        boot.isolated = listed(isolated.cpus);
    }
    if (CpuSet start = listed(line.value_of("irqaffinity")); !start.empty()) {
        boot.interrupts = std::move(start);
    }
    return boot;
}

}  // namespace nanotune
