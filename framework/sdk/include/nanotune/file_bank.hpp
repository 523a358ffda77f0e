// Settings that are files. Adding one costs a row.
#pragma once

#include <span>
#include <string_view>

#include <nanotune/bank.hpp>

namespace nanotune {

/// `path` with "{}" for the target's name, or "{0}" and "{1}" for its parts around the slash
/// ("/sys/class/net/{0}/queues/{1}/rps_cpus" for "eth0/rx-0").
struct FileRow {
    Tunable tunable;
    std::string_view path;
    /// What the kernel prints where this host lacks the setting: "notsupported | notimplemented".
    std::string_view absent = {};
    /// A file that lists the values to choose from, for a kernel that ignores others in silence.
    std::string_view offered = {};
    /// A file that a write here sets to 0. While it holds anything else it rules instead, and to
    /// read or write the setting is a conflict, because what a write loses could not be put back.
    std::string_view rival = {};
    /// A file that forbids writes while it holds anything but 0, and what would come of one.
    struct Forbidden {
        std::string_view by = {};
        std::string_view why = {};
    };
    Forbidden forbidden = {};
    /// The kernel takes a value over after the write has returned, in a moment of its own: the
    /// write waits until the file says so, for 100 ms at most.
    bool settles = false;
    /// Files with the range into which the kernel clamps what settles. Nobody waits for a value
    /// that will be there without a change.
    std::string_view least = {};
    std::string_view most = {};
};

/// Reads and writes one file a tunable. When writes depend on each other (minimum above the old
/// maximum), those that failed are tried once more after the others. Where a kernel object has more
/// to it than its file says, a bank of its own derives from this one.
class FileBank : public Bank {
  public:
    /// `rows` must outlive the bank.
    FileBank(std::span<const FileRow> rows, BankPlace place) : Bank(place), rows_(rows) {}

    [[nodiscard]] std::vector<const Tunable*> tunables() const override;
    [[nodiscard]] std::vector<Result<Reading>> read(
        System& system, const Target& target,
        std::span<const Tunable* const> wanted) const override;
    [[nodiscard]] std::vector<Status> may_hold(
        System& system, const Target& target,
        std::span<const Assignment> assignments) const override;
    [[nodiscard]] std::vector<Status> write(System& system, const Target& target,
                                            std::span<const Assignment> assignments) const override;
    [[nodiscard]] Status may_write(System& system, const Target& target,
                                   const Tunable& tunable) const override;
    /// Where the row has none: sysctl for a file of /proc/sys, cat for any other.
    [[nodiscard]] Result<Inquiry> witness(System& system, const Target& target,
                                          const Tunable& tunable) const override;

  private:
    [[nodiscard]] const FileRow& row_of(const Tunable& tunable) const;

    std::span<const FileRow> rows_;
};

}  // namespace nanotune
