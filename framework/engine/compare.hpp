// What is held against what the host holds, for verify and for who watches.
#pragma once

#include <functional>

#include "engine/survey.hpp"
#include "model/report.hpp"

namespace nanotune {

/// The network device that it is of, as that is called now; "" for none.
[[nodiscard]] std::string device_of(const Key& key, const HeldValue& held);

/// Whether to look at it.
using HeldFilter = std::function<bool(const Key& key, const HeldValue& held)>;

/// One row for each that the filter takes, all where there is none. What cannot be read differs, or
/// is gone. Errors become the report's problems, and its exit.
void compare_held(const Applied& active, const Catalog& catalog, Survey& survey,
                  const HeldFilter& looks_at, Report& report);

}  // namespace nanotune
