#include "worker/shared_file.hpp"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/storage/storage.hpp"

namespace nanotune::worker {

namespace {

Result<void*> mapped(const Descriptor& file, std::size_t size, int protection,
                     const std::string& path) {
    void* const memory =
        ::mmap(nullptr, size, protection, MAP_SHARED | MAP_POPULATE, file.number(), 0);
    if (memory == MAP_FAILED) {
        return kernel_failure("map " + path, errno);
    }
    return memory;
}

}  // namespace

Result<SharedFile> SharedFile::create(const std::string& path, std::size_t size) {
    const std::string made = path + ".new";
    ::unlink(made.c_str());
    const Descriptor file(
        ::open(made.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.is_open()) {
        return kernel_failure("create " + made, errno);
    }
    // Not ftruncate: where the file system is full, the first write to the mapping would kill.
    if (const int error = ::posix_fallocate(file.number(), 0, static_cast<off_t>(size));
        error != 0) {
        ::unlink(made.c_str());
        return kernel_failure("allocate " + made, error);
    }
    auto memory = mapped(file, size, PROT_READ | PROT_WRITE, made);
    if (!memory) {
        ::unlink(made.c_str());
        return std::unexpected(std::move(memory).error());
    }
    return SharedFile(*memory, size, path);
}

Status SharedFile::publish() {
    const std::string made = path_ + ".new";
    if (::rename(made.c_str(), path_.c_str()) != 0) {
        return kernel_failure("rename " + made + " to " + path_, errno);
    }
    return {};
}

Result<SharedFile> SharedFile::open(const std::string& path, std::size_t size, bool for_writing) {
    const Descriptor file(
        ::open(path.c_str(), (for_writing ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW));
    if (!file.is_open()) {
        return kernel_failure("open " + path, errno);
    }
    struct stat facts{};
    if (::fstat(file.number(), &facts) != 0) {
        return kernel_failure("look at " + path, errno);
    }
    if (!S_ISREG(facts.st_mode) || static_cast<std::size_t>(facts.st_size) < size) {
        return failure(ErrorCode::damaged, path + ": it is no file of a datapath, or is cut off");
    }
    NT_TRY(void* const memory,
           mapped(file, size, for_writing ? PROT_READ | PROT_WRITE : PROT_READ, path));
    return SharedFile(memory, size, path);
}

SharedFile::SharedFile(SharedFile&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)),
      size_(other.size_),
      path_(std::move(other.path_)) {}

SharedFile& SharedFile::operator=(SharedFile&& other) noexcept {
    std::swap(memory_, other.memory_);
    std::swap(size_, other.size_);
    std::swap(path_, other.path_);
    return *this;
}

SharedFile::~SharedFile() {
    if (memory_ != nullptr) {
        ::munmap(memory_, size_);
    }
}

}  // namespace nanotune::worker
