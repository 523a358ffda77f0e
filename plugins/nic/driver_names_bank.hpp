// Settings whose names only a driver knows: nobody can declare them, and each driver has others.
#pragma once

#include <nanotune/bank.hpp>

namespace nanotune::nic {

/// Declares nothing but its pattern. "PREFIX.NAME" is taken for any NAME that can be one, and
/// looked for on the NIC that is asked.
class DriverNamesBank : public Bank {
  public:
    /// `pattern` is "PREFIX.NAME", and outlives the bank.
    DriverNamesBank(std::string_view pattern, BankPlace place)
        : Bank(place),
          pattern_(pattern),
          prefix_(pattern.substr(0, pattern.size() - std::string_view("NAME").size())) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const final { return {}; }
    [[nodiscard]] Result<std::optional<Tunable>> open(std::string_view name) const final;
    [[nodiscard]] std::vector<Tunable> patterns() const final;
    /// Those of every NIC, each once.
    [[nodiscard]] std::vector<std::string> open_names(System& system) const final;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;

  protected:
    /// A name as the driver has it: without the prefix.
    [[nodiscard]] std::string driver_name(const Tunable& tunable) const {
        return std::string(tunable.name.substr(prefix_.size()));
    }

  private:
    /// What a setting is that the driver calls `inner`; its own name is filled in.
    [[nodiscard]] virtual Tunable tunable_of(std::string_view inner) const = 0;
    /// What the NIC's driver has. Errors are names that are not there.
    [[nodiscard]] virtual std::vector<std::string> driver_names(System& system,
                                                                const Target& nic) const = 0;

    std::string_view pattern_;
    std::string_view prefix_;  ///< with its dot
};

}  // namespace nanotune::nic
