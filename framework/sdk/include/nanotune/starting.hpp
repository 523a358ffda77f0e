// What a bank of workers may be asked besides: which of them start where not all else is as the
// profile wants it.
#pragma once

#include <span>

#include <nanotune/bank.hpp>

namespace nanotune {

/// A second base of a bank. Where a bank does not have it, none of its workers does.
class StartsAnyway {
  public:
    StartsAnyway() = default;
    virtual ~StartsAnyway() = default;
    StartsAnyway(const StartsAnyway&) = delete;
    StartsAnyway& operator=(const StartsAnyway&) = delete;
    StartsAnyway(StartsAnyway&&) = delete;
    StartsAnyway& operator=(StartsAnyway&&) = delete;

    /// Of one target, all that is wanted of it. Asked only where what an apply reached is kept.
    [[nodiscard]] virtual bool starts_anyway(std::span<const Assignment> wanted) const = 0;
};

}  // namespace nanotune
