// A plugin of an SDK before this one: its record says so, and nothing of it may run.
#include <cstdlib>

#include <nanotune/plugin.hpp>

extern "C" {
extern __attribute__((visibility("default"))) const nanotune_plugin_record nanotune_plugin;
__attribute__((used)) const nanotune_plugin_record nanotune_plugin = {
    nanotune::plugin_abi - 1, NANOTUNE_BUILD, "older", "Of an older SDK.",
    [](nanotune::PluginBuilder&) { std::abort(); }};
}
NANOTUNE_SEAL_NOTE
