// How the kernel prints back what it was given: brackets, tabs, masks as wide as the host; and
// what it refuses because another file says so.
#include <algorithm>
#include <cerrno>
#include <sstream>

#include <nanotune/numbers.hpp>

#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

std::string beside(const std::string& path, const std::string& name) {
    return path.substr(0, path.rfind('/') + 1) + name;
}

/// intel_pstate also takes a number for an energy preference that has no name.
bool is_nameless_preference(const Write& write) {
    return write.key.ends_with("/energy_performance_preference") &&
           whole_number<std::uint8_t>(write.text).has_value();
}

void allow_only_listed(FakeHost& host, const std::string& pattern, const std::string& list) {
    host.check(pattern, [list](const Cells& cells, const Write& write) -> std::optional<Refusal> {
        if (is_nameless_preference(write)) {
            return std::nullopt;
        }
        std::istringstream words(text_of(cells, beside(write.key, list)));
        for (std::string word; words >> word;) {
            if (word == write.text) {
                return std::nullopt;
            }
        }
        return Refusal{.error = EINVAL};
    });
}

// Any is taken; what cannot be one is called invalid.
std::string partition(const Cells& cells, const Write& write) {
    const std::string group = write.key.substr(0, write.key.rfind('/'));
    const std::string above = group.substr(0, group.rfind('/'));
    const bool is_below_root = above == "/sys/fs/cgroup";
    if (write.text == "member") {
        return write.text;
    }
    if (text_of(cells, group + "/cpuset.cpus").empty()) {
        return write.text + " invalid (cpuset.cpus is empty)";
    }
    if (!is_below_root && text_of(cells, above + "/cpuset.cpus.partition") == "member") {
        return write.text + " invalid (Parent is not a partition root)";
    }
    return write.text;
}

void keep_frequencies_ordered(FakeHost& host) {
    host.check("scaling_min_freq", [](const Cells& cells, const Write& write) {
        const bool above =
            std::stoll(write.text) > number_of(cells, beside(write.key, "scaling_max_freq"));
        return above ? std::optional(Refusal{.error = EINVAL}) : std::nullopt;
    });
    host.check("scaling_max_freq", [](const Cells& cells, const Write& write) {
        const bool below =
            std::stoll(write.text) < number_of(cells, beside(write.key, "scaling_min_freq"));
        return below ? std::optional(Refusal{.error = EINVAL}) : std::nullopt;
    });
}

}  // namespace

void add_file_habits(FakeHost& host) {
    const auto has_brackets = [](const Cells& cells, const Write& write) {
        return text_of(cells, write.key).contains('[');
    };
    host.check("/sys/*", [=](const Cells& cells, const Write& write) -> std::optional<Refusal> {
        const bool fits = !has_brackets(cells, write) ||
                          with_choice(text_of(cells, write.key), write.text).has_value();
        return fits ? std::nullopt : std::optional(Refusal{.error = EINVAL});
    });
    host.adjust("/sys/*", [=](const Cells& cells, const Write& write) {
        return has_brackets(cells, write)
                   ? with_choice(text_of(cells, write.key), write.text).value_or(write.text)
                   : write.text;
    });
    host.adjust("/proc/sys/*", [](const Cells& cells, const Write& write) {
        std::string text = write.text;
        if (text_of(cells, write.key).contains('\t')) {
            std::ranges::replace(text, ' ', '\t');
        }
        return text;
    });
    for (const char* name : {"rps_cpus", "xps_cpus", "default_smp_affinity", "/sys/*/cpumask",
                             "flow_limit_cpu_bitmap", "rps_default_mask"}) {
        host.adjust(name, [](const Cells& cells, const Write& write) {
            const auto cpus = CpuSet::from_mask(write.text);
            return cpus ? padded_mask(cells, *cpus) : write.text;
        });
    }
    host.adjust("cpuset.cpus.partition", partition);
    allow_only_listed(host, "scaling_governor", "scaling_available_governors");
    allow_only_listed(host, "energy_performance_preference",
                      "energy_performance_available_preferences");
    allow_only_listed(host, "current_clocksource", "available_clocksource");
    keep_frequencies_ordered(host);
}

}  // namespace nanotune::test
