#include "worker/worker_folder.hpp"

#include <cerrno>
#include <filesystem>
#include <string_view>

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <nanotune/numbers.hpp>

#include "system/storage/next_line.hpp"
#include "worker/shared_file.hpp"
#include "worker/shared_head.hpp"

namespace nanotune::worker {

namespace {

constexpr std::size_t text_limit = 64UL << 10;
constexpr mode_t mode_off = 0600;
constexpr mode_t mode_disabled = 0400;

/// The whole file. The lock goes with the process, and with the first descriptor of the file that
/// it closes.
struct flock whole_file() {
    struct flock lock{};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// What is there already has room also where the file system has none for another file.
bool is_written_over(const std::string& path, std::string_view text) {
    const Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
    return file.is_open() &&
           ::pwrite(file.number(), text.data(), text.size(), 0) ==
               static_cast<ssize_t>(text.size()) &&
           ::ftruncate(file.number(), static_cast<off_t>(text.size())) == 0;
}

/// Of the worker whose memory is this file.
std::optional<WorkerFolder> folder_beside(const std::string& shared) {
    WorkerFolder folder(std::filesystem::path(shared).parent_path().string());
    return folder.shared() == shared ? std::optional(std::move(folder)) : std::nullopt;
}

}  // namespace

bool is_keepers(std::string_view setting) noexcept {
    return setting == "restarts" || setting == "start";
}

bool is_starters(std::string_view setting) noexcept {
    return setting.starts_with('.');
}

Result<WorkerSettings> WorkerFolder::settings() const {
    NT_TRY(const std::string text, read_file(path_ + "/settings", text_limit));
    WorkerSettings settings;
    for (std::string_view rest = text; !rest.empty();) {
        std::string_view line = next_line(rest);
        const std::string_view name = next_part(line, ' ');
        if (name.empty()) {
            return failure(ErrorCode::damaged, path_ + "/settings: a line without a name");
        }
        settings.emplace(name, line);
    }
    return settings;
}

Status WorkerFolder::put(const WorkerSettings& settings) const {
    NT_CHECK(make_folder(path_));
    std::string text;
    for (const auto& [name, value] : settings) {
        text += fmt::format("{} {}\n", name, value);
    }
    return replace_file(path_ + "/settings", text);
}

Record WorkerFolder::record() const {
    const std::string text = read_file(path_ + "/record", text_limit).value_or(std::string());
    std::string_view rest = text;
    Record record;
    record.restarts = leading_number<decltype(record.restarts)>(next_line(rest)).value_or(0);
    record.is_over = next_line(rest) == "over";
    record.end = next_line(rest);
    record.ended = leading_number<decltype(record.ended)>(next_line(rest)).value_or(0);
    return record;
}

Record WorkerFolder::record_beside(const std::string& shared) {
    const auto folder = folder_beside(shared);
    return folder ? folder->record() : Record();
}

Status WorkerFolder::put(const Record& record) const {
    const std::string path = path_ + "/record";
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}\n", record.restarts, record.is_over ? "over" : "kept",
                    record.end, record.ended);
    const Status replaced = replace_file(path, text);
    return replaced || is_written_over(path, text) ? Status() : replaced;
}

Status WorkerFolder::note_switch(Turned turned) const {
    if (turned == Turned::on) {
        return ::unlink(off().c_str()) == 0 || errno == ENOENT
                   ? Status()
                   : kernel_failure("remove " + off(), errno);
    }
    const mode_t mode = turned == Turned::disabled ? mode_disabled : mode_off;
    const Descriptor made(::open(off().c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!made.is_open()) {
        return kernel_failure("create " + off(), errno);
    }
    return turned != Turned::disabled || ::fchmod(made.number(), mode) == 0
               ? Status()
               : kernel_failure("change " + off(), errno);
}

Status WorkerFolder::note_switch_beside(const std::string& shared, Turned turned) {
    const auto folder = folder_beside(shared);
    return folder && folder->settings() ? folder->note_switch(turned) : Status();
}

bool WorkerFolder::is_switched_off() const {
    return ::access(off().c_str(), F_OK) == 0;
}

bool WorkerFolder::is_disabled() const {
    struct stat facts{};
    return ::lstat(off().c_str(), &facts) == 0 ? (facts.st_mode & S_IWUSR) == 0
                                               : errno != ENOENT && errno != ENOTDIR;
}

bool WorkerFolder::is_switched_off_beside(const std::string& shared) {
    const auto folder = folder_beside(shared);
    return folder && folder->is_switched_off();
}

std::optional<pid_t> WorkerFolder::keeper() const {
    // For reading: whoever watches the folder takes the end of writing for the keeper's.
    const Descriptor file(::open(lock().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct flock held = whole_file();
    if (!file.is_open() || ::fcntl(file.number(), F_GETLK, &held) != 0 || held.l_type == F_UNLCK ||
        held.l_pid <= 0) {
        return std::nullopt;
    }
    return held.l_pid;
}

Result<Descriptor> WorkerFolder::become_keeper() const {
    Descriptor file(::open(lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct flock held = whole_file();
    if (!file.is_open()) {
        return kernel_failure("open " + lock(), errno);
    }
    if (::fcntl(file.number(), F_SETLK, &held) != 0) {
        const int error = errno;
        if (error == EAGAIN || error == EACCES) {
            return failure(ErrorCode::busy, fmt::format("{}: process {} is its keeper already",
                                                        path_, keeper().value_or(0)));
        }
        return kernel_failure("lock " + lock(), error);
    }
    return file;
}

bool WorkerFolder::is_kept_by(const Descriptor& lock) const {
    struct stat here{};
    struct stat held{};
    if (::lstat(this->lock().c_str(), &here) != 0) {
        return errno != ENOENT && errno != ENOTDIR;
    }
    return ::fstat(lock.number(), &held) != 0 ||
           (here.st_dev == held.st_dev && here.st_ino == held.st_ino);
}

Result<FoundMemory> WorkerFolder::found_memory() const {
    struct stat facts{};
    if (::lstat(shared().c_str(), &facts) != 0) {
        return kernel_failure("look at " + shared(), errno);
    }
    const auto memory = SharedFile::open(shared(), sizeof(SharedHead), false);
    return FoundMemory{
        .device = facts.st_dev,
        .inode = facts.st_ino,
        .process = memory ? static_cast<const SharedHead*>(memory->memory())->process : 0};
}

Status WorkerFolder::clear() const {
    for (const std::string& path : {shared(), path_ + "/record"}) {
        if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
            return kernel_failure("remove " + path, errno);
        }
    }
    return {};
}

Status WorkerFolder::remove() const {
    constexpr int most_tries = 3;  // somebody may turn the switch off meanwhile, which makes a file
    std::error_code error;
    for (int tries = 0; tries == 0 || (error && tries < most_tries); ++tries) {
        std::filesystem::remove_all(path_, error);
    }
    if (error) {
        return failure(ErrorCode::io, fmt::format("remove {}: {}", path_, error.message()));
    }
    // The folder of all workers goes with the last of them.
    std::filesystem::remove(std::filesystem::path(path_).parent_path(), error);
    return {};
}

}  // namespace nanotune::worker
