// The kernel's text files: a read goes on until the end, since a generated file may come in pieces;
// a write is one write(2), since each one is a command.
#include "system/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <memory>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/device_file.hpp"
#include "system/file_failure.hpp"
#include "system/file_text.hpp"
#include "system/storage/storage.hpp"

namespace nanotune {

namespace {

struct Freer {
    void operator()(char* text) const noexcept { std::free(text); }  // NOLINT: realpath's contract
};
struct FolderCloser {
    void operator()(DIR* folder) const noexcept { closedir(folder); }
};

std::string without_last_newline(std::string text) {
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    return text;
}

/// A sysctl is written from its start, however often it was before; other files may not know where
/// they are.
Status written_to(const Descriptor& file, const std::string& path, std::string_view text) {
    ssize_t written = -1;
    do {
        written = is_sysctl(path) ? ::pwrite(file.number(), text.data(), text.size(), 0)
                                  : ::write(file.number(), text.data(), text.size());
    } while (written < 0 && errno == EINTR);
    if (written < 0) {
        return write_failure(path, text, errno);
    }
    if (static_cast<std::size_t>(written) != text.size()) {
        return failure(ErrorCode::refused,
                       fmt::format("{}: the kernel took {} of {} bytes",
                                   write_operation(path, text), written, text.size()));
    }
    return {};
}

/// Of what is below the open folder of a device; null where it cannot be opened.
DIR* listed_in(const Descriptor& device, const std::string& path) {
    const int folder = ShownDevices::open_in(device, path, O_RDONLY | O_DIRECTORY);
    DIR* const stream = folder < 0 ? nullptr : fdopendir(folder);
    if (stream == nullptr && folder >= 0) {
        ::close(folder);
    }
    return stream;
}

}  // namespace

Descriptor KernelFiles::opened(const std::string& path, int flags) {
    const auto open = [this, &path, flags] {
        return Descriptor(near_.at(path, [flags](int folder, const char* name) {
            return openat(folder, name, flags | O_CLOEXEC | O_NOCTTY);
        }));
    };
    Descriptor file = open();
    return !file.is_open() && errno == EMFILE && kept_.drop_all() ? open() : std::move(file);
}

const Descriptor* KernelFiles::kept_sysctl(const std::string& path) {
    if (!are_writes_expected_ || !is_sysctl(path)) {
        return nullptr;
    }
    if (const Descriptor* const file = kept_.find(path); file != nullptr || !kept_.has_room()) {
        return file;
    }
    Descriptor file = opened(path, O_RDWR);
    return file.is_open() ? &kept_.keep(path, std::move(file)) : nullptr;
}

void KernelFiles::expect_writes(bool are_expected) {
    are_writes_expected_ = are_expected;
    if (!are_expected) {
        kept_.drop_all();
        shown_.forget();
    }
}

const Descriptor* KernelFiles::kept_of_device(const std::string& path) {
    const Descriptor* const file = is_sysctl(path) ? nullptr : kept_.find(path);
    if (file == nullptr || shown_.show(path)) {
        return file;
    }
    kept_.drop(path);
    return nullptr;
}

/// The kernel looks at each of the many parts of a path in sysfs, also where there is nothing at
/// its end.
const Descriptor* KernelFiles::device_folder(const std::string& path) {
    if (!are_writes_expected_ || !shown_.show(path)) {
        return nullptr;
    }
    const std::string place = ShownDevices::folder_of(path);
    if (const Descriptor* const known = kept_.find(place); known != nullptr || !kept_.has_room()) {
        return known;
    }
    Descriptor folder = opened(place, O_PATH | O_DIRECTORY);
    return folder.is_open() && shown_.show(path) ? &kept_.keep(place, std::move(folder)) : nullptr;
}

Result<std::string> KernelFiles::read_of_device(const Descriptor& folder, const std::string& path) {
    Descriptor file(ShownDevices::open_in(folder, path, O_RDONLY));
    if (!file.is_open()) {
        return kernel_failure("read " + path, errno);
    }
    NT_TRY(std::string text, whole_text(file, path));
    if (kept_.has_room()) {
        kept_.keep(path, std::move(file));
    }
    return text;
}

void KernelFiles::learn(const std::string& path, std::string_view text, Descriptor file,
                        Descriptor folder) {
    if (shown_.learn(path, text)) {
        kept_.drop_all();  // what is kept by that name is the other device's
    }
    if (kept_.has_room() && shown_.show(path)) {
        kept_.keep(path, std::move(file));
        if (folder.is_open()) {
            kept_.keep(ShownDevices::folder_of(path), std::move(folder));
        }
    }
}

Result<std::string> KernelFiles::read_anew(const std::string& path) {
    if (const Descriptor* const folder = device_folder(path); folder != nullptr) {
        Result<std::string> text = read_of_device(*folder, path);
        const int reason = text ? 0 : text.error().kernel_errno;
        if (reason != EMFILE && (reason != ENOENT || ShownDevices::is_there(*folder))) {
            return text;
        }
        if (reason == ENOENT) {
            kept_.drop_all();  // its device has gone, and another has come with its name and number
        }
    }
    // Whatever else is read of a device is found in the folder that has this number.
    Descriptor folder;
    Descriptor file;
    if (are_writes_expected_ && ShownDevices::is_number(path)) {
        folder = opened(ShownDevices::folder_of(path), O_PATH | O_DIRECTORY);
        file = Descriptor(ShownDevices::open_in(folder, path, O_RDONLY));
    }
    if (!file.is_open()) {
        file = opened(path, O_RDONLY);
        folder = Descriptor();
    }
    if (!file.is_open()) {
        return kernel_failure("read " + path, errno);
    }
    NT_TRY(std::string text, whole_text(file, path));
    if (are_writes_expected_) {
        learn(path, text, std::move(file), std::move(folder));
    }
    return text;
}

Result<std::string> KernelFiles::read(const std::string& path) {
    const Descriptor* const sysctl = kept_sysctl(path);
    if (const auto* const kept = sysctl != nullptr ? sysctl : kept_of_device(path);
        kept != nullptr) {
        if (auto text = text_from_start(*kept, path)) {
            return without_last_newline(*std::move(text));
        }
        kept_.drop(path);
    }
    NT_TRY(std::string text, read_anew(path));
    return without_last_newline(std::move(text));
}

Status KernelFiles::write(const std::string& path, std::string_view text) {
    if (const Descriptor* const file = kept_sysctl(path); file != nullptr) {
        Status written = written_to(*file, path, text);
        if (written || written.error().kernel_errno != ENOENT) {
            return written;
        }
        kept_.drop(path);
    }
    const Descriptor file = opened(path, O_WRONLY);
    return file.is_open() ? written_to(file, path, text) : write_failure(path, text, errno);
}

Result<std::vector<std::string>> KernelFiles::list(const std::string& folder) {
    std::unique_ptr<DIR, FolderCloser> stream;
    if (const Descriptor* const device = device_folder(folder); device != nullptr) {
        stream.reset(listed_in(*device, folder));
    }
    if (!stream) {
        stream.reset(opendir(folder.c_str()));
    }
    if (!stream) {
        return kernel_failure("list " + folder, errno);
    }
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* const entry = readdir(stream.get())) {
        const std::string_view name(entry->d_name);
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
        errno = 0;
    }
    if (errno != 0) {
        return kernel_failure("list " + folder, errno);
    }
    std::ranges::sort(names);
    return names;
}

