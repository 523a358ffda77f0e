// Files of procfs, sysfs and cgroupfs on the running kernel.
#pragma once

#include <nanotune/system.hpp>

#include "system/kept_files.hpp"
#include "system/near_path.hpp"

namespace nanotune {

class KernelFiles final : public Files {
  public:
    Result<std::string> read(const std::string& path) override;
    Status write(const std::string& path, std::string_view text) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::string> link_name(const std::string& path) override;
    Result<std::string> resolved(const std::string& path) override;
    bool exists(const std::string& path) override;
    /// Errors: unsupported where its mode lets nobody write it, whatever this process may do.
    Status may_write(const std::string& path) override;
    /// Sysctls stay open then.
    void expect_writes(bool are_expected) override;

  private:
    [[nodiscard]] Descriptor opened(const std::string& path, int flags);
    /// Opened now where it is not kept yet; null where it is not to be kept, or cannot be.
    [[nodiscard]] const Descriptor* kept(const std::string& path);

    NearPaths near_;
    KeptFiles kept_;
    bool are_writes_expected_ = false;
};

}  // namespace nanotune
