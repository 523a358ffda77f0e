// The reserved tables of a profile file: [profile], [vars] and [cpus].
#pragma once

#include <string>
#include <vector>

#include "profile.hpp"

namespace nanotune {

/// The sets that [cpus] may name.
inline constexpr std::string_view cpu_set_names[] = {"housekeeping", "irq", "datapath", "isolated"};

/// Fills a Layer from a file's top nodes; what has the wrong shape becomes a finding.
class LayerReader {
  public:
    explicit LayerReader(Layer& layer) : layer_(layer) {}

    void read(std::vector<ProfileNode> nodes);

  private:
    void read_profile(const ProfileNode& table);
    void read_extends(const ProfileNode& node);
    void read_forbid(const ProfileNode& node);
    void read_variables(const ProfileNode& table);
    void read_cpus(const ProfileNode& table);
    void complain(const Origin& origin, std::string message);

    Layer& layer_;
};

}  // namespace nanotune
