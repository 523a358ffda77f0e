#include <algorithm>

#include <fmt/format.h>

#include "model/ini_text.hpp"
#include "systemd_import.hpp"

namespace nanotune::cli {

namespace {

std::string sysctl_value(std::string_view value) {
    return fmt::format("{{ value = {}, optional = true }}", toml_text(value));
}

}  // namespace

Import sysctl_import(const std::string& file, std::string_view text) {
    Import import(file, "As " + file);
    for (const IniLine& line : ini_lines(text, IniDialect())) {
        if (line.key.empty()) {
            continue;
        }
        std::string_view key = line.key;
        key.remove_prefix(key.starts_with('-') ? 1 : 0);  // whose failure is no error; none is here
        std::string origin = fmt::format("{}:{}: {} = {}", file, line.line, line.key, line.value);
        if (key.find_first_of("*?[") != std::string_view::npos) {
            import.leave(std::move(origin), "a pattern of keys: a profile names each");
        } else if (line.value.empty()) {
            import.leave(std::move(origin), "it has no value");
        } else {
            import.carry({.section = "sysctl",
                          .key = toml_text(key),
                          .spellings = {sysctl_value(line.value),
                                        sysctl_value(line.value == "-1"  ? "unlimited"
                                                     : line.value == "0" ? "false"
                                                                         : "true")},
                          .origin = std::move(origin),
                          .note = {}});
        }
    }
    return import;
}

}  // namespace nanotune::cli
