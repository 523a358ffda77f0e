// A plugin whose definition throws.
#include <stdexcept>

#include <nanotune/plugin.hpp>

NANOTUNE_PLUGIN("throwing", "Throws.",
                [](nanotune::PluginBuilder&) { throw std::runtime_error("no licence found"); })
