#include "boot_text.hpp"

#include <fmt/core.h>

namespace nanotune::cli {

namespace {

bool is_of_loader(std::string_view word, BootForm form) {
    if (word.starts_with("BOOT_IMAGE=") || word.starts_with("initrd=")) {
        return true;
    }
    // GRUB's scripts find the root file system themselves.
    return form == BootForm::grub && (word.starts_with("root=") || word == "ro");
}

/// As /etc/default/grub, which a shell reads, wants it between double quotes.
std::string shell_escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view("\"\\$`").contains(c)) {
            result += '\\';
        }
        result += c;
    }
    return result;
}

}  // namespace

std::optional<BootForm> boot_form_of(std::string_view word) noexcept {
    if (word == "grub") {
        return BootForm::grub;
    }
    if (word == "bls") {
        return BootForm::bls;
    }
    return word == "json" ? std::optional(BootForm::json) : std::nullopt;
}

std::vector<std::string> boot_words(std::string_view line) {
    std::vector<std::string> words;
    bool is_quoted = false;
    bool is_inside = false;
    for (const char c : line) {
        if (!is_quoted && (c == ' ' || c == '\t' || c == '\n')) {
            is_inside = false;
            continue;
        }
        if (c == '"') {
            is_quoted = !is_quoted;
        }
        if (!is_inside) {
            words.emplace_back();
            is_inside = true;
        }
        words.back() += c;
    }
    return words;
}

std::string boot_text(std::string_view line, BootForm form) {
    if (form == BootForm::plain || form == BootForm::json) {
        return std::string(line);
    }
    std::vector<std::string> words = boot_words(line);
    std::erase_if(words, [form](const std::string& word) { return is_of_loader(word, form); });
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    if (form == BootForm::bls) {
        return "options " + text;
    }
    return fmt::format("GRUB_CMDLINE_LINUX=\"{}\"\nGRUB_CMDLINE_LINUX_DEFAULT=\"\"",
                       shell_escaped(text));
}

}  // namespace nanotune::cli
