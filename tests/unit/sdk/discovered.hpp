// What discovery finds on a fake host, for tests that look at it.
#pragma once

#include <nanotune/discover.hpp>

#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

namespace nanotune::test {

using Names = std::vector<std::string>;

inline std::vector<Candidate> found(FakeHost& host, Discovery discovery) {
    FakeSystem system(host);
    auto candidates = discovery(system);
    REQUIRE(candidates);
    return *std::move(candidates);
}

inline Candidate nic(FakeHost& host, std::string_view name) {
    for (const Candidate& candidate : found(host, discover::nics)) {
        if (candidate.device == name) {
            return candidate;
        }
    }
    FAIL("no NIC " << name);
    return {};
}

inline Names names(const std::vector<Candidate>& candidates) {
    Names list;
    list.reserve(candidates.size());
    for (const Candidate& candidate : candidates) {
        list.push_back(candidate.target.name);
    }
    return list;
}

}  // namespace nanotune::test
