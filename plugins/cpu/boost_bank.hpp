// Frequencies above the nominal one. Firmware may have taken them away: then the file is there,
// says that they are off, and the kernel lets nobody turn them on.
#pragma once

#include <nanotune/file_bank.hpp>

namespace nanotune::cpu {

/// Errors: unsupported, saying who says that there are none.
Status has_turbo(Files& files);
Status has_boost(Files& files);

class BoostBank final : public FileBank {
  public:
    /// `rows` are flags, and must outlive the bank; `has_them` is asked before one that is off is
    /// turned on.
    BoostBank(std::span<const FileRow> rows, Status (*has_them)(Files&), BankPlace place)
        : FileBank(rows, place), has_them_(has_them) {}

    /// Errors: unsupported where the host has none.
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    /// Errors: unsupported where the kernel does not let them be turned on.
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;

  private:
    Status (*has_them_)(Files&);
};

}  // namespace nanotune::cpu
