#include "checked_text.hpp"

#include <cerrno>
#include <utility>

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

namespace nanotune::cli {

namespace {

/// A text that has a path without being in any folder.
class UnnamedFile {
  public:
    static Result<UnnamedFile> of(std::string_view text) {
        UnnamedFile file(::memfd_create("nanotune-import", MFD_CLOEXEC));
        while (file.descriptor_ >= 0 && !text.empty()) {
            const ssize_t count = ::write(file.descriptor_, text.data(), text.size());
            if (count < 0) {
                break;
            }
            text.remove_prefix(static_cast<std::size_t>(count));
        }
        if (file.descriptor_ < 0 || !text.empty()) {
            return kernel_failure("keep the profile in memory", errno);
        }
        return file;
    }
    UnnamedFile(UnnamedFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
    UnnamedFile(const UnnamedFile&) = delete;
    UnnamedFile& operator=(const UnnamedFile&) = delete;
    UnnamedFile& operator=(UnnamedFile&&) = delete;
    ~UnnamedFile() {
        if (descriptor_ >= 0) {
            ::close(descriptor_);
        }
    }
    [[nodiscard]] std::string path() const { return fmt::format("/proc/self/fd/{}", descriptor_); }

  private:
    explicit UnnamedFile(int descriptor) : descriptor_(descriptor) {}
    int descriptor_;
};

}  // namespace

Checked<Import> checked_by(Service& service, Import import) {
    std::string path;
    // The path is the same each time: the descriptor is closed before the next is opened.
    return checked_import(
        std::move(import),
        [&service, &path](const std::string& text) {
            auto file = UnnamedFile::of(text);
            if (!file) {
                return Problems{std::move(file).error()};
            }
            path = file->path();
            return service.check({.name = path, .overrides = {}});
        },
        path);
}

}  // namespace nanotune::cli
