// What is wrong with a profile on a host, as plan and apply tell it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/catch.hpp"
#include "support/engine_on.hpp"
#include "support/scratch_folder.hpp"

namespace nanotune::test {

/// The problems of a plan, after making sure that an apply ends with them too, before any write.
inline std::vector<std::string> problems_on(FakeHost host, std::string_view profile) {
    const ScratchFolder folder;
    EngineOn engine(host, folder.path());
    const Report applied = engine.apply(profile);
    INFO(text_of(applied));
    CHECK(applied.exit == Exit::refused);
    CHECK(engine.system().writes().empty());
    const Report planned = engine.planned(profile);
    CHECK(planned.problems == applied.problems);
    std::vector<std::string> messages;
    for (const Error& problem : planned.problems) {
        messages.push_back(problem.message);
    }
    return messages;
}

using Messages = std::vector<std::string>;

}  // namespace nanotune::test
