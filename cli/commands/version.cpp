// nanotune version: this nanotune, its plugins, and those that were refused with the reason.
#include <fmt/core.h>

#include <nanotune/plugin.hpp>

#include "../context.hpp"
#include "../json.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

void print_plugins(const Screen& screen, const std::vector<PluginInfo>& plugins) {
    Table table({{.title = "PLUGIN"},
                 {.title = "SUMMARY", .may_wrap = true},
                 {.title = "FILE", .may_wrap = true}});
    for (const PluginInfo& plugin : plugins) {
        if (plugin.refused.empty()) {
            table.add({{plugin.name}, {plugin.summary}, {plugin.file, Style::dim}});
        }
    }
    screen.table(table);
    for (const PluginInfo& plugin : plugins) {
        if (!plugin.refused.empty()) {
            screen.error(plugin.file + ": " + plugin.refused);
        }
    }
}

Ended run(Context& context) {
    std::vector<PluginInfo> plugins;
    Problems problems;
    if (const auto service = context.service(); service) {
        plugins = (*service)->plugins();
    } else {
        problems.push_back(service.error());
    }
    const Screen& screen = context.screen();
    if (screen.look().json) {
        screen.raw(json_of_version(NANOTUNE_VERSION, plugins, problems));
        return 0;
    }
    screen.line("nanotune " NANOTUNE_VERSION, Style::bold);
    screen.detail(fmt::format("plugin interface {}, build {}", plugin_abi, NANOTUNE_BUILD));
    print_plugins(screen, plugins);
    for (const Error& problem : problems) {
        screen.error(problem);
    }
    return 0;
}

}  // namespace

constinit const Command version_command = {
    .name = "version", .help = "this nanotune and its plugins", .run = run};

}  // namespace nanotune::cli
