// The files that nanotune keeps for itself: durable appends, atomic replacement, the lock, and who
// we are (boot, network namespace). The engine's only way to the disk.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune {

/// An open file descriptor, closed at the end of its life. -1 owns nothing.
class Descriptor {
  public:
    Descriptor() = default;
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    ~Descriptor();
    Descriptor(Descriptor&& other) noexcept;
    Descriptor& operator=(Descriptor&& other) noexcept;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;

    [[nodiscard]] int number() const noexcept { return fd_; }
    [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// An append-only file whose appended bytes survive a crash once `sync` has returned.
class DurableFile {
  public:
    /// Opens or creates (mode 0600) for appending, after truncating to `keep` bytes when given.
    /// Errors: denied, io, also for what is no file.
    static Result<DurableFile> open(const std::string& path,
                                    std::optional<std::uint64_t> keep = {});
    /// What is written of it by then is taken back where not all of it can be. Errors: io.
    Status append(std::string_view bytes);
    /// The same, by who knows the size of the file.
    Status append(std::string_view bytes, std::uint64_t size);
    Status sync();
    [[nodiscard]] Result<std::uint64_t> size() const;
    /// Whether the last of its lines has an end, as one has that there is nothing of. Errors: io.
    [[nodiscard]] Result<bool> ends_whole() const;
    /// Takes back what stands behind the first `size` bytes.
    Status cut(std::uint64_t size);
    /// Writes over the file's first bytes, in one call. Seen by every reader from then on, also
    /// after this process was killed.
    Status overwrite_head(std::string_view bytes);

  private:
    DurableFile(std::string path, Descriptor fd) : path_(std::move(path)), fd_(std::move(fd)) {}
    std::string path_;
    Descriptor fd_;
    Descriptor head_;  ///< the same file, not for appending
};

/// A file that can still be read when it has lost its name.
class OpenFile {
  public:
    /// Errors: not_found, denied, io.
    static Result<OpenFile> open(const std::string& path);
    /// As it is now. Errors: io.
    [[nodiscard]] Result<std::string> contents(std::size_t limit) const;
    [[nodiscard]] std::uint64_t inode() const { return inode_; }

  private:
    OpenFile(std::string path, Descriptor fd, std::uint64_t inode)
        : path_(std::move(path)), fd_(std::move(fd)), inode_(inode) {}
    std::string path_;
    Descriptor fd_;
    std::uint64_t inode_;
};

/// Makes the folder and its parents (mode 0700). Errors: io, saying what is in the way.
[[nodiscard]] Status make_folder(const std::string& path);
/// Whether a file of `bytes` can be written and synced in the folder now. Errors: io ("No space
/// left").
[[nodiscard]] Status check_room(const std::string& folder, std::size_t bytes);
/// A whole file. Errors: not_found, denied, io.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t limit);
/// Writes beside the file, syncs, renames over it, syncs the folder. Mode 0600.
[[nodiscard]] Status replace_file(const std::string& path, std::string_view bytes);
/// Renames and syncs the folder.
[[nodiscard]] Status move_file(const std::string& from, const std::string& to);
/// Not finding it is success.
[[nodiscard]] Status remove_file(const std::string& path);

/// The lock of a state folder (flock(2)); released at the end of its life, or by the kernel at the
/// process's end.
class Lock {
  public:
    /// Waits up to `patience`. Errors: busy, naming the holder's process and command.
    static Result<Lock> acquire(const std::string& path, std::string_view command,
                                std::chrono::milliseconds patience);
    /// "nanotune (process 1234: nanotune apply)": which other process holds it now. Nothing where
    /// none does, or where it cannot be seen.
    static std::optional<std::string> holder(const std::string& path);
    /// Before the end of its life. It is not held any more, whoever still refers to it.
    void release() { fd_ = Descriptor(); }

  private:
    explicit Lock(Descriptor fd) : fd_(std::move(fd)) {}
    Descriptor fd_;
};

/// A running process, told apart from a later one of the same number: "1234 567"; "" for one that
/// is not there.
[[nodiscard]] std::string process_mark(long process);
/// Whether that process still runs.
[[nodiscard]] bool is_running(std::string_view mark);

/// Which boot and which network namespace the process lives in.
struct Identity {
    std::string boot;  ///< /proc/sys/kernel/random/boot_id
    std::uint64_t
        network;  ///< SO_NETNS_COOKIE, unique within a boot; the namespace's inode before 5.14
    friend bool operator==(const Identity&, const Identity&) = default;
};
[[nodiscard]] Result<Identity> current_identity();
/// How long ago the kernel started, time asleep included. Nobody can set it.
[[nodiscard]] std::chrono::milliseconds time_since_boot();

}  // namespace nanotune
