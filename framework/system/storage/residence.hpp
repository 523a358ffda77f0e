// The one nanotune that stays. A state folder has a lock for whoever is at work in it now; a daemon
// also holds this for life, and who tries or measures for as long as that takes, and with it
// everybody else's turn.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "system/storage/storage.hpp"

namespace nanotune {

/// What the one that stays for good calls itself.
inline constexpr std::string_view daemon_command = "nanotuned";

/// Held until the end of its life, or by the kernel until the process's end.
class Residence {
  public:
    /// The folder is there. Errors: busy, naming who lives there; denied, io.
    static Result<Residence> take(const std::string& folder, std::string_view command);
    /// Whether the folder still is the one that was moved into: nobody removed it meanwhile.
    [[nodiscard]] bool stands() const;

  private:
    Residence(std::string path, Descriptor file, std::shared_ptr<const void> mark)
        : path_(std::move(path)), file_(std::move(file)), mark_(std::move(mark)) {}
    std::string path_;
    Descriptor file_;
    std::shared_ptr<const void> mark_;  ///< while it lasts, this process knows the file as its own
};

/// Which other process lives in the folder of this lock; nothing where none does.
[[nodiscard]] std::optional<std::string> resident_beside(const std::string& lock_path);

/// The same of who lives in this folder and is no daemon.
[[nodiscard]] std::optional<std::string> passing_resident(std::string_view folder);

}  // namespace nanotune
