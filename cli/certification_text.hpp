// What `certify` says to people: on the terminal, and as a page.
#pragma once

#include <string>
#include <string_view>

#include "model/certification.hpp"
#include "screen.hpp"

namespace nanotune::cli {

/// "eth3: igb on Linux 6.1.0-37-amd64"
[[nodiscard]] std::string subject_of(const Certification& done);
/// What it is a run of: the driver's name, or "host".
[[nodiscard]] std::string kind_of(const Certification& done);
/// "58 of 60 settings that eth3 has do what they should: 55 certified, 3 kept".
[[nodiscard]] std::string tally_of(const Certification& done);
/// What it shows behind "->": the value that was in force, and for which one it was asked.
[[nodiscard]] std::string value_of(const Trial& trial);
/// Why it is not certified, and with what; "" where there is nothing to say.
[[nodiscard]] std::string remark_on(const Trial& trial);

/// With --verbose also what this target lacks, and what each witness said.
void print_certification(const Screen& screen, const Certification& done,
                         std::string_view standing);

/// A page that needs no other file.
[[nodiscard]] bool is_certification_page(std::string_view text);
[[nodiscard]] std::string html_of(const Certification& done, std::string_view standing);

}  // namespace nanotune::cli
