// How a program other than nanotune tells what a setting holds, so that `nanotune certify` need not
// believe itself. Data of a setting's row: nothing here runs a program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nanotune/error.hpp>
#include <nanotune/row_text.hpp>
#include <nanotune/target.hpp>

namespace nanotune {

/// Part of a row. All texts must outlive the plugin (string literals do).
struct Witness {
    /// The program and its arguments with blanks between; "{}", "{0}" and "{1}" as in a FileRow's
    /// path: "ethtool --show-ring {}".
    RowText command = {};
    /// What is printed up to here is passed over.
    RowText heading = {};
    /// What stands right in front of the value, which is the next word: "RX:". Empty: all that is
    /// printed is the value.
    RowText label = {};
    /// The value is all up to here instead.
    RowText until = {};
    /// Brings what is printed into an author's spelling, where the setting's domain does not read
    /// it as it is. Errors: invalid.
    Result<std::string> (*spelled)(std::string_view printed) = nullptr;
    /// Why no program tells it; "" where one does.
    RowText none = {};
};

/// A witness for one target: what to run, and where in its answer the value stands.
struct Inquiry {
    std::vector<std::string> command;
    std::string heading = {};
    std::string label = {};
    std::string until = {};
    Result<std::string> (*spelled)(std::string_view printed) = nullptr;
};

/// Errors: unsupported, saying why no program tells it.
[[nodiscard]] Result<Inquiry> inquiry_of(const Witness& witness, const Target& target);

}  // namespace nanotune
