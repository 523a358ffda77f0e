// How commands find out, for the price of one file that is not there, that no daemon runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nanotune/error.hpp>

namespace nanotune {

/// Where a daemon says that it is there; readable for everybody.
inline constexpr std::string_view instance_file = "/run/nanotuned/instance";

/// A daemon that runs.
struct Instance {
    long process = 0;
    std::string mark;           ///< process_mark of it
    std::uint64_t network = 0;  ///< the namespace that it tunes, as in Identity
    std::string state_folder;

    [[nodiscard]] static std::optional<Instance> from(std::string_view text);
    [[nodiscard]] std::string text() const;
};

/// The daemon that runs and serves this state folder in this process's network namespace.
[[nodiscard]] std::optional<Instance> instance_for(std::string_view state_folder,
                                                   const std::string& file);

/// Whether a process has run for less than that; no where it cannot be seen.
[[nodiscard]] bool has_started_within(std::chrono::milliseconds time, long process);

/// The file of this process, there while this lives. Whoever has put another one there keeps it.
class InstanceNote {
  public:
    /// Errors: denied, io; busy: another daemon that runs has left one there, which stays.
    static Result<InstanceNote> leave(const std::string& state_folder, const std::string& file);
    ~InstanceNote();
    /// Whether it is there, and still this one.
    [[nodiscard]] bool stands() const;
    InstanceNote(InstanceNote&& other) noexcept : file_(std::exchange(other.file_, {})) {}
    InstanceNote& operator=(InstanceNote&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    InstanceNote(const InstanceNote&) = delete;
    InstanceNote& operator=(const InstanceNote&) = delete;

  private:
    explicit InstanceNote(std::string file) : file_(std::move(file)) {}
    std::string file_;
};

}  // namespace nanotune
