// Variables and functions in the values of TuneD's profiles, as TuneD expands them: ${name},
// ${f:function:argument:...}. A function that runs a program is not run.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>

#include "tuned_host.hpp"

namespace nanotune::cli {

class TunedWords {
  public:
    /// `host` must outlive it.
    explicit TunedWords(const TunedHost& host) : host_(host) {}

    /// Defines a variable; its value is expanded now. Errors: as expanded.
    Status define(const std::string& name, std::string_view value);
    /// What cannot be expanded stays as it is. Errors: refused, by an assertion of the profile's.
    [[nodiscard]] Result<std::string> expanded(std::string_view text) const;

  private:
    [[nodiscard]] std::string with_variables(std::string_view text) const;

    const TunedHost& host_;
    std::map<std::string, std::string, std::less<>> variables_;
};

/// What of an expanded text nobody could expand, for people; "" where nothing is left.
[[nodiscard]] std::string unexpanded_in(std::string_view text);

}  // namespace nanotune::cli
