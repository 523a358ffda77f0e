// The journal in the hands of who waits to undo by it: it can be read to the end, whoever removes
// the state folder meanwhile.
#pragma once

#include <cstdint>

#include "engine/state_folder.hpp"

namespace nanotune {

/// Keeps the file that stands in the folder when it is made.
class HeldJournal {
  public:
    /// Errors: not_found where there is none yet; denied, io.
    static Result<HeldJournal> of(const StateFolder& folder);

    /// Puts it back, as it was written last, where the folder has none any more. Errors: damaged,
    /// where another one stands there that knows nothing of the apply `id`, while this one awaits
    /// its confirmation or end: then this is kept beside it; those of writing.
    [[nodiscard]] Status give_back(const StateFolder& folder, std::uint64_t id) const;

  private:
    explicit HeldJournal(OpenFile file) : file_(std::move(file)) {}
    OpenFile file_;
};

}  // namespace nanotune
