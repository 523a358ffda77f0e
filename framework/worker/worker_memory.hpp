// A worker's memory as others see it: how it fares, and the numbers that may change while it runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include <nanotune/error.hpp>
#include <nanotune/workers.hpp>

#include "shared_file.hpp"
#include "shared_head.hpp"
#include "worker_folder.hpp"

namespace nanotune::worker {

/// Mapped as long as it lives; the worker may end meanwhile.
class WorkerMemory {
  public:
    /// Of one that wrote its head. Errors: not_found, denied; damaged where it is another
    /// version's.
    static Result<WorkerMemory> open(const WorkerFolder& folder, bool for_writing);

    /// 0 where it does not work just now.
    [[nodiscard]] unsigned process() const noexcept;
    /// Whether it works no more for now, as a part of it does not come back.
    [[nodiscard]] bool hangs() const noexcept { return head().state_now() == State::hangs; }
    /// Whether it is there, and does not work yet: `how` says what it waits for.
    [[nodiscard]] bool is_starting() const noexcept;
    [[nodiscard]] std::string_view how() const noexcept { return head().how.data(); }
    /// Of a setting; nothing where that does not change while the worker runs.
    [[nodiscard]] std::optional<std::uint64_t> number(std::string_view name) const noexcept;

    /// All of them or none; those of one word together. Errors: invalid.
    [[nodiscard]] Status change(const WorkerSettings& settings);
    /// Until the worker has done what those ask for, where it says such things. Errors: timed_out;
    /// conflict where it does not work.
    [[nodiscard]] Status wait_for(const WorkerSettings& settings,
                                  std::chrono::milliseconds patience) const;

  private:
    explicit WorkerMemory(SharedFile file) : file_(std::move(file)) {}

    [[nodiscard]] SharedHead& head() const noexcept {
        return *static_cast<SharedHead*>(file_.memory());
    }
    [[nodiscard]] const LiveField* field(std::string_view name) const noexcept;

    SharedFile file_;
};

}  // namespace nanotune::worker
