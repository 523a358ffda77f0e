// What a worker's keeper and everybody else know it by: the files of its folder.
//
//   settings  what it was started with, "NAME VALUE" a line
//   shared    its memory, which begins with a SharedHead
//   keeper    locked by the keeper for as long as that lives
//   record    how often it was started again, and how it ended, and when
//   off       there for as long as its switch was turned off last; read-only where by an operator:
//             who it was needs no room in a file system that is full
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include <nanotune/error.hpp>
#include <nanotune/workers.hpp>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

/// What a keeper tells about the life of its worker.
struct Record {
    unsigned restarts = 0;
    bool is_over = false;     ///< nobody starts it again
    std::string end;          ///< "killed by SIGSEGV"; of the last one that ended, "" for none yet
    std::uint64_t ended = 0;  ///< nanoseconds of CLOCK_REALTIME; 0 where it was told to, or never
    friend bool operator==(const Record&, const Record&) = default;
};

/// A worker's memory as others find it: which file that is, and whose.
struct FoundMemory {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    unsigned process = 0;  ///< the worker's, as it says there; 0 where it is no worker's
    friend bool operator==(const FoundMemory&, const FoundMemory&) = default;
};

/// The setting that is a worker's switch: once it is off, it is so for whatever worker of that name
/// somebody is about to start instead.
inline constexpr std::string_view switch_name = "enabled";

/// How a switch was turned: to off by a profile, or by an operator, which no rollback undoes.
enum class Turned { on, off, disabled };

/// Whether it is a setting that the worker itself does not know: whoever keeps or starts it goes by
/// it, and it changes without the worker's taking notice.
[[nodiscard]] bool is_keepers(std::string_view setting) noexcept;

/// Whether it is no setting of a user's, but what whoever starts the worker tells it besides: it
/// has a dot in front.
[[nodiscard]] bool is_starters(std::string_view setting) noexcept;

/// One worker's folder, which only root can look into. A value.
class WorkerFolder {
  public:
    explicit WorkerFolder(std::string path) : path_(std::move(path)) {}

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string name() const { return path_.substr(path_.rfind('/') + 1); }
    [[nodiscard]] std::string shared() const { return path_ + "/shared"; }
    /// What is under that name now. Errors: not_found; denied, io where nobody can say.
    [[nodiscard]] Result<FoundMemory> found_memory() const;

    /// Errors: not_found, denied, damaged.
    [[nodiscard]] Result<WorkerSettings> settings() const;
    /// Makes the folder where it is not there.
    [[nodiscard]] Status put(const WorkerSettings& settings) const;

    /// As far as it is there.
    [[nodiscard]] Record record() const;
    /// That of the worker whose memory is this file; nothing where nobody keeps it.
    [[nodiscard]] static Record record_beside(const std::string& shared);
    [[nodiscard]] Status put(const Record& record) const;

    /// Notes how the switch was turned. Errors: io, as the kernel's. Off comes first here, and then
    /// in the worker's memory: one that is started meanwhile looks here once others find its
    /// memory. One that an operator has turned off stays noted so, whoever turns it off again.
    [[nodiscard]] Status note_switch(Turned turned) const;
    [[nodiscard]] bool is_switched_off() const;
    /// Off by an operator, and not on since; also where it is off, and nobody can say by whom.
    [[nodiscard]] bool is_disabled() const;
    /// Of the worker whose memory is this file, where somebody keeps it.
    [[nodiscard]] static Status note_switch_beside(const std::string& shared, Turned turned);
    /// The same of the worker whose memory is this file; false where nobody keeps it.
    [[nodiscard]] static bool is_switched_off_beside(const std::string& shared);

    /// The keeper's process; nothing where none lives.
    [[nodiscard]] std::optional<pid_t> keeper() const;
    /// Makes this process the keeper until it ends. Errors: busy, naming the one that is.
    [[nodiscard]] Result<Descriptor> become_keeper() const;
    /// Whether whoever looks for the keeper finds what become_keeper returned; also where nobody
    /// can say.
    [[nodiscard]] bool is_kept_by(const Descriptor& lock) const;

    /// What was left by a worker that has ended, for one to be started anew: its memory and its
    /// record. Not finding them is success.
    [[nodiscard]] Status clear() const;
    /// All of it. Not finding it is success.
    [[nodiscard]] Status remove() const;

  private:
    [[nodiscard]] std::string lock() const { return path_ + "/keeper"; }
    [[nodiscard]] std::string off() const { return path_ + "/off"; }

    std::string path_;
};

}  // namespace nanotune::worker
