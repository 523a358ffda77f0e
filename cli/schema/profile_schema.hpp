// The JSON schema of a profile, for editors: made of what the plugins declare.
#pragma once

#include <string>

#include "model/catalog.hpp"

namespace nanotune::cli {

/// Draft 7, as a document that ends with a newline. It takes every profile that `profile check`
/// takes; what it cannot know is left to that: names that only a host knows, texts of a grammar of
/// their own, and what several lines say together. Loads every plugin.
[[nodiscard]] std::string profile_schema_of(const Catalog& catalog);
/// The same in the document that every verb prints with --json.
[[nodiscard]] std::string json_of_schema(const Catalog& catalog);

}  // namespace nanotune::cli
