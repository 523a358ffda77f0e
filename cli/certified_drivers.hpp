// On which drivers and kernels this nanotune's settings were certified: docs/certified/drivers.tsv,
// built in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace nanotune::cli {

struct CertifiedRun {
    std::string_view driver;  ///< "host" for what belongs to no NIC
    std::string_view kernel;  ///< "6.1.0-37-amd64"
    std::string_view passed;
    std::string_view settings;  ///< how many it has
};

/// In the order of the file.
[[nodiscard]] std::vector<CertifiedRun> certified_runs(std::string_view table);
/// Those that ship.
[[nodiscard]] std::string_view shipped_runs();

/// "certified on Linux 6.1.0-37-amd64 (58 of 60 settings)", or that nobody has tried it yet.
[[nodiscard]] std::string standing_of(std::string_view driver,
                                      const std::vector<CertifiedRun>& runs);

}  // namespace nanotune::cli
