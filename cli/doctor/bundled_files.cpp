#include "bundled_files.hpp"

#include <functional>

#include <fmt/format.h>

#include "../json.hpp"
#include "../status_text.hpp"
#include "../text_file.hpp"
#include "../topology_text.hpp"
#include "diagnosis.hpp"

namespace nanotune::doctor {

namespace {

constexpr std::size_t largest_file = std::size_t{1} << 20U;

/// Counters of the kernel's that say nothing of who works here or with whom.
constexpr const char* plain_files[] = {
    "/proc/interrupts", "/proc/softirqs",    "/proc/net/softnet_stat",
    "/proc/net/snmp",   "/proc/net/netstat", "/proc/net/snmp6",
    "/proc/stat",       "/proc/meminfo",     "/proc/cpuinfo",
    "/proc/version"};

/// What a screen of 80 columns would show.
std::string printed(const std::function<void(const cli::Screen&)>& print) {
    std::string text;
    const cli::Screen screen([&text](std::string_view part) { text += part; },
                             [&text](std::string_view part) { text += part; });
    print(screen.with({.width = 80, .error_width = 80, .verbose = true}));
    return text;
}

/// As `ethtool -S` has them, and by how much each has grown.
std::string counters_text(const HostCounters& counters) {
    std::string text;
    for (const auto& [name, counter] : counters) {
        text += fmt::format("{}: {} (+{})\n", name, counter.now, counter.grown());
    }
    return text;
}

}  // namespace

std::vector<BundledFile> bundled_files(const BundleRequest& request) {
    const HostFacts& facts = request.facts;
    const auto report = [&](const cli::Screen& screen) {
        print(screen, facts, request.findings, false);
    };
    const auto status = [&](const cli::Screen& screen) {
        cli::print_status(request.context.on(screen), request.service.status());
    };
    const auto topology = [&](const cli::Screen& screen) {
        cli::print_topology(screen, facts.topology);
    };
    std::vector<BundledFile> files = {
        {"report.txt", printed(report)},
        {"report.json", json_of(facts, request.findings, request.exit)},
        {"fix.toml", request.fix},
        {"status.txt", printed(status)},
        {"topology.txt", printed(topology)},
        {"version.txt", NANOTUNE_VERSION "\n"},
        {"plugins.json", cli::json_of_version(NANOTUNE_VERSION, request.service.plugins(), {}, 0)}};
    for (const NicFacts& nic : facts.nics) {
        if (!nic.driver_counters.empty()) {
            files.push_back(
                {fmt::format("ethtool/{}.txt", nic.name), counters_text(nic.driver_counters)});
        }
    }
    for (const char* const path : plain_files) {
        if (auto text = cli::read_text_file(path, largest_file)) {
            files.push_back({std::string(path).substr(1), *std::move(text)});
        }
    }
    return files;
}

}  // namespace nanotune::doctor
