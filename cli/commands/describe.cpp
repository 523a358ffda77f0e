// nanotune describe: all there is to know about a setting.
#include <algorithm>

#include <fmt/core.h>

#include <nanotune/nearest.hpp>

#include "../context.hpp"
#include "../json.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

bool has_alias(const KeyInfo& key, std::string_view name) {
    std::string_view rest = key.aliases;
    while (!rest.empty()) {
        const std::size_t begin = rest.find_first_not_of(" ,|");
        if (begin == std::string_view::npos) {
            return false;
        }
        rest.remove_prefix(begin);
        const std::size_t end = std::min(rest.find_first_of(" ,|"), rest.size());
        const std::string_view alias = rest.substr(0, end);
        const std::string plugin = key.name.substr(0, key.name.find('.') + 1);
        if (alias == name || plugin + std::string(alias) == name) {
            return true;
        }
        rest.remove_prefix(end);
    }
    return false;
}

/// The setting itself, or else those that it stands for or begins.
Result<std::vector<KeyInfo>> described(const Context& context, Service& service,
                                       const std::string& name) {
    const std::vector<KeyInfo> keys = service.keys();
    std::vector<KeyInfo> found;
    std::vector<std::string> names;
    std::vector<std::string> ends;  // with the word that was asked for
    for (const KeyInfo& key : keys) {
        if (key.name.ends_with("." + name)) {
            ends.push_back(key.name);
        }
        if (key.name == name) {
            return std::vector{key};
        }
        if (has_alias(key, name) || key.name.starts_with(name + ".")) {
            found.push_back(key);
        }
        names.push_back(key.name);
    }
    if (!found.empty()) {
        return found;
    }
    auto undeclared = service.undeclared_key(name);
    if (undeclared) {
        return std::vector{*std::move(undeclared)};
    }
    const bool is_nobodys = undeclared.error().code == ErrorCode::not_found;
    if (is_nobodys) {
        return failure(ErrorCode::not_found,
                       fmt::format("no setting is called \"{}\"{}; all are shown by: {}", name,
                                   ends.empty() ? did_you_mean(name, names)
                                                : fmt::format("; there is {}", joined(ends)),
                                   context.command("list")));
    }
    return std::unexpected(std::move(undeclared).error());
}

std::string_view spoken_impact(const KeyInfo& key) {
    if (key.check_only) {
        return key.impact == name_of(Impact::needs_reboot)
                   ? "none by itself: it is checked, and a new kernel command line and a reboot "
                     "change it"
                   : "none: it is checked, never written";
    }
    constexpr std::pair<std::string_view, std::string_view> words[] = {
        {"", "none"},
        {"drops", "the NIC loses packets for a moment; needs --allow drops"},
        {"bounces", "the link goes down and up; needs --allow bounces"},
        {"moves", "CPUs disappear under running programs; needs --allow moves"},
        {"clock", "time may jump or change its cost; needs --allow clock"},
        {"reboot", "only a new kernel command line and a reboot do it"}};
    for (const auto& [word, text] : words) {
        if (key.impact == word) {
            return text;
        }
    }
    return key.impact;
}

void print_key(const Screen& screen, const KeyInfo& key) {
    screen.line(key.name, Style::bold);
    Table table({{.title = ""}, {.title = "", .may_wrap = true}});
    const auto add = [&table](std::string_view what, std::string_view text) {
        if (!text.empty()) {
            table.add({{fmt::format("  {}", what), Style::dim}, {text}});
        }
    };
    add("does", key.summary);
    add("stands in", key.section);
    add("accepts", key.accepts);
    add("impact", spoken_impact(key));
    add("also called", key.aliases);
    screen.table(table);
}

/// All of the names, each setting once; all that is wrong with them.
std::expected<std::vector<KeyInfo>, Failure> described_all(const Context& context,
                                                           Service& service) {
    std::vector<KeyInfo> keys;
    Problems problems;
    for (const std::string& name : context.arguments().operands()) {
        if (const Status usable = not_refused(service.plugins(), name); !usable) {
            problems.push_back(usable.error());
            continue;
        }
        auto found = described(context, service, name);
        if (!found) {
            problems.push_back(std::move(found).error());
            continue;
        }
        for (KeyInfo& key : *found) {
            if (std::ranges::find(keys, key.name, &KeyInfo::name) == keys.end()) {
                keys.push_back(std::move(key));
            }
        }
    }
    if (!problems.empty()) {
        return std::unexpected(Failure(std::move(problems)));
    }
    return keys;
}

Ended run(Context& context) {
    NT_TRY(const auto service, context.service());
    NT_TRY(const auto keys, described_all(context, *service));
    if (context.look().json) {
        context.screen().raw(json_of("describe", keys));
        return 0;
    }
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (i > 0) {
            context.screen().line("");
        }
        print_key(context.screen(), keys[i]);
    }
    return 0;
}

}  // namespace

constinit const Command describe_command = {
    .name = "describe",
    .help = "what settings do, accept and cost",
    .operands = {.usage = "SETTING...", .least = 1, .most = 64},
    .details = "SETTING may also be an alias, or the beginning of several names (nic.coalesce).",
    .run = run};

}  // namespace nanotune::cli
