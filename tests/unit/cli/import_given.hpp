// What the tests of imports start from, and how they name what came of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/import/systemd_import.hpp"
#include "cli/import/tuned_import.hpp"
#include "support/catch.hpp"

namespace nanotune::cli::given {

using TextFiles = std::map<std::string, std::string>;

/// Four CPUs on two sockets, with governors and idle states.
inline TextFiles host() {
    const std::string cpu = "/sys/devices/system/cpu/";
    TextFiles files = {
        {cpu + "present", "0-3\n"},
        {cpu + "online", "0-3\n"},
        {cpu + "cpufreq/policy0/scaling_available_governors", "performance schedutil powersave\n"},
        {cpu + "cpu0/cpuidle/state0/name", "POLL\n"},
        {cpu + "cpu0/cpuidle/state0/latency", "0\n"},
        {cpu + "cpu0/cpuidle/state1/name", "C1\n"},
        {cpu + "cpu0/cpuidle/state1/latency", "2\n"},
        {"/proc/sys/net/core/somaxconn", "4096\n"},
        {"/proc/cpuinfo", "model name\t: Test\nflags\t\t: fpu hypervisor\n\n"}};
    for (int i = 0; i < 4; ++i) {
        files[cpu + "cpu" + std::to_string(i) + "/topology/physical_package_id"] =
            i < 2 ? "0\n" : "1\n";
    }
    return files;
}

inline HostReader reader_of(const TextFiles& files) {
    return [&files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
}

inline Import imported(const TextFiles& files, const std::vector<std::string>& names = {"mine"}) {
    const auto import = tuned_import(names, reader_of(files));
    REQUIRE(import);
    return *import;
}

inline Import imported_sysctls(const std::string& text) {
    const auto import = sysctl_import("60-mine.conf", text);
    REQUIRE(import);
    return *import;
}

inline Import imported_link(const std::string& text) {
    const auto import = link_import("50-fast.link", text, "50-fast");
    REQUIRE(import);
    return *import;
}

inline TextFiles with_profile(const std::string& text) {
    TextFiles files = host();
    files["/etc/tuned/mine/tuned.conf"] = text;
    return files;
}

/// "section key = value" of every line.
inline std::vector<std::string> lines_of(const Import& import) {
    std::vector<std::string> lines;
    for (const CarriedLine& line : import.carried()) {
        lines.push_back(line.section + " " + line.key + " = " + line.spellings.front());
    }
    return lines;
}

inline std::string optional(const std::string& value) {
    return "{ value = \"" + value + "\", optional = true }";
}

inline std::vector<std::string> reasons_of(const Import& import) {
    std::vector<std::string> reasons;
    for (const LeftOut& one : import.left()) {
        reasons.push_back(one.why);
    }
    return reasons;
}

}  // namespace nanotune::cli::given
