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
            screen.error(fmt::format("plugin {} is refused: {}", plugin.name, plugin.refused));
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
    const int status = status_of(problems.empty() ? Exit::as_wanted : Exit::refused);
    if (screen.look().json) {
        screen.raw(json_of_version(NANOTUNE_VERSION, plugins, problems, status));
        return status;
    }
    screen.line("nanotune " NANOTUNE_VERSION, Style::bold);
    screen.detail(fmt::format("plugin interface {}, build {}", plugin_abi, NANOTUNE_BUILD));
    print_plugins(screen, plugins);
    if (problems.empty() && plugins.empty()) {
        screen.line(fmt::format("{} holds no plugins.", context.plugin_folder()));
    }
    for (const Error& problem : problems) {
        screen.error("no plugin is loaded: " + problem.message);
    }
    return status;
}

}  // namespace

constinit const Command version_command = {
    .name = "version",
    .help = "this nanotune and its plugins",
    .details = "Exit status 1 where the folder of the plugins cannot be used.",
    .run = run};

}  // namespace nanotune::cli
