// What TuneD's functions and choices ask of a host.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/cpu_set.hpp>

#include "import.hpp"

namespace nanotune::cli {

/// An idle state of CPU 0.
struct IdleState {
    std::string name;
    std::int64_t latency = 0;  ///< us
};

/// Each answer is read anew; what the host does not say is empty.
class TunedHost {
  public:
    explicit TunedHost(HostReader read) : read_(std::move(read)) {}

    [[nodiscard]] CpuSet present() const;
    [[nodiscard]] CpuSet online() const;
    /// All but the first so many CPUs of each socket.
    [[nodiscard]] CpuSet all_but_first(std::size_t reserved) const;
    /// By the processor's own word; TuneD asks virt-what, which also knows containers.
    [[nodiscard]] bool is_virtual() const;
    [[nodiscard]] std::vector<std::string> governors() const;
    /// The state of this number.
    [[nodiscard]] std::optional<IdleState> idle_state(unsigned number) const;
    [[nodiscard]] std::optional<IdleState> idle_state(std::string_view name) const;
    /// /proc/cpuinfo of the first CPU.
    [[nodiscard]] std::string processor() const;
    /// As `uname -a` has it, as far as profiles look at it.
    [[nodiscard]] std::string kernel() const;
    [[nodiscard]] std::optional<std::string> file(const std::string& path) const {
        return read_(path);
    }

  private:
    HostReader read_;
};

/// Whether an extended regular expression finds something. Nothing where it is none.
[[nodiscard]] std::optional<bool> finds(const std::string& expression, const std::string& text);

}  // namespace nanotune::cli
