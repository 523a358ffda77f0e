// Settings of other tools as lines of a profile: what was carried over, with the place that it
// comes from, and what was not, and why.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/problems.hpp"
#include "model/toml_text.hpp"

namespace nanotune::cli {

/// One `key = value` of the profile to be.
struct CarriedLine {
    std::string section;  ///< "sysctl", "nic.\"eth*\""
    std::string key;      ///< as a profile has it: "coalesce.rx_usecs", "\"vm.swappiness\""
    /// The value in TOML. Where there are several, the first that the profile's own check takes.
    std::vector<std::string> spellings;
    std::string origin;  ///< "tuned.conf:14: [net] coalesce=rx-usecs 0"
    std::string note;    ///< what the value is not quite; "" for nothing
};

/// What could not be carried over.
struct LeftOut {
    std::string origin;
    std::string why;
    friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

/// How a made profile begins, and what it calls that which its lines are made of.
struct ImportHead {
    std::string_view mark;  ///< everything of its kind begins with it, by which one is known
    std::string_view noun;  ///< "setting"
    std::string_view done;  ///< "carried over"
};
inline constexpr ImportHead imported_head = {
    .mark = "# Imported by nanotune from ", .noun = "setting", .done = "carried over"};

/// A value. Of one key of a section the line that was added last counts, as with every tool that is
/// read here.
class Import {
  public:
    /// `from`: "TuneD's profile balanced". `summary` is the profile's.
    Import(std::string from, std::string summary, const ImportHead& head = imported_head)
        : from_(std::move(from)), summary_(std::move(summary)), head_(head) {}

    void carry(CarriedLine line);
    void leave(std::string origin, std::string why);
    /// What does not hold on this host is neither.
    void pass_over(std::string origin, std::string why);

    [[nodiscard]] const std::string& from() const { return from_; }
    [[nodiscard]] const std::vector<CarriedLine>& carried() const { return carried_; }
    /// Of how many of the other tool's settings they come.
    [[nodiscard]] std::size_t carried_options() const;
    /// In the order in which they were met, whoever objected to them.
    [[nodiscard]] const std::vector<LeftOut>& left() const { return left_; }
    [[nodiscard]] const std::vector<LeftOut>& passed_over() const { return passed_over_; }

    /// A profile in TOML, with everything above as comments.
    [[nodiscard]] std::string text() const;
    /// Takes the checker's word for what is wrong with text(): such a line gets its next spelling,
    /// or is left out for the reason that was given first. False where a problem is at no line.
    bool amend(const Problems& problems, std::string_view file);

  private:
    [[nodiscard]] std::string head() const;
    void leave_at(std::size_t place, LeftOut one);

    std::string from_;
    std::string summary_;
    ImportHead head_;
    std::vector<CarriedLine> carried_;
    std::vector<std::string> objections_;  ///< of each, the first
    std::vector<std::size_t> places_;      ///< of each, among all that was met
    std::vector<LeftOut> left_;
    std::vector<std::size_t> left_places_;
    std::size_t met_ = 0;
    std::vector<LeftOut> passed_over_;
};

/// A file of the host that the profile is to be for; nothing where it is not there.
using HostReader = std::function<std::optional<std::string>(const std::string& path)>;

/// The import with every line that the profile's own check objects to amended. `check` is asked
/// about a text, and leaves in `file` what its problems call it. Errors: what it says of no line in
/// particular.
[[nodiscard]] Checked<Import> checked_import(
    Import import, const std::function<Problems(const std::string& text)>& check,
    const std::string& file);

}  // namespace nanotune::cli
