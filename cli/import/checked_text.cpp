#include "checked_text.hpp"

#include <utility>

#include <fmt/format.h>

#include "service/sealed_text.hpp"

namespace nanotune::cli {

Checked<Import> checked_by(Service& service, Import import) {
    std::string path;
    // The path is the same each time: the descriptor is closed before the next is opened.
    return checked_import(
        std::move(import),
        [&service, &path](const std::string& text) {
            const auto file = sealed_text("the profile", text);
            if (!file) {
                return Problems{file.error()};
            }
            path = fmt::format("/proc/self/fd/{}", file->number());
            return service.check({.name = path, .overrides = {}});
        },
        path);
}

}  // namespace nanotune::cli
