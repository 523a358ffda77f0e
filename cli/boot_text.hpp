// A kernel command line in the form in which a boot loader's configuration wants it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

enum class BootForm : std::uint8_t { plain, grub, bls, json };

/// "grub", "bls", "json"; nothing for other words.
[[nodiscard]] std::optional<BootForm> boot_form_of(std::string_view word) noexcept;

/// The arguments; blanks inside double quotes do not separate.
[[nodiscard]] std::vector<std::string> boot_words(std::string_view line);

/// Without what the boot loader itself puts there, quoted as its file wants it.
[[nodiscard]] std::string boot_text(std::string_view line, BootForm form);

}  // namespace nanotune::cli
