// Datapaths as people and programs read them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../screen.hpp"
#include "model/problems.hpp"
#include "service/datapaths.hpp"

namespace nanotune::cli {

void print_list(const Screen& screen, const std::vector<Datapath>& datapaths);
/// What they had counted so many seconds ago: then there are rates, too.
struct CountedBefore {
    std::vector<Datapath> datapaths;
    double seconds = 0;
};
enum class StatsView {
    whole,
    brief  ///< for a screen: without what is 0, and without reasons
};
void print_stats(const Screen& screen, const std::vector<Datapath>& datapaths,
                 const CountedBefore& before, StatsView view);
[[nodiscard]] std::string json_of(const std::vector<Datapath>& datapaths);

/// What was done with several, and what became of the others.
struct ActsDone {
    std::string_view act;
    std::vector<std::pair<std::string, std::string>> done;  ///< names, and what each is then
    Problems problems;
};
[[nodiscard]] std::string json_of(const ActsDone& all, int status);

}  // namespace nanotune::cli
