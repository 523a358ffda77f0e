// What a colleague gets to see of a host: doctor's report, and what it is made of.
#pragma once

#include <string>
#include <vector>

#include "../context.hpp"
#include "bundle.hpp"
#include "finding.hpp"

namespace nanotune::doctor {

/// References outlive the call.
struct BundleRequest {
    const cli::Context& context;
    Service& service;
    const HostFacts& facts;
    const Findings& findings;
    std::string fix;  ///< the profile of --fix-profile
    int exit = 0;
};

/// Neither addresses of cards nor command lines of processes. What cannot be read is left out.
[[nodiscard]] std::vector<BundledFile> bundled_files(const BundleRequest& request);

}  // namespace nanotune::doctor
