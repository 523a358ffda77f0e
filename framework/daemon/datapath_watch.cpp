#include "daemon/datapath_watch.hpp"

#include <array>
#include <cerrno>
#include <filesystem>
#include <utility>

#include <sys/inotify.h>
#include <unistd.h>

namespace nanotune::daemon {

Result<DatapathWatch> DatapathWatch::open(cli::KeptDatapaths kept) {
    Descriptor notices(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!notices.is_open()) {
        return kernel_failure("watch the folders of datapaths (inotify_init1)", errno);
    }
    DatapathWatch watch(std::move(kept), std::move(notices));
    watch.look();
    return watch;
}

/// A folder that is watched already stays so: the kernel knows it by its inode.
void DatapathWatch::follow() const {
    constexpr std::uint32_t comes_and_goes = IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_ONLYDIR;
    // A worker's memory and its keeper's lock are open for writing for as long as these live, and
    // for as long as a switch is turned; records are renamed to where they belong.
    constexpr std::uint32_t happens = IN_MOVED_TO | IN_CLOSE_WRITE | IN_DELETE | IN_ONLYDIR;
    const std::filesystem::path folder(kept_.folder());
    ::inotify_add_watch(notices_.number(), folder.parent_path().c_str(), comes_and_goes);
    ::inotify_add_watch(notices_.number(), folder.c_str(), comes_and_goes);
    for (const Datapath& datapath : seen_) {
        ::inotify_add_watch(notices_.number(), (folder / datapath.name).c_str(), happens);
    }
}

bool DatapathWatch::process() {
    alignas(inotify_event) std::array<char, 4096> events;
    bool has_come = false;
    while (::read(notices_.number(), events.data(), events.size()) > 0) {
        has_come = true;
    }
    if (has_come) {
        look();
    }
    return has_come;
}

bool DatapathWatch::look() {
    auto now = kept_.all(false);
    const bool is_other = now && *now != seen_;
    if (is_other) {
        seen_ = *std::move(now);
    }
    follow();
    return is_other;
}

}  // namespace nanotune::daemon
