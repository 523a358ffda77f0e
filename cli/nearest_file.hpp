// "Did you mean" for files that the operator names.
#pragma once

#include <string>
#include <string_view>

#include <nanotune/error.hpp>

namespace nanotune::cli {

/// "; did you mean ./edge.toml?": the same name with `ending`, or else the nearest of its folder;
/// "" where there is none.
[[nodiscard]] std::string did_you_mean_file(const std::string& path, std::string_view ending);

/// An error of reading that file; of one that is not there, with what else may be meant.
[[nodiscard]] Error with_nearest_file(Error error, const std::string& path,
                                      std::string_view ending = {});

}  // namespace nanotune::cli
