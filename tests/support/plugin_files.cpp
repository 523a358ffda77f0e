// Loads every shared object of the build's plugin folder and never unloads it.
#include "support/plugin_files.hpp"

#include <algorithm>
#include <filesystem>

#include <dlfcn.h>

namespace nanotune::test {

namespace {

PluginFile loaded(const std::string& file) {
    PluginFile plugin;
    plugin.file = file;
    void* library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
    const void* symbol = library == nullptr ? nullptr : ::dlsym(library, "nanotune_plugin");
    if (symbol == nullptr) {
        plugin.summary = ::dlerror();
        return plugin;
    }
    const auto& record = *static_cast<const nanotune_plugin_record*>(symbol);
    if (record.abi != plugin_abi || std::string(record.build) != NANOTUNE_BUILD) {
        plugin.summary = file + " was built for another program";
        return plugin;
    }
    PluginBuilder builder;
    record.define(builder);
    plugin.name = record.name;
    plugin.summary = record.summary;
    plugin.selector = builder.selector();
    plugin.banks = builder.take_banks();
    plugin.rules = builder.take_rules();
    return plugin;
}

}  // namespace

std::vector<PluginFile> plugins_of_this_build() {
    std::vector<PluginFile> plugins;
    for (const auto& entry : std::filesystem::directory_iterator(NANOTUNE_TEST_PLUGINS)) {
        if (entry.path().extension() == ".so") {
            plugins.push_back(loaded(entry.path().string()));
        }
    }
    std::ranges::sort(plugins, {}, &PluginFile::name);
    return plugins;
}

}  // namespace nanotune::test
