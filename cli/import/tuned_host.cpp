#include "tuned_host.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <regex.h>

#include "model/ini_text.hpp"

namespace nanotune::cli {

namespace {

constexpr unsigned most_idle_states = 16;
constexpr const char* cpu_files = "/sys/devices/system/cpu/";
constexpr const char* machine =
#if defined(__x86_64__)
    "x86_64";
#elif defined(__aarch64__)
    "aarch64";
#else
    "";
#endif

CpuSet set_in(const std::optional<std::string>& text) {
    return text ? CpuSet::from_list(stripped(*text)).value_or(CpuSet()) : CpuSet();
}

}  // namespace

CpuSet TunedHost::present() const {
    return set_in(read_(fmt::format("{}present", cpu_files)));
}

CpuSet TunedHost::online() const {
    return set_in(read_(fmt::format("{}online", cpu_files)));
}

CpuSet TunedHost::all_but_first(std::size_t reserved) const {
    std::map<std::string, std::size_t> met;  // CPUs of each socket so far
    CpuSet rest;
    for (const unsigned cpu : present().members()) {
        const auto socket =
            read_(fmt::format("{}cpu{}/topology/physical_package_id", cpu_files, cpu));
        if (socket && ++met[std::string(stripped(*socket))] > reserved) {
            rest.add(cpu);
        }
    }
    return rest;
}

std::string TunedHost::processor() const {
    std::string text = read_("/proc/cpuinfo").value_or("");
    text.resize(std::min(text.find("\n\n"), text.size()));
    return text;
}

bool TunedHost::is_virtual() const {
    return finds("^flags.* hypervisor( |$)", processor()).value_or(false);
}

std::string TunedHost::kernel() const {
    const std::string release = read_("/proc/sys/kernel/osrelease").value_or("");
    return fmt::format("Linux {} {}", stripped(release), machine);
}

std::vector<std::string> TunedHost::governors() const {
    const std::string text =
        read_(fmt::format("{}cpufreq/policy0/scaling_available_governors", cpu_files)).value_or("");
    std::vector<std::string> words;
    std::string_view rest = stripped(text);
    while (!rest.empty()) {
        words.emplace_back(rest.substr(0, rest.find(' ')));
        rest.remove_prefix(std::min(words.back().size() + 1, rest.size()));
    }
    return words;
}

std::optional<IdleState> TunedHost::idle_state(unsigned number) const {
    const std::string folder = fmt::format("{}cpu0/cpuidle/state{}/", cpu_files, number);
    const auto name = read_(folder + "name");
    const auto latency = read_(folder + "latency");
    if (!name || !latency) {
        return std::nullopt;
    }
    return IdleState{.name = std::string(stripped(*name)), .latency = std::atol(latency->c_str())};
}

std::optional<IdleState> TunedHost::idle_state(std::string_view name) const {
    for (unsigned number = 0; number < most_idle_states; ++number) {
        auto state = idle_state(number);
        if (state && state->name == name) {
            return state;
        }
    }
    return std::nullopt;
}

std::optional<bool> finds(const std::string& expression, const std::string& text) {
    regex_t compiled{};
    if (::regcomp(&compiled, expression.c_str(), REG_EXTENDED | REG_NOSUB | REG_NEWLINE) != 0) {
        return std::nullopt;
    }
    const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
    ::regfree(&compiled);
    return found;
}

}  // namespace nanotune::cli
