#include "daemon/removed_devices.hpp"

namespace nanotune::daemon {

namespace {

/// An address that is burnt in may be another device's later, which is taken for the same then.
bool is_for_one_life(const DeviceIdentity& device) {
    return device.is_known() && !device.kind.empty() && device.bus.empty() && !device.is_burnt_in;
}

}  // namespace

void RemovedDevices::take(const Notice& notice) {
    const bool is_lost =
        notice.kind == Notice::Kind::lost && notice.source == Notice::Source::links;
    if (!is_lost && notice.kind != Notice::Kind::link) {
        return;
    }
    const std::scoped_lock lock(mutex_);
    if (is_lost) {
        by_number_.clear();  // a number may have been given to another one meanwhile
    } else if (!is_for_one_life(notice.removed)) {
        by_number_.erase(notice.number);
    } else {
        by_number_.insert_or_assign(notice.number, notice.removed);
        if (by_number_.size() > most) {
            by_number_.erase(by_number_.begin());
        }
    }
}

bool RemovedDevices::has(const DeviceIdentity& recorded) const {
    if (!is_for_one_life(recorded)) {
        return false;
    }
    const std::scoped_lock lock(mutex_);
    const auto found = by_number_.find(recorded.index);
    return found != by_number_.end() && found->second.name == recorded.name &&
           found->second.kind == recorded.kind && found->second.address == recorded.address;
}

}  // namespace nanotune::daemon
