// What the running kernel was started with, seen the way a profile states it.
#include "boot_bank.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nanotune/boot_cpus.hpp>

namespace nanotune::boot {
namespace {

constexpr std::string_view fixed = "the kernel's command line stands until the next boot";

/// Flags in one order whatever order they were given in; a list without flags means domain.
std::string flags_of(const IsolatedCpus& isolated) {
    if (isolated.cpus.empty()) {
        return {};
    }
    if (isolated.flags.empty()) {
        return "domain";
    }
    std::string text;
    for (const std::string_view flag : {"nohz", "managed_irq", "domain"}) {
        if (std::ranges::find(isolated.flags, flag) != isolated.flags.end()) {
            text += text.empty() ? "" : ",";
            text += flag;
        }
    }
    return text;
}

std::string text_of(const CommandLine& line, std::string_view key) {
    if (key == "isolcpus_flags") {
        return flags_of(IsolatedCpus::from(line.value_of("isolcpus")));
    }
    if (key == "hugepagesz" || key == "hugepages") {
        return fmt::format("{}", fmt::join(line.values_of(key), " "));
    }
    return line.value_of(key);
}

bool has_one_cpu(Files& files) {
    const auto present = files.read("/sys/devices/system/cpu/present");
    const auto cpus = present ? CpuSet::from_list(*present) : Result<CpuSet>{};
    return cpus && cpus->size() == 1;
}

}  // namespace

std::vector<const Tunable*> BootBank::tunables() const {
    std::vector<const Tunable*> all;
    all.reserve(rows_.size());
    for (const BootRow& row : rows_) {
        all.push_back(&row.tunable);
    }
    return all;
}

Result<Reading> BootBank::reading(Files& files, const CommandLine& line,
                                  const Tunable& tunable) const {
    const std::string_view key = tunable.name;
    if (tunable.domain.kind == Domain::Kind::flag) {
        return Reading{.value = line.has(key)};
    }
    if (key == "isolcpus_flags" && has_one_cpu(files)) {
        return failure(ErrorCode::unsupported, "a host of one CPU has none to isolate");
    }
    if (tunable.domain.kind != Domain::Kind::cpus) {
        return Reading{.value = text_of(line, key)};
    }
    const std::string given =
        key == "isolcpus" ? IsolatedCpus::from(line.value_of(key)).cpus : line.value_of(key);
    auto cpus = cpus_of_parameter(files, given);
    if (!cpus) {
        return std::unexpected(std::move(cpus).error().within(fmt::format("{}={}", key, given)));
    }
    Reading reading{.value = *cpus};
    const auto row =
        std::ranges::find_if(rows_, [&](const BootRow& one) { return &one.tunable == &tunable; });
    if (row != rows_.end() && !row->in_force.empty()) {
        const auto said = files.read(std::string(row->in_force));
        const auto in_force = said ? from_kernel(tunable.domain, *said) : Value{*cpus};
        if (in_force && *in_force != Value{*cpus}) {
            reading.note = fmt::format("the kernel holds to {}, says {}",
                                       printed(tunable.domain, *in_force), row->in_force);
        }
    }
    return reading;
}

std::vector<Result<Reading>> BootBank::read(System& system, const Target& /*target*/,
                                            std::span<const Tunable* const> wanted) const {
    const auto text = system.files().read("/proc/cmdline");
    const CommandLine line = CommandLine::from(text.value_or(""));
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back(text ? reading(system.files(), line, *tunable)
                                : Result<Reading>(std::unexpected(text.error())));
    }
    return readings;
}

std::vector<Status> BootBank::write(System& /*system*/, const Target& /*target*/,
                                    std::span<const Assignment> assignments) const {
    return {assignments.size(), failure(ErrorCode::refused, std::string(fixed))};
}

Status BootBank::may_write(System& /*system*/, const Target& /*target*/,
                           const Tunable& /*tunable*/) const {
    return failure(ErrorCode::refused, std::string(fixed));
}

}  // namespace nanotune::boot
