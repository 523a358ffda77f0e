// Children that a test forks leave the folder alone.
#include "support/scratch_folder.hpp"

#include <cstdlib>

#include <unistd.h>

namespace nanotune::test {

ScratchFolder::ScratchFolder(const std::filesystem::path& parent) : owner_(::getpid()) {
    path_ = (parent / "nanotune-test-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) {
        std::abort();
    }
}

ScratchFolder::~ScratchFolder() {
    if (::getpid() == owner_) {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
}

std::filesystem::path in_memory() {
    const char* const shared_memory = "/dev/shm";
    return ::access(shared_memory, W_OK | X_OK) == 0 ? std::filesystem::path(shared_memory)
                                                     : std::filesystem::temp_directory_path();
}

}  // namespace nanotune::test
