#include "hint.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "report_text.hpp"
#include "text.hpp"

namespace nanotune::cli {

namespace {

constexpr std::size_t indent = 2;
constexpr std::string_view goes_on = " \\";

/// The words of a command line with their quotes, each option with its value.
std::vector<std::string> parts_of(std::string_view command) {
    std::vector<std::string> parts;
    bool is_quoted = false;
    bool has_option = false;  // the last part waits for its value
    std::string word;
    const auto end_word = [&] {
        if (word.empty()) {
            return;
        }
        const bool is_option = word.starts_with("--");
        if (has_option && !is_option) {
            parts.back() += " " + word;
        } else {
            parts.push_back(word);
        }
        has_option = is_option;
        word.clear();
    };
    for (const char c : command) {
        is_quoted = is_quoted != (c == '\'');
        if (c == ' ' && !is_quoted) {
            end_word();
        } else {
            word += c;
        }
    }
    end_word();
    return parts;
}

std::vector<std::string> lines_of(std::string_view what, const std::string& command,
                                  std::size_t width) {
    const std::string whole = fmt::format("{}: {}", what, command);
    if (width == 0 || columns_of(whole) <= width) {
        return {whole};
    }
    std::vector<std::string> lines = {fmt::format("{}:", what)};
    for (const std::string& line : pasteable(command, width - std::min(width, indent))) {
        lines.push_back(std::string(indent, ' ') + line);
    }
    return lines;
}

}  // namespace

std::vector<std::string> pasteable(std::string_view command, std::size_t width) {
    if (width == 0 || columns_of(command) <= width) {
        return {std::string(command)};
    }
    std::vector<std::string> lines;
    for (const std::string& part : parts_of(command)) {
        const bool fits = !lines.empty() &&
                          columns_of(lines.back()) + 1 + columns_of(part) + goes_on.size() <= width;
        if (fits) {
            lines.back() += " " + part;
            continue;
        }
        if (!lines.empty()) {
            lines.back() += goes_on;
        }
        lines.push_back((lines.empty() ? "" : std::string(indent, ' ')) + part);
    }
    return lines;
}

void print_hint(const Screen& screen, std::string_view what, const std::string& command,
                Style style) {
    for (const std::string& line : lines_of(what, command, screen.look().width)) {
        screen.line(line, style, Breaks::nowhere);
    }
}

void print_error_hint(const Screen& screen, std::string_view what, const std::string& command) {
    for (const std::string& line : lines_of(what, command, screen.look().error_width)) {
        screen.error(line, Breaks::nowhere);
    }
}

std::string command_to_plan(const Context& context, const std::string& file) {
    const bool is_path = file.contains('/') || file.ends_with(".toml");  // and no profile's name
    return context.command("plan " + shell_word(is_path ? file : "./" + file));
}

std::string command_to_apply(const Context& context, std::string_view operand_words,
                             const std::string& consent) {
    return context.command(
        fmt::format("apply {}{}{}", operand_words, consent.empty() ? "" : " --allow ", consent));
}

std::string command_to_roll_back(const Context& context, const RollbackRequest& how,
                                 const std::string& consent) {
    return context.command(fmt::format("rollback{}{}{}{}", how.all ? " --all" : "",
                                       how.force ? " --force" : "",
                                       consent.empty() ? "" : " --allow ", consent));
}

std::string command_to_roll_back(const Context& context, Service& service,
                                 const RollbackRequest& how) {
    return command_to_roll_back(context, how, needed_consent(service.rollback_plan(how)));
}

}  // namespace nanotune::cli
