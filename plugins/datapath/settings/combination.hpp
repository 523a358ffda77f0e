// Which settings of a datapath go together: asked by the plugin before anything is touched, and by
// the worker of its options.
#pragma once

#include <string_view>

#include <nanotune/cpu_set.hpp>
#include <nanotune/error.hpp>

namespace nanotune::datapath {

/// Words as an author writes them; "" is nothing said.
struct Combination {
    std::string_view backend = "auto";
    std::string_view protocol = "udp";
    std::string_view listen;
    std::string_view respond = "sender";
    std::string_view respond_by = "udp";
    std::string_view interface;
    std::string_view source;
    std::string_view logic = "threshold";
};

/// Errors: invalid, saying what does not go with what, and what does.
[[nodiscard]] Status goes_together(const Combination& wanted);

/// Whether everything that is said does something. A worker that would leave it undone does not
/// start; a profile may say one before the other. Errors: invalid.
[[nodiscard]] Status has_effect(const Combination& wanted);

/// Whether workers of real-time class on these CPUs, which never let go of them, leave one that
/// keeps house (online, and not isolated at boot) to everything else; where none is named, one
/// worker on whichever the kernel takes. Errors: conflict.
[[nodiscard]] Status leaves_house(const CpuSet& taken, const CpuSet& online,
                                  const CpuSet& isolated);

}  // namespace nanotune::datapath
