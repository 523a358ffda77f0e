// What all JSON documents have in common. For the two files that know the JSON library, where its
// exceptions end.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "model/problems.hpp"

namespace nanotune::cli {

using Json = nlohmann::ordered_json;

/// The number of the format that docs/json.md describes.
inline constexpr int schema_version = 1;

/// Ends with a newline. File and device names may be any bytes: what is not UTF-8 is replaced,
/// never thrown over.
[[nodiscard]] inline std::string document(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

[[nodiscard]] inline Json head(std::string_view verb, bool changed, int exit) {
    return {{"version", schema_version}, {"verb", verb}, {"changed", changed}, {"exit", exit}};
}

[[nodiscard]] inline Json json_problems(const Problems& problems) {
    Json list = Json::array();
    for (const Error& problem : problems) {
        list.push_back({{"code", name_of(problem.code)},
                        {"errno", problem.kernel_errno},
                        {"message", problem.message}});
    }
    return list;
}

}  // namespace nanotune::cli
