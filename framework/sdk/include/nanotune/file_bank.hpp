// Settings that are files. Adding one costs a row.
#pragma once

#include <cstddef>
#include <span>

#include <nanotune/bank.hpp>

namespace nanotune {

/// `path` with "{}" for the target's name, or "{0}" and "{1}" for its parts around the slash
/// ("/sys/class/net/{0}/queues/{1}/rps_cpus" for "eth0/rx-0").
struct FileRow {
    Tunable tunable;
    RowText path;
    /// What the kernel prints where this host lacks the setting: "notsupported | notimplemented".
    RowText absent = {};
    /// A file that lists the values to choose from, for a kernel that ignores others in silence.
    RowText offered = {};
    /// A file that a write here sets to 0. While it holds anything else it rules instead, and to
    /// read or write the setting is a conflict, because what a write loses could not be put back.
    RowText rival = {};
    /// A file that forbids writes while it holds anything but 0, and what would come of one.
    struct Forbidden {
        RowText by = {};
        RowText why = {};
    };
    Forbidden forbidden = {};
    /// The kernel takes a value over after the write has returned, in a moment of its own: the
    /// write waits until the file says so, for 100 ms at most.
    bool settles = false;
    /// Files with the range into which the kernel clamps what settles. Nobody waits for a value
    /// that will be there without a change.
    RowText least = {};
    RowText most = {};
};

template <typename With>
constexpr void each_text(FileRow& row, std::size_t at, const With& with) {
    each_text(row.tunable, at + offsetof(FileRow, tunable), with);
    with(row.path, at + offsetof(FileRow, path));
    with(row.absent, at + offsetof(FileRow, absent));
    with(row.offered, at + offsetof(FileRow, offered));
    with(row.rival, at + offsetof(FileRow, rival));
    with(row.forbidden.by, at + offsetof(FileRow, forbidden.by));
    with(row.forbidden.why, at + offsetof(FileRow, forbidden.why));
    with(row.least, at + offsetof(FileRow, least));
    with(row.most, at + offsetof(FileRow, most));
}

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
