#include <algorithm>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "systemd_import.hpp"

namespace nanotune::cli {

namespace {

constexpr IniDialect sysctl_dialect = {.tells_others = true};

std::string sysctl_value(std::string_view value) {
    return fmt::format("{{ value = {}, optional = true }}", toml_text(value));
}

CarriedLine carried_line(std::string_view key, std::string_view value, std::string origin) {
    return {.section = "sysctl",
            .key = toml_text(sysctl_key(key)),
            .spellings = {sysctl_value(value), sysctl_value(value == "-1"  ? "unlimited"
                                                            : value == "0" ? "false"
                                                                           : "true")},
            .origin = std::move(origin),
            .note = {}};
}

void import_line(const std::string& file, const IniLine& line, Import& import) {
    if (line.key.empty()) {
        import.leave(fmt::format("{}:{}: {}", file, line.line, line.value),
                     line.value.starts_with('-') ? "it keeps this key from patterns, which are not "
                                                   "carried over"
                                                 : "it is no KEY = VALUE");
        return;
    }
    std::string_view key = line.key;
    key.remove_prefix(key.starts_with('-') ? 1 : 0);  // whose failure is no error; none is here
    std::string origin = fmt::format("{}:{}: {} = {}", file, line.line, line.key, line.value);
    if (key.find_first_of("*?[") != std::string_view::npos) {
        import.leave(std::move(origin), "a pattern of keys: a profile names each");
    } else if (line.value.empty()) {
        import.leave(std::move(origin), "it has no value");
    } else {
        import.carry(carried_line(key, line.value, std::move(origin)));
    }
}

}  // namespace

std::string sysctl_key(std::string_view name) {
    std::string key(name);
    const std::size_t first = std::min(key.find_first_of("./"), key.size());
    const bool has_both = key.contains('.') && key.contains('/');
    const bool begins_with_slash = first < key.size() && key[first] == '/';
    for (char& sign : key) {
        if (begins_with_slash && !has_both) {
            sign = sign == '/' ? '.' : sign;
        } else if (!begins_with_slash && has_both) {
            sign = sign == '/' ? '.' : sign == '.' ? '/' : sign;
        }
    }
    return key;
}

Result<Import> sysctl_import(const std::string& file, std::string_view text) {
    Import import(file, "As " + file);
    for (const IniLine& line : ini_lines(text, sysctl_dialect)) {
        if (!line.section.empty()) {
            return failure(ErrorCode::invalid,
                           fmt::format("{}:{}: [{}]: sysctl.d(5) has no sections: is this a file "
                                       "for sysctl?",
                                       file, line.line, line.section));
        }
        import_line(file, line, import);
    }
    return import;
}

}  // namespace nanotune::cli
