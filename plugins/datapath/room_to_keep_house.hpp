// Which workers leave a CPU to everybody else: those of real-time class never let go of theirs, but
// where they sleep.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/system.hpp>
#include <nanotune/workers.hpp>

namespace nanotune::datapath {

/// Told a worker that may come to nothing but a backend that sleeps: no setting of a user's, and so
/// with a dot in front.
inline constexpr std::string_view only_asleep = ".only_asleep";

/// "" where nothing is said of it.
[[nodiscard]] std::string said(const WorkerSettings& settings, std::string_view name);

/// What is answered by XDP is answered in the kernel, and its worker sleeps; `backend` is what it
/// is, or came to.
[[nodiscard]] bool sleeps(const WorkerSettings& settings, std::string_view backend);

/// Whether it may come to that, where nothing else is to be.
[[nodiscard]] bool may_sleep(const WorkerSettings& settings);

/// Whether a worker of that name with these settings leaves a CPU that keeps house, together with
/// those that run already, which do not know of one another. Errors: conflict; as the system's.
[[nodiscard]] Status leaves_house(System& system, const std::string& name,
                                  const WorkerSettings& settings);

/// Changes of one that does not run, and is to have these settings: started later, it is to come to
/// nothing but a backend that sleeps where else no CPU would be left. Errors: as of leaves_house,
/// where the changes have part in that.
[[nodiscard]] Result<WorkerSettings> with_room(System& system, const std::string& name,
                                               const WorkerSettings& settings,
                                               WorkerSettings changes);

}  // namespace nanotune::datapath
