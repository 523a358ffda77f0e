// Files of procfs, sysfs and cgroupfs on the running kernel.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include <nanotune/system.hpp>

#include "system/kept_files.hpp"
#include "system/near_path.hpp"
#include "system/shown_devices.hpp"

namespace nanotune {

class KernelFiles final : public Files {
  public:
    explicit KernelFiles(std::shared_ptr<ControlSocket> control = std::make_shared<ControlSocket>())
        : shown_(std::move(control)) {}

    Result<std::string> read(const std::string& path) override;
    Status write(const std::string& path, std::string_view text) override;
    Result<std::vector<std::string>> list(const std::string& folder) override;
    Result<std::string> link_name(const std::string& path) override;
    Result<std::string> resolved(const std::string& path) override;
    bool exists(const std::string& path) override;
    /// Errors: unsupported where its mode lets nobody write it, whatever this process may do.
    Status may_write(const std::string& path) override;
    /// Sysctls stay open then, and files of network devices once their ifindex was read.
    void expect_writes(bool are_expected) override;

  private:
    [[nodiscard]] Descriptor opened(const std::string& path, int flags);
    /// A sysctl, opened now where it is not kept yet; null where it is not to be kept, or cannot
    /// be.
    [[nodiscard]] const Descriptor* kept_sysctl(const std::string& path);
    /// A file of a device that has the same name still; null for any that is not kept.
    [[nodiscard]] const Descriptor* kept_of_device(const std::string& path);
    /// The open folder of a device that has its name still; null for a path that is in none.
    [[nodiscard]] const Descriptor* device_folder(const std::string& path);
    [[nodiscard]] Result<std::string> read_of_device(const Descriptor& folder,
                                                     const std::string& path);
    /// What may be a device's number, where from, and of which folder, if that is open.
    void learn(const std::string& path, std::string_view text, Descriptor file, Descriptor folder);
    /// Of a file that is not kept.
    [[nodiscard]] Result<std::string> read_anew(const std::string& path);

    NearPaths near_;
    KeptFiles kept_;
    ShownDevices shown_;
    bool are_writes_expected_ = false;
};

}  // namespace nanotune
