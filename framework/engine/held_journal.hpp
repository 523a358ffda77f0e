// The journal in the hands of who waits to undo by it: it can be read to the end, whoever removes
// the state folder meanwhile.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/state_folder.hpp"

namespace nanotune {

/// The apply that is cut off, or awaits its confirmation, whatever its number.
constexpr std::uint64_t any_awaiting = 0;

/// Keeps the file that stands in the folder when it is made.
class HeldJournal {
  public:
    /// Errors: not_found where there is none yet; denied, io.
    static Result<HeldJournal> of(const StateFolder& folder);

    /// Whether the folder's journal is the file that is held.
    [[nodiscard]] bool stands_in(const StateFolder& folder) const;
    /// Puts it back, as it was written last, where the folder has none any more, or one that holds
    /// nothing, while the apply `id` awaits its confirmation or end in this one. Whether it did;
    /// waits 10 s for the lock. Errors: damaged, where another one stands there that holds
    /// something, and knows nothing of that apply: then this is kept beside it; those of writing;
    /// busy.
    [[nodiscard]] Result<bool> give_back(const StateFolder& folder, std::uint64_t id) const;

    /// Whether something in it is cut off, or awaits its confirmation, or nobody can read that.
    [[nodiscard]] bool is_undecided() const;

  private:
    explicit HeldJournal(OpenFile file) : file_(std::move(file)) {}
    OpenFile file_;
};

/// Has `held` hold the journal, where it is told or known that something in it awaits its
/// confirmation, and nothing otherwise. What is held is put back before, where somebody has removed
/// it since. Whether it was put back. Errors: not_found; those of HeldJournal::give_back.
[[nodiscard]] Result<bool> keep_held(std::optional<HeldJournal>& held, const StateFolder& folder,
                                     bool is_awaiting);

}  // namespace nanotune
