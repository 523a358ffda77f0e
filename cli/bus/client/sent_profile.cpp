#include "sent_profile.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "service/given_profile.hpp"

namespace nanotune::cli {

namespace {

/// The text in a file that has no name and cannot be changed any more.
Result<sdbus::UnixFd> sealed(const GivenFile& file) {
    sdbus::UnixFd memory(::memfd_create("profile", MFD_CLOEXEC | MFD_ALLOW_SEALING),
                         sdbus::adopt_fd);
    std::string_view rest = file.text;
    while (memory.isValid() && !rest.empty()) {
        const ssize_t count = ::write(memory.get(), rest.data(), rest.size());
        if (count < 0 && errno != EINTR) {
            break;
        }
        rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    constexpr int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
    if (!memory.isValid() || !rest.empty() || ::fcntl(memory.get(), F_ADD_SEALS, seals) != 0) {
        return kernel_failure("seal the text of " + file.label, errno);
    }
    return memory;
}

}  // namespace

Result<SentProfile> sent_profile(const ProfileRequest& profile, const ProfileSource& files) {
    SentProfile sent{.name = profile.name, .files = {}, .set = bus::wire_of(profile.overrides)};
    NT_TRY(const auto given, given_files(profile.name, files));
    for (const GivenFile& file : given) {
        NT_TRY(sdbus::UnixFd memory, sealed(file));
        sent.files.emplace_back(file.path, file.label, std::move(memory));
    }
    return sent;
}

}  // namespace nanotune::cli
