// The values that a setting can hold: the only place that knows how an author spells them, how the
// kernel does, what is in range, and how they are printed. Diff and verify compare parsed values.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>
#include <nanotune/input.hpp>
#include <nanotune/row_text.hpp>
#include <nanotune/value.hpp>

namespace nanotune {

/// The unit that the kernel counts in. An author may write any unit of the same dimension
/// ("3.2GHz").
enum class Unit {
    none,
    nanoseconds,
    microseconds,
    milliseconds,
    seconds,
    bytes,
    kibibytes,
    kilohertz,
    percent
};

struct Tunable;

/// A set of values and its spellings. Build it with the functions below, never by hand.
struct Domain {
    enum class Kind {
        flag,     ///< Value bool; int64 for a number that the kernel holds beyond 0 and 1
        integer,  ///< Value int64, or one of `words` (Value string)
        choice,   ///< Value string, one of `words`
        text,     ///< Value string, its words with one space between
        numbers,  ///< Value string: `minimum..maximum` whole numbers, one space between ("4096
                  ///< 87380 6291456")
        cpus,     ///< Value CpuSet
        rows,     ///< a list of tables whose keys are `columns`; only for parameters of a rule
    };

    Kind kind = Kind::text;
    std::int64_t minimum = std::numeric_limits<std::int64_t>::min();
    std::int64_t maximum = std::numeric_limits<std::int64_t>::max();
    Unit unit = Unit::none;
    RowText words = {};         ///< "performance | powersave"; for integers: extra words
    RowText kernel_words = {};  ///< the kernel's spelling of `words`, same order; empty: the same
    RowText kernel_zero = {};   ///< how the kernel spells the number 0, where it is odd ("n/a")
    bool kernel_mask = false;   ///< cpus: the kernel wants "ff", not "0-7"
    bool ascending = false;     ///< numbers: none is less than the one before
    /// cpus: what the numbers are. Only CPUs have words ("irq", "numa(eth0)").
    enum class Numbers { cpus, nodes, queues };
    Numbers numbers = Numbers::cpus;
    std::span<const Tunable> columns = {};
    /// text: brings what an author wrote into the one spelling that values compare by; nullptr:
    /// any text is one. Errors: invalid, saying what does not fit.
    Result<std::string> (*normal)(std::string_view text) = nullptr;
    RowText expected = {};  ///< what `normal` takes, as a noun phrase
    /// Values worth trying, "1400 | 1300", most harmless first, where what is held suggests none:
    /// of texts, and of numbers with a bound that their range does not show.
    RowText samples = {};
};

/// true or false. `kernel_words` are its spellings for true and false: "1 | 0", "on | off". A
/// number of the kernel's beyond 1 (numa_balancing knows 2) reads as itself, so that it can be
/// shown and put back.
[[nodiscard]] constexpr Domain flag(std::string_view kernel_words = "1 | 0") {
    return {.kind = Domain::Kind::flag, .kernel_words = kernel_words};
}

/// A whole number from `minimum` to `maximum`, in `unit`.
[[nodiscard]] constexpr Domain integer(std::int64_t minimum, std::int64_t maximum,
                                       Unit unit = Unit::none) {
    return {.kind = Domain::Kind::integer, .minimum = minimum, .maximum = maximum, .unit = unit};
}

/// One of `words` ("a | b | c"); `kernel_words` where the kernel spells them differently ("0 | 1 |
/// 2"). The kernel's "always [madvise] never" reads as madvise; a word of the kernel's that is not
/// among them reads as itself, so that it can be shown and put back.
[[nodiscard]] constexpr Domain choice(std::string_view words, std::string_view kernel_words = {}) {
    return {.kind = Domain::Kind::choice, .words = words, .kernel_words = kernel_words};
}

/// Any text on one line. Tabs and repeated spaces count as one space, as sysctls mix them.
[[nodiscard]] constexpr Domain text() {
    return {.kind = Domain::Kind::text};
}

/// Text of a grammar of its own; see Domain::normal. A list in a profile arrives with commas
/// between.
[[nodiscard]] constexpr Domain normal_text(Result<std::string> (*normal)(std::string_view),
                                           std::string_view expected) {
    return {.kind = Domain::Kind::text, .normal = normal, .expected = expected};
}

/// From `least` to `most` whole numbers, compared number by number: "4096 87380 6291456".
[[nodiscard]] constexpr Domain numbers(std::int64_t least, std::int64_t most) {
    return {.kind = Domain::Kind::numbers, .minimum = least, .maximum = most};
}

/// The same, none less than the one before it: "least, first and largest".
[[nodiscard]] constexpr Domain ascending_numbers(std::int64_t least, std::int64_t most) {
    return {.kind = Domain::Kind::numbers, .minimum = least, .maximum = most, .ascending = true};
}

/// CPUs (or nodes), which the kernel spells as a list "0-3".
[[nodiscard]] constexpr Domain cpu_list() {
    return {.kind = Domain::Kind::cpus};
}

/// NUMA nodes, which the kernel spells as a list "0-1".
[[nodiscard]] constexpr Domain node_list() {
    return {.kind = Domain::Kind::cpus, .numbers = Domain::Numbers::nodes};
}

/// CPUs, which the kernel spells as a mask "f".
[[nodiscard]] constexpr Domain cpu_mask() {
    return {.kind = Domain::Kind::cpus, .kernel_mask = true};
}

/// Queues of a device, as a list "0-3".
[[nodiscard]] constexpr Domain queue_list() {
    return {.kind = Domain::Kind::cpus, .numbers = Domain::Numbers::queues};
}

/// Queues of a device, which the kernel spells as a mask "f".
[[nodiscard]] constexpr Domain queue_mask() {
    return {.kind = Domain::Kind::cpus, .kernel_mask = true, .numbers = Domain::Numbers::queues};
}

/// A list of inline tables with these keys.
[[nodiscard]] constexpr Domain rows(std::span<const Tunable> columns) {
    return {.kind = Domain::Kind::rows, .columns = columns};
}

/// How the kernel spells two special values of a latency limit.
struct LatencySpelling {
    std::string_view zero_is;
    std::string_view unlimited_is;
};

/// 0 or more microseconds, or "unlimited".
[[nodiscard]] constexpr Domain microseconds_or_unlimited(LatencySpelling spelling) {
    return {.kind = Domain::Kind::integer,
            .minimum = 0,
            .maximum = std::numeric_limits<std::int32_t>::max(),
            .unit = Unit::microseconds,
            .words = "unlimited",
            .kernel_words = spelling.unlimited_is,
            .kernel_zero = spelling.zero_is};
}

/// The domain with these values worth trying; see Domain::samples.
[[nodiscard]] constexpr Domain with_samples(Domain domain, std::string_view samples) {
    domain.samples = samples;
    return domain;
}

/// What an author wrote, as a value; a string may stand for any type ("0us", "true", "1500").
/// Errors: invalid, saying what would have been right.
[[nodiscard]] Result<Value> parsed(const Domain& domain, const Input& input);
/// The author's spelling of a value, with its unit: "50us", "8MiB", "true", "0-3". Parses to the
/// same value.
[[nodiscard]] std::string printed(const Domain& domain, const Value& value);
/// Text that the kernel printed, as a value; it may lie outside of the range. Errors: invalid.
[[nodiscard]] Result<Value> from_kernel(const Domain& domain, std::string_view text);
/// The value as the kernel wants it written, without a newline.
[[nodiscard]] std::string to_kernel(const Domain& domain, const Value& value);
/// A number that a binary interface (netlink) carried, as a value. Errors: invalid.
[[nodiscard]] Result<Value> from_number(const Domain& domain, std::uint64_t number);
/// The value as a number for a binary interface; false is 0, true 1, a word its kernel spelling (0
/// where that is no number).
[[nodiscard]] std::uint64_t to_number(const Domain& domain, const Value& value);
/// What is accepted, as a noun phrase: "a whole number of microseconds from 0 to 1000".
[[nodiscard]] std::string expectation(const Domain& domain);

/// "a | b | c" as its words.
[[nodiscard]] std::vector<std::string_view> words_of(std::string_view bars);

}  // namespace nanotune
