// The order in which an author reads: file by file, line by line.
#include "findings.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace nanotune {

namespace {

constexpr std::size_t most_told = 100;  // who reads so many mends them first

}  // namespace

Error at(const Origin& origin, Error error) {
    const std::string place = origin.text();
    if (!place.empty()) {
        error.message = place + ": " + error.message;
    }
    return error;
}

Problems problems_of(std::vector<Finding> findings, const std::vector<std::string>& files) {
    const auto order = [&files](const Finding& finding) {
        const auto file = std::ranges::find(files, finding.origin.file);
        return std::tuple(file - files.begin(), finding.origin.line, finding.origin.column);
    };
    std::ranges::stable_sort(
        findings, [&order](const Finding& a, const Finding& b) { return order(a) < order(b); });
    Problems problems;
    std::set<std::string> told;
    for (Finding& finding : findings) {
        if (problems.size() == most_told) {
            problems.push_back({.code = problems.front().code,
                                .message = "there is more that is wrong, which is told once some "
                                           "of this is mended"});
            break;
        }
        Error problem = at(finding.origin, std::move(finding.error));
        if (told.insert(problem.message).second) {
            problems.push_back(std::move(problem));
        }
    }
    return problems;
}

}  // namespace nanotune
