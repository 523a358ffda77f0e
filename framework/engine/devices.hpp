// Today's network devices, and what has become of those that the journal knows.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/applied.hpp"
#include "engine/bearer.hpp"
#include "engine/survey.hpp"

namespace nanotune {

/// A value.
class Devices {
  public:
    /// Asks the kernel. Errors: those of listing devices; timed_out.
    static Result<Devices> since(const std::vector<DeviceIdentity>& recorded, Survey& survey);

    /// What has become of a device that was recorded.
    [[nodiscard]] Bearer bearer_of(const DeviceIdentity& recorded) const;
    /// The device of that name, or nullptr.
    [[nodiscard]] const DeviceIdentity* named(std::string_view name) const;
    [[nodiscard]] const DeviceIdentity* numbered(unsigned index) const;

  private:
    [[nodiscard]] const DeviceIdentity* find(const DeviceIdentity& recorded) const;

    std::vector<DeviceIdentity> here_;
    std::vector<DeviceIdentity> no_more_;
};

/// The device that a key is named after, by that name; "" for none.
[[nodiscard]] std::string device_in(const Key& key, const Catalog& catalog);
/// Whether nothing of it can be read or written here, and what bears its name is another.
[[nodiscard]] bool is_out_of_reach(const Key& key, const Bearer& bearer);

}  // namespace nanotune
