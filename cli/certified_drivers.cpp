#include "certified_drivers.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "text.hpp"

namespace nanotune::cli {

namespace {

std::string_view cut(std::string_view& rest, char end) {
    const std::size_t at = std::min(rest.find(end), rest.size());
    const std::string_view part = rest.substr(0, at);
    rest.remove_prefix(std::min(at + 1, rest.size()));
    return part;
}

}  // namespace

std::vector<CertifiedRun> certified_runs(std::string_view table) {
    std::vector<CertifiedRun> runs;
    while (!table.empty()) {
        std::string_view line = cut(table, '\n');
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        CertifiedRun run;
        for (std::string_view* field : {&run.driver, &run.kernel, &run.passed, &run.settings}) {
            *field = cut(line, '\t');
        }
        runs.push_back(run);
    }
    return runs;
}

std::string standing_of(std::string_view driver, const std::vector<CertifiedRun>& runs) {
    std::vector<std::string> kernels;
    for (const CertifiedRun& run : runs) {
        if (run.driver == driver) {
            kernels.push_back(
                fmt::format("{} ({} of {} settings)", run.kernel, run.passed, run.settings));
        }
    }
    return kernels.empty() ? "untested: nanotune ships no certified run of it"
                           : fmt::format("certified in the lab on Linux {}", joined(kernels));
}

}  // namespace nanotune::cli
