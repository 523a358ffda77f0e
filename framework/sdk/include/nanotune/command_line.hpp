// The kernel command line as the kernel reads it, and as it would have to be for what a profile
// wants. Pure text: a boot loader's files are somebody else's.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/tunable.hpp>
#include <nanotune/value.hpp>

namespace nanotune {

/// One parameter as a profile wants it. `hugepagesz` and `hugepages` take several values with
/// spaces between, pair by pair; `isolcpus_flags` is the part of isolcpus before its list.
struct WantedParameter {
    std::string key;
    std::optional<std::string> value = {};  ///< nothing for a bare word ("nosmt")
    bool present = true;                    ///< false: the line must not have it
};

/// A setting of plugin boot as a parameter: a flag is a bare word or its absence, an empty text or
/// list is absence, everything else is key=value.
[[nodiscard]] WantedParameter parameter_of(const Tunable& tunable, const Value& value);

/// The value of isolcpus: "managed_irq,domain,2-3" is flags and a list of CPUs.
struct IsolatedCpus {
    std::vector<std::string> flags;  ///< as written; none means "domain"
    std::string cpus;

    [[nodiscard]] static IsolatedCpus from(std::string_view value);
    [[nodiscard]] std::string text() const;
};

/// A value: equal lines have equal words. `-` and `_` are the same in a key, as for the kernel.
class CommandLine {
  public:
    /// Every text is a command line. Spaces inside double quotes belong to a word; what follows
    /// `--` belongs to init and is kept as it stands.
    static CommandLine from(std::string_view text);

    [[nodiscard]] bool has(std::string_view key) const;
    /// Values of all words with this key, in order, without quotes; "" for a bare word.
    [[nodiscard]] std::vector<std::string> values_of(std::string_view key) const;
    /// The last of them, which is the one that the kernel goes by; "" where there is none.
    [[nodiscard]] std::string value_of(std::string_view key) const;

    /// The same line with these parameters: a conflicting value is replaced where it stands, later
    /// duplicates of it go, missing ones are added at the end, all other words keep their order.
    /// A bare word is content with one form of it ("nosmt=force"). `console` is added to, never
    /// replaced.
    [[nodiscard]] CommandLine merged(std::span<const WantedParameter> wanted) const;

    /// The whole line.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const CommandLine&, const CommandLine&) = default;

  private:
    struct Word {
        std::string text;  ///< as it stands on the line
        std::string key;
        std::optional<std::string> value;
        friend bool operator==(const Word&, const Word&) = default;
    };
    static Word word_from(std::string_view text);
    static Word word_of(std::string_view key, const std::optional<std::string>& value);

    void put(const WantedParameter& wanted);
    void put_isolated(const std::optional<std::string>& cpus,
                      const std::optional<std::string>& flags);
    void put_huge_pages(const std::optional<std::string>& sizes,
                        const std::optional<std::string>& counts);

    std::vector<Word> words_;
    std::string for_init_;  // "-- ..." or empty
};

}  // namespace nanotune
