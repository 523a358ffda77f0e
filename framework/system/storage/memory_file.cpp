#include "system/storage/memory_file.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <sys/mman.h>

#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

/// MFD_NOEXEC_SEAL, which the headers of Debian 12 lack, allows seals, too.
constexpr unsigned never_run = 8;

}  // namespace

Result<Descriptor> memory_file(const char* name, std::string_view what) {
    // With vm.memfd_noexec = 2 (Linux 6.3) any other is refused; a kernel before that knows no
    // such.
    Descriptor file(memfd_create(name, MFD_CLOEXEC | never_run));
    if (!file.is_open() && errno == EINVAL) {
        file = Descriptor(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
    }
    if (!file.is_open()) {
        return storage_failure(fmt::format("keep {} in memory", what), errno);
    }
    return file;
}

}  // namespace nanotune
