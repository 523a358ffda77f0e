// A folder for one test.
#pragma once

#include <filesystem>
#include <string>

namespace nanotune::test {

/// Removed with everything in it at the end of its life, by the process that made it.
class ScratchFolder {
  public:
    explicit ScratchFolder(
        const std::filesystem::path& parent = std::filesystem::temp_directory_path());
    ~ScratchFolder();
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ScratchFolder(ScratchFolder&&) = delete;
    ScratchFolder& operator=(ScratchFolder&&) = delete;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    std::string path_;
    int owner_;
};

/// Where files are kept in memory, as those below /run are: to sync one takes no time. Where there
/// is no such folder, the usual one.
[[nodiscard]] std::filesystem::path in_memory();

}  // namespace nanotune::test
