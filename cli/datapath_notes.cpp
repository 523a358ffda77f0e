#include "datapath_notes.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

/// "" for what it did not say.
std::string said_of(const Datapath& datapath, std::string_view name) {
    const auto found =
        std::ranges::find(datapath.counted, name, &std::pair<std::string, std::string>::first);
    return found == datapath.counted.end() ? "" : harmless(found->second);
}

}  // namespace

std::vector<std::string> notes_of(const std::vector<Datapath>& datapaths) {
    std::vector<std::string> notes;
    for (const Datapath& datapath : datapaths) {
        const std::string who =
            fmt::format("datapath {} on {}", datapath.name, setting_of(datapath, "listen"));
        if (!datapath.worker.is_running) {
            notes.push_back(fmt::format("{} does not run: {}", who, harmless(datapath.worker.how)));
        } else if (datapath.worker.hangs) {
            notes.push_back(fmt::format("{} hangs: {}", who, harmless(datapath.worker.how)));
        } else if (const std::string group = said_of(datapath, "multicast group"); !group.empty()) {
            notes.push_back(fmt::format("{}: multicast group {}; filter of the device: {}", who,
                                        group,
                                        said_of(datapath, "multicast filter of the device")));
        }
    }
    return notes;
}

}  // namespace nanotune::cli
