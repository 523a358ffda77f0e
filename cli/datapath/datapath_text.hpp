// Datapaths as people and programs read them.
#pragma once

#include <string>
#include <vector>

#include "../screen.hpp"
#include "service/datapaths.hpp"

namespace nanotune::cli {

void print_list(const Screen& screen, const std::vector<Datapath>& datapaths);
/// `before` is what they had counted so many seconds ago: then there are rates, too.
void print_stats(const Screen& screen, const std::vector<Datapath>& datapaths,
                 const std::vector<Datapath>& before, double seconds);
[[nodiscard]] std::string json_of(const std::vector<Datapath>& datapaths);

}  // namespace nanotune::cli
