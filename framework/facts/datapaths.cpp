// Datapaths that run, and on which nodes their memory is.
#include <fmt/format.h>

#include "facts.hpp"
#include "words.hpp"

namespace nanotune::facts {

namespace {

std::string setting(const Worker& worker, std::string_view name) {
    const auto found = worker.settings.find(name);
    return found == worker.settings.end() ? std::string() : found->second;
}

/// "7f00 default anon=12 N0=10 N1=2": pages by node (numa(7)).
std::map<unsigned, std::uint64_t> pages_in(std::string_view numa_maps) {
    std::map<unsigned, std::uint64_t> pages;
    for (const std::string_view word : words(numa_maps)) {
        const std::size_t equals = word.find('=');
        const auto node = word.starts_with('N') && equals != std::string_view::npos
                              ? number(word.substr(1, equals - 1))
                              : std::nullopt;
        if (node) {
            pages[static_cast<unsigned>(*node)] += number(word.substr(equals + 1)).value_or(0);
        }
    }
    return pages;
}

}  // namespace

void add_datapaths(System& system, HostFacts& facts) {
    const auto names = system.workers().names();
    if (!names) {
        facts.unseen.push_back(names.error().message);
        return;
    }
    for (const std::string& name : *names) {
        const auto worker = system.workers().worker(name);
        if (!worker || !worker->is_running) {
            continue;
        }
        facts.datapaths.push_back(
            {.name = name,
             .process = worker->process,
             .cpus = CpuSet::from_list(setting(*worker, "cpus")).value_or(CpuSet()),
             .device = setting(*worker, "interface"),
             .pages =
                 pages_in(seen(system, fmt::format("/proc/{}/numa_maps", worker->process), facts)),
             .counters = {}});
    }
}

}  // namespace nanotune::facts
