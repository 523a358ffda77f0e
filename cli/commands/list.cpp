// nanotune list: the settings that profiles may use.
#include <algorithm>

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
#include "../hint.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

std::string plugin_of(const KeyInfo& key) {
    return key.name.substr(0, key.name.find('.'));
}

Result<std::vector<KeyInfo>> keys_of(Service& service, const std::string& plugin) {
    std::vector<KeyInfo> keys = service.keys();
    if (plugin.empty()) {
        return keys;
    }
    NT_CHECK(not_refused(service.plugins(), plugin));
    std::vector<std::string> plugins;
    for (const KeyInfo& key : keys) {
        if (std::ranges::find(plugins, plugin_of(key)) == plugins.end()) {
            plugins.push_back(plugin_of(key));
        }
    }
    std::erase_if(keys, [&plugin](const KeyInfo& key) { return plugin_of(key) != plugin; });
    if (keys.empty()) {
        return failure(ErrorCode::not_found,
                       fmt::format("no plugin is called \"{}\"{}; there are {}", plugin,
                                   did_you_mean(plugin, plugins), joined(plugins)));
    }
    return keys;
}

void print_keys(const Context& context, const std::vector<KeyInfo>& keys) {
    const Screen& screen = context.screen();
    const bool verbose = screen.look().verbose;
    Table table({{.title = "SETTING", .may_wrap = true},
                 {.title = "ACCEPTS", .may_wrap = true},
                 {.title = "IMPACT"},
                 {.title = "SUMMARY", .may_wrap = true}});
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i > 0 && plugin_of(keys[i]) != plugin_of(keys[i - 1])) {
            table.add_gap();
        }
        table.add({{keys[i].name},
                   {verbose ? keys[i].accepts : std::string()},
                   {keys[i].impact, Style::warning},
                   {keys[i].summary}});
    }
    screen.table(table);
    screen.line("");
    const std::string count = counted(keys.size(), "setting");
    if (keys.empty()) {
        screen.line(count + ".");
    } else {
        print_hint(screen, count + "; more about one, for example",
                   context.command("describe " + cli::shell_word(keys.front().name)));
    }
}

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    NT_TRY(const auto keys, keys_of(*service, context.arguments().operand(0)));
    if (context.look().json) {
        context.screen().raw(json_of("list", keys));
    } else {
        print_keys(context, keys);
    }
    return 0;
}

}  // namespace

constinit const Command list_command = {.name = "list",
                                        .help = "the settings that profiles may use",
                                        .operands = {.usage = "[PLUGIN]", .least = 0, .most = 1},
                                        .details = "With --verbose also what each accepts.",
                                        .run = run};

}  // namespace nanotune::cli
