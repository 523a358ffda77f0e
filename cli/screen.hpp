// Where a verb's words go: results to standard output, what went wrong to standard error.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nanotune/error.hpp>

#include "colour.hpp"
#include "table.hpp"

namespace nanotune::cli {

/// How this run prints.
struct Look {
    std::size_t width = 0;  ///< 0: lines as long as needed
    std::size_t error_width = 0;
    bool colour = false;
    bool error_colour = false;
    bool shows_progress = false;
    bool json = false;
    bool verbose = false;
};

/// What becomes of a line that is wider than the terminal.
enum class Breaks {
    at_blanks,  ///< a sentence
    nowhere     ///< laid out, or to be pasted
};

/// Two sinks and a Look. Copyable; the sinks are shared.
class Screen {
  public:
    using Sink = std::function<void(std::string_view)>;

    Screen(Sink out, Sink error) : out_(std::move(out)), error_(std::move(error)) {}
    /// The same sinks with another look.
    [[nodiscard]] Screen with(const Look& look) const;

    [[nodiscard]] const Look& look() const { return look_; }

    /// Text as it stands, for documents that others read.
    void raw(std::string_view text) const { out_(text); }
    /// One line for people.
    void line(std::string_view text, Style style = Style::plain,
              Breaks breaks = Breaks::at_blanks) const;
    void table(const Table& table) const;
    /// One line on standard error.
    void error(std::string_view text, Breaks breaks = Breaks::at_blanks) const;
    void error(const Error& problem) const { error(problem.message); }
    /// One line on standard error with --verbose, nothing without.
    void detail(std::string_view text) const;
    /// Exactly this on standard error: the progress line.
    void raw_error(std::string_view text) const { error_(text); }

  private:
    Sink out_;
    Sink error_;
    Look look_;
};

}  // namespace nanotune::cli
