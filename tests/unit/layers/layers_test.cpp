// The dependency rule of ARCHITECTURE.md, as far as link lines cannot see it: headers alone need no
// library.
#include "layers.hpp"

#include <fstream>
#include <iterator>

#include "support/catch.hpp"

using namespace nanotune::test;

namespace {

const std::string tree = NANOTUNE_SOURCES;

std::string text_of(const std::string& place) {
    std::ifstream file(tree + "/" + place);
    return {std::istreambuf_iterator<char>(file), {}};
}

using Faults = std::vector<std::string>;

}  // namespace

TEST_CASE("every source includes only what its layer may", "[layers]") {
    const auto sources = sources_of(tree);
    CHECK(sources.size() > 200);
    for (const std::string& source : sources) {
        for (const std::string& fault : include_faults(tree, source, text_of(source))) {
            FAIL_CHECK(fault);
        }
    }
}

TEST_CASE("an include of a layer above is found, at its line", "[layers]") {
    CHECK(include_faults(tree, "framework/model/glob.cpp",
                         "#include \"glob.hpp\"\n\n#include \"engine/engine.hpp\"\n") ==
          Faults{"framework/model/glob.cpp:3: model may not include framework/engine/engine.hpp of "
                 "engine"});
    CHECK(include_faults(tree, "framework/engine/undo.cpp", "#include \"system/links.hpp\"\n") ==
          Faults{"framework/engine/undo.cpp:1: engine may not include framework/system/links.hpp "
                 "of system"});
    CHECK(
        include_faults(tree, "cli/commands/plan.cpp", "#include \"engine/engine.hpp\"\n").size() ==
        1);
    CHECK(include_faults(tree, "cli/direct/direct_service.cpp", "#include \"engine/engine.hpp\"\n")
              .empty());
}

TEST_CASE("a plugin sees the SDK's headers and its own", "[layers]") {
    CHECK(include_faults(tree, "plugins/irq/irq.cpp",
                         "#include <nanotune/bank.hpp>\n#include \"spread_rule.hpp\"\n")
              .empty());
    CHECK(
        include_faults(tree, "plugins/irq/irq.cpp", "#include \"../nic/coalesce.hpp\"\n").size() ==
        1);
    CHECK(include_faults(tree, "plugins/irq/irq.cpp", "#include \"sdk/src/text.hpp\"\n").size() ==
          1);
    CHECK(include_faults(tree, "plugins/irq/irq.cpp", "#include <unistd.h>\n") ==
          Faults{"plugins/irq/irq.cpp:1: plugins makes no system calls: unistd.h"});
}

TEST_CASE("a library outside of its folder is found, and any in a header of the SDK", "[layers]") {
    CHECK(include_faults(tree, "framework/engine/undo.cpp", "#include <toml++/toml.h>\n") ==
          Faults{"framework/engine/undo.cpp:1: engine may not include toml++"});
    CHECK(
        include_faults(tree, "framework/sdk/include/nanotune/bank.hpp", "#include <fmt/format.h>\n")
            .size() == 1);
    CHECK(include_faults(tree, "framework/sdk/src/bank.cpp", "#include <fmt/format.h>\n").empty());
    CHECK(include_faults(tree, "cli/json.cpp", "#include <yaml-cpp/yaml.hpp>\n").size() == 1);
}
