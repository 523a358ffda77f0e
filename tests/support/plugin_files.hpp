// The plugins of this build, loaded without the registry, for tests of the plugins themselves.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <nanotune/plugin.hpp>

namespace nanotune::test {

struct PluginFile {
    std::string file;
    std::string name;
    std::string summary;
    Selector selector = Selector::none;
    std::vector<std::unique_ptr<Bank>> banks;
    std::vector<std::unique_ptr<Rule>> rules;
};

/// By name. Plugins that do not load are reported with an empty name and the reason as summary.
[[nodiscard]] std::vector<PluginFile> plugins_of_this_build();

}  // namespace nanotune::test
