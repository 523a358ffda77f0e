// A set of CPU or NUMA node numbers, in the two spellings that the kernel uses: "0-3,8" and
// "ff,00000001".
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

namespace nanotune {

/// Ordered set of small non-negative numbers. A value: compared by content, never by spelling.
class CpuSet {
  public:
    /// Numbers at or above this are refused by every parser and left out by `range` and `add`: the
    /// kernel's own limit is 8192.
    static constexpr unsigned limit = 8192;

    CpuSet() = default;

    /// Every number from `first` to `last`, both included.
    static CpuSet range(unsigned first, unsigned last);
    static CpuSet of(unsigned cpu) { return range(cpu, cpu); }
    /// "0-3,8" or "" (empty); the kernel's groups, "0-15:2/4", are refused. Errors: invalid.
    static Result<CpuSet> from_list(std::string_view text);
    /// "ff" or "00000000,000000ff", lowest CPU in the last digit. Errors: invalid.
    static Result<CpuSet> from_mask(std::string_view text);

    void add(unsigned cpu);
    void remove(unsigned cpu);
    [[nodiscard]] bool contains(unsigned cpu) const noexcept;
    [[nodiscard]] bool contains_all(const CpuSet& other) const;
    [[nodiscard]] bool intersects(const CpuSet& other) const;
    [[nodiscard]] bool empty() const noexcept { return words_.empty(); }
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] std::optional<unsigned> first() const noexcept;
    [[nodiscard]] std::optional<unsigned> last() const noexcept;
    [[nodiscard]] std::vector<unsigned> members() const;

    /// "0-3,8"; "" when empty.
    [[nodiscard]] std::string list() const;
    /// "ff" or "1,00000000", as /proc and sysfs print it; "0" when empty.
    [[nodiscard]] std::string mask() const;

    friend CpuSet operator|(const CpuSet& a, const CpuSet& b);
    friend CpuSet operator&(const CpuSet& a, const CpuSet& b);
    friend CpuSet operator-(const CpuSet& a, const CpuSet& b);
    friend bool operator==(const CpuSet&, const CpuSet&) = default;

  private:
    void trim();

    std::vector<std::uint64_t> words_;  // no trailing zero words, so that equality is content
};

}  // namespace nanotune