Result<std::string> KernelFiles::link_name(const std::string& path) {
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    if (size < 0) {
        // EINVAL: it is there, and no link.
        return kernel_failure("read link " + path, errno == EINVAL ? ENOENT : errno);
    }
    const std::string_view whole(target.data(), static_cast<std::size_t>(size));
    return std::string(whole.substr(whole.rfind('/') + 1));
}

Result<std::string> KernelFiles::resolved(const std::string& path) {
    const std::unique_ptr<char, Freer> real(realpath(path.c_str(), nullptr));
    if (real) {
        return std::string(real.get());
    }
    const int reason = errno;
    std::array<char, PATH_MAX> target{};
    const ssize_t size = readlink(path.c_str(), target.data(), target.size());
    const std::string_view shown(target.data(), size < 0 ? 0 : static_cast<std::size_t>(size));
    if (shown.starts_with('/') && shown.ends_with(" (deleted)")) {
        return std::string(shown);
    }
    return kernel_failure("resolve " + path, reason);
}

bool KernelFiles::exists(const std::string& path) {
    return access(path.c_str(), F_OK) == 0;
}

Status KernelFiles::may_write(const std::string& path) {
    if (kept_sysctl(path) != nullptr) {
        return {};  // the kernel has let it be opened for that
    }
    // A mount that is read-only answers here too: EROFS.
    const int answer = near_.at(path, [](int folder, const char* name) {
        return faccessat(folder, name, W_OK, AT_EACCESS);
    });
    const int reason = answer < 0 ? errno : 0;
    if (reason != 0 && reason != EACCES) {
        return kernel_failure("write " + path, reason);
    }
    if (reason == 0 && is_sysctl(path)) {
        return {};  // goes by the mode for root, too
    }
    // Elsewhere root passes whatever the mode is; sysfs refuses it at open all the same.
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) {
        return kernel_failure("write " + path, errno);
    }
    if ((status.st_mode & 0222U) == 0) {
        auto for_nobody = kernel_failure("write " + path, EACCES, denial(path, EACCES));
        for_nobody.error().code = ErrorCode::unsupported;
        return for_nobody;
    }
    if (reason != 0) {
        return kernel_failure("write " + path, reason, denial(path, reason));
    }
    const std::string lacking = lacking_for_device_file(*this, path);
    return lacking.empty()
               ? Status()
               : kernel_failure("write " + path, EPERM, "permission denied: " + lacking);
}

}  // namespace nanotune
