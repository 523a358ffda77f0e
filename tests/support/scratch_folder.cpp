// Children that a test forks leave the folder alone.
#include "support/scratch_folder.hpp"

#include <cstdlib>
#include <filesystem>

#include <unistd.h>

namespace nanotune::test {

ScratchFolder::ScratchFolder() : owner_(::getpid()) {
    path_ = (std::filesystem::temp_directory_path() / "nanotune-test-XXXXXX").string();
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

}  // namespace nanotune::test
