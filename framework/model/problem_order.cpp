#include "problem_order.hpp"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>

namespace nanotune {

Origin place_of(const Error& problem) {
    return Origin::from(std::string_view(problem.message).substr(0, problem.message.find(": ")));
}

void sort_by_place(Problems& problems) {
    std::vector<std::string> files;
    const auto place = [&files](const Error& problem) {
        const Origin origin = place_of(problem);
        const std::string file = origin.line == 0 ? std::string() : origin.file;
        auto known = std::ranges::find(files, file);
        if (known == files.end()) {
            known = files.insert(files.end(), file);
        }
        return std::tuple(known - files.begin(), origin.line, origin.column);
    };
    std::vector<std::pair<decltype(place({})), Error>> placed;
    for (Error& problem : problems) {
        auto at = place(problem);
        placed.emplace_back(at, std::move(problem));
    }
    std::ranges::stable_sort(placed, {}, [](const auto& one) { return one.first; });
    std::ranges::transform(placed, problems.begin(),
                           [](auto& one) { return std::move(one.second); });
}

}  // namespace nanotune
