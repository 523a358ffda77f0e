// A plugin that looks right and never says what it has.
#include <unistd.h>

#include <nanotune/plugin.hpp>

NANOTUNE_PLUGIN("hanging", "Waits for ever.", [](nanotune::PluginBuilder&) {
    while (true) {
        ::pause();
    }
})
