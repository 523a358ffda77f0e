// Boots that were not seen to end well: after two of them nothing is applied by itself.
#pragma once

#include <string>

#include <nanotune/error.hpp>

namespace nanotune {

/// One lasting folder's count.
class Boots {
  public:
    explicit Boots(const std::string& lasting_folder)
        : folder_(lasting_folder), path_(lasting_folder + "/boots") {}

    /// Counts the boot of this identity, once. Errors: refused after two that failed, saying what
    /// lets the next one be applied; denied, io.
    Status begin(const std::string& boot) const;
    /// This boot, or an apply by hand, went well. Errors: denied, io.
    Status succeed() const;

  private:
    std::string folder_;
    std::string path_;
};

/// Whether the kernel's command line keeps everything from being applied at boot.
[[nodiscard]] bool is_switched_off(std::string_view command_line);

}  // namespace nanotune
