// A file in memory that a worker and its observers have in common.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include <nanotune/error.hpp>

namespace nanotune::worker {

/// A mapping that ends with the object; the file stays. Movable, one owner.
class SharedFile {
  public:
    /// A new file of this size, all zero, mode 0600, that nobody sees before `publish`. All of it
    /// is there from the start. Errors: denied, exhausted, io.
    static Result<SharedFile> create(const std::string& path, std::size_t size);
    /// Gives it its name, in the place of any other: who has the old one mapped keeps that.
    Status publish();
    /// One that is there. Errors: not_found, denied; damaged where it is shorter than `size`.
    static Result<SharedFile> open(const std::string& path, std::size_t size, bool for_writing);

    SharedFile(SharedFile&& other) noexcept;
    SharedFile& operator=(SharedFile&& other) noexcept;
    SharedFile(const SharedFile&) = delete;
    SharedFile& operator=(const SharedFile&) = delete;
    ~SharedFile();

    [[nodiscard]] void* memory() const noexcept { return memory_; }

  private:
    SharedFile(void* memory, std::size_t size, std::string path)
        : memory_(memory), size_(size), path_(std::move(path)) {}

    void* memory_;
    std::size_t size_;
    std::string path_;
};

}  // namespace nanotune::worker
