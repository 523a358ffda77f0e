// A thread's scheduling as one word: policy and priority change in one call, so they are one
// setting.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nanotune/system.hpp>

namespace nanotune::process {

/// What an author may ask for, in the words of a Domain.
inline constexpr std::string_view policy_words = "fifo | rr | other | batch | idle";

/// Of a real-time thread; the kernel's own that nothing may delay have it.
inline constexpr unsigned highest_priority = 99;

/// Whether threads of the policy have a priority, from 1 to the highest.
[[nodiscard]] bool has_priority(std::string_view policy);

/// "fifo:80", "rr:10", "other", "batch", "idle"; for reading only also "deadline", "ext".
[[nodiscard]] std::string scheduling_text(const Scheduling& scheduling);
[[nodiscard]] std::string scheduling_text(std::string_view policy, unsigned priority);

/// "fifo"; "" for one that has no name here.
[[nodiscard]] std::string policy_of(const Scheduling& scheduling);

/// Policy and priority of such a word; nothing for one that cannot be asked for.
[[nodiscard]] std::optional<Scheduling> scheduling_from(std::string_view text);

}  // namespace nanotune::process
