#include "service/datapaths.hpp"

#include <algorithm>

namespace nanotune {

std::string setting_of(const Datapath& datapath, std::string_view name) {
    const auto found = datapath.worker.settings.find(name);
    return found == datapath.worker.settings.end() ? std::string() : found->second;
}

std::string_view state_of(const Worker& worker) noexcept {
    return worker.hangs ? "hangs" : worker.is_running ? "running" : "ended";
}

bool is_enabled(const Datapath& datapath) {
    return setting_of(datapath, "enabled") == "1";
}

Counted counted_in(std::string_view report) {
    constexpr std::string_view between = ": ";
    Counted counted;
    while (!report.empty()) {
        const std::string_view line = report.substr(0, report.find('\n'));
        report.remove_prefix(std::min(line.size() + 1, report.size()));
        if (const std::size_t at = line.find(between); at != std::string_view::npos) {
            counted.emplace_back(line.substr(0, at), line.substr(at + between.size()));
        }
    }
    return counted;
}

std::string_view name_of(DatapathAct act) noexcept {
    switch (act) {
        case DatapathAct::start:
            return "start";
        case DatapathAct::stop:
            return "stop";
        case DatapathAct::enable:
            return "enable";
        case DatapathAct::disable:
            return "disable";
        case DatapathAct::reset:
            return "reset";
        case DatapathAct::clear_connections:
            return "clear-connections";
    }
    return "";
}

}  // namespace nanotune
