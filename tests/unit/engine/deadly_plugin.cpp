// A plugin that looks right and ends whatever process calls it.
#include <cstdlib>

#include <nanotune/plugin.hpp>

NANOTUNE_PLUGIN("deadly", "Ends the process.", [](nanotune::PluginBuilder&) { std::abort(); })
