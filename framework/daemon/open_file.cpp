#include "daemon/open_file.hpp"

#include <filesystem>

namespace nanotune::daemon {

bool is_open_to_all(const std::string& file) {
    using std::filesystem::perms;
    const auto allows = [](const std::filesystem::path& path, perms needed) {
        std::error_code error;
        const auto status = std::filesystem::status(path, error);
        return !error && (status.permissions() & needed) == needed;
    };
    std::error_code error;
    std::filesystem::path path = std::filesystem::canonical(file, error);
    if (error || !allows(path, perms::others_read)) {
        return false;
    }
    while (path.has_relative_path()) {
        path = path.parent_path();
        if (!allows(path, perms::others_exec)) {
            return false;
        }
    }
    return true;
}

}  // namespace nanotune::daemon
