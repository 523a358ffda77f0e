// Datapaths as people and programs read them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nanotune/workers.hpp>

#include "../screen.hpp"

namespace nanotune::cli {

/// One datapath, with what it has counted where that was asked for.
struct Datapath {
    std::string name;
    Worker worker;
    std::vector<std::pair<std::string, std::string>> counted = {};
};

/// "NAME: VALUE" a line.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> counted_in(std::string_view report);

void print_list(const Screen& screen, const std::vector<Datapath>& datapaths);
/// `before` is what they had counted so many seconds ago: then there are rates, too.
void print_stats(const Screen& screen, const std::vector<Datapath>& datapaths,
                 const std::vector<Datapath>& before, double seconds);
[[nodiscard]] std::string json_of(const std::vector<Datapath>& datapaths);

}  // namespace nanotune::cli
