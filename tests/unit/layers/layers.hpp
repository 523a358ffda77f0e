// The table of layers held against the sources.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune::test {

/// What is wrong with the includes of one source: "plugins/nic/nic.cpp:3: ...", one a line.
/// `tree` is the folder of the sources, `path` the file's place in it, `text` what stands in it.
[[nodiscard]] std::vector<std::string> include_faults(const std::string& tree,
                                                      const std::string& path,
                                                      std::string_view text);

/// Every source and header of framework/, plugins/ and cli/, by its place in the tree, sorted.
[[nodiscard]] std::vector<std::string> sources_of(const std::string& tree);

}  // namespace nanotune::test
