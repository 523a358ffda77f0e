#include "system/storage/residence.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/descriptor.hpp"
#include "system/storage/lock_holder.hpp"
#include "system/storage/storage_failure.hpp"

namespace nanotune {

namespace {

constexpr std::string_view unseen = "a process that is not to be seen from here";
constexpr int most_looks = 40;  // at one that is only asked about, and locked for the question

std::string residence_in(std::string_view folder) {
    return fmt::format("{}/resident", folder);
}

/// The files by which this process lives somewhere. The kernel says who holds a lock, too, but
/// stops all locking for it until every CPU has passed by, isolated ones as well: milliseconds.
class OwnResidences {
  public:
    std::shared_ptr<const void> mark(const Descriptor& file) {
        auto added = std::make_shared<const Own>(own(file));
        const std::scoped_lock lock(mutex_);
        std::erase_if(marked_, [](const auto& one) { return one.expired(); });
        marked_.push_back(added);
        return added;
    }
    bool contain(const Descriptor& file) {
        const Own asked = own(file);
        const std::scoped_lock lock(mutex_);
        return std::ranges::any_of(marked_, [&asked](const auto& one) {
            const auto marked = one.lock();
            return marked && *marked == asked;
        });
    }

  private:
    struct Own {
        dev_t device = 0;
        ino_t number = 0;
        pid_t process = 0;  ///< a fork lives nowhere
        friend bool operator==(const Own&, const Own&) = default;
    };
    static Own own(const Descriptor& file) {
        struct stat status{};
        fstat(file.number(), &status);  // of an open file: it does not fail
        return {.device = status.st_dev, .number = status.st_ino, .process = getpid()};
    }

    std::mutex mutex_;
    std::vector<std::weak_ptr<const Own>> marked_;
};

OwnResidences& own_residences() {
    static OwnResidences residences;
    return residences;
}

struct Resident {
    std::string text;
    bool is_passing = false;
};

std::optional<Resident> other_resident(std::string_view folder) {
    const std::string path = residence_in(folder);
    const auto file = open_file(path, O_RDONLY | O_NOFOLLOW);
    if (!file || flock(file->number(), LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK) {
        return std::nullopt;  // what was locked for the question is released with the descriptor
    }
    if (own_residences().contain(*file)) {
        return std::nullopt;
    }
    const auto holder = lock_holder(*file, path);
    if (holder && holder->process == getpid()) {  // it is just leaving
        return std::nullopt;
    }
    return Resident{.text = holder ? holder->text() : std::string(unseen),
                    .is_passing = holder && holder->command != daemon_command};
}

}  // namespace

Result<Residence> Residence::take(const std::string& folder, std::string_view command) {
    std::string path = residence_in(folder);
    NT_TRY(Descriptor file, open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW));
    for (int look = 1; flock(file.number(), LOCK_EX | LOCK_NB) != 0; ++look) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            return storage_failure("lock " + path, errno);
        }
        if (look == most_looks) {
            const auto holder = lock_holder(file, path);
            return failure(
                ErrorCode::busy,
                fmt::format("{}: held by {}", path, holder ? holder->text() : std::string(unseen)));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    if (ftruncate(file.number(), 0) != 0) {
        return storage_failure("write " + path, errno);
    }
    NT_CHECK(write_all(file, lock_note(command), path));
    auto mark = own_residences().mark(file);
    return Residence(std::move(path), std::move(file), std::move(mark));
}

bool Residence::stands() const {
    struct stat held{};
    struct stat named{};
    return fstat(file_.number(), &held) == 0 && stat(path_.c_str(), &named) == 0 &&
           held.st_ino == named.st_ino && held.st_dev == named.st_dev;
}

std::optional<std::string> resident_beside(const std::string& lock_path) {
    const auto found = other_resident(std::string_view(lock_path).substr(0, lock_path.rfind('/')));
    return found ? std::optional(found->text) : std::nullopt;
}

std::optional<std::string> passing_resident(std::string_view folder) {
    const auto found = other_resident(folder);
    return found && found->is_passing ? std::optional(found->text) : std::nullopt;
}

}  // namespace nanotune
