// Which device a record is of: the same for many records, and for most none.
#pragma once

#include <memory>
#include <utility>

#include <nanotune/device_identity.hpp>
#include <nanotune/target.hpp>

#include "model/shared_value.hpp"

namespace nanotune {

/// An identity that copies share, and that nobody changes. Copying costs as much as a pointer.
class SharedDevice {
  public:
    SharedDevice() = default;
    SharedDevice(DeviceIdentity device)  // NOLINT: as a value
        : device_(device == none() ? nullptr
                                   : std::make_shared<const DeviceIdentity>(std::move(device))) {}

    /// That of a target, without a copy of it.
    static SharedDevice of(const Shared<Candidate>& candidate) {
        SharedDevice device;
        if (candidate->identity != none()) {
            device.device_ = candidate.sharing(&Candidate::identity);
        }
        return device;
    }

    operator const DeviceIdentity&() const {  // NOLINT: as a value
        return device_ == nullptr ? none() : *device_;
    }
    const DeviceIdentity* operator->() const { return &static_cast<const DeviceIdentity&>(*this); }
    [[nodiscard]] bool is_known() const { return device_ != nullptr && device_->is_known(); }

    friend bool operator==(const SharedDevice& one, const DeviceIdentity& other) {
        return static_cast<const DeviceIdentity&>(one) == other;
    }
    friend bool operator==(const SharedDevice& one, const SharedDevice& other) {
        return one.device_ == other.device_ || one == static_cast<const DeviceIdentity&>(other);
    }

  private:
    static const DeviceIdentity& none() {
        static const DeviceIdentity none;
        return none;
    }

    std::shared_ptr<const DeviceIdentity> device_;
};

}  // namespace nanotune
