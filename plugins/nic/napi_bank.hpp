// How a device's NAPI polls: files of sysfs, and what they come to where none of it runs.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::nic {

class NapiBank final : public FileBank {
  public:
    using FileBank::FileBank;

    /// Says of polling by threads where there is nothing to poll.
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
};

}  // namespace nanotune::nic
