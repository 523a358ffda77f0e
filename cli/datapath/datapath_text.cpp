#include "datapath_text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include <fmt/core.h>

#include <nanotune/numbers.hpp>

#include "../json_document.hpp"
#include "../text.hpp"

namespace nanotune::cli {

namespace {

std::optional<std::uint64_t> count_of(const Datapath& datapath, std::string_view name) {
    const auto found =
        std::ranges::find(datapath.counted, name, &std::pair<std::string, std::string>::first);
    return found == datapath.counted.end() ? std::nullopt
                                           : whole_number<std::uint64_t>(found->second);
}

/// Numbers with a blank before each three digits.
std::string spaced(std::string number) {
    for (std::size_t at = number.size();
         at > 3 && whole_number<std::uint64_t>(number.substr(0, at)); at -= 3) {
        number.insert(at - 3, " ");
    }
    return number;
}

std::string rate_of(const Datapath& now, const CountedBefore& before, std::string_view name) {
    const auto then = std::ranges::find(before.datapaths, now.name, &Datapath::name);
    const auto later = count_of(now, name);
    const auto earlier = then == before.datapaths.end() ? std::nullopt : count_of(*then, name);
    if (!later || !earlier || *later < *earlier || before.seconds <= 0) {
        return "";
    }
    return spaced(fmt::format("{:.0f}", static_cast<double>(*later - *earlier) / before.seconds));
}

/// Whether a number that is counted is one that counts up.
bool is_count(std::string_view name, const std::string& value) {
    return whole_number<std::uint64_t>(value) && name != "process" && name != "price" &&
           name != "quantity" && !name.starts_with("ns ");
}

/// What is said in words takes no part in the columns of numbers, which stand close together.
Table brief_table(const Datapath& datapath, const CountedBefore& before) {
    std::size_t widest = columns_of(datapath.name);
    for (const auto& [name, value] : datapath.counted) {
        widest = std::max(widest, value == "0" ? 0 : name.size());
    }
    Table table({{.title = fmt::format("{:<{}}", datapath.name, widest)},
                 {.title = ""},
                 {.title = "A SECOND"}});
    for (const auto& [name, value] : datapath.counted) {
        const std::string padded = fmt::format("{:<{}}", name, widest);
        if (value == "0") {
            continue;
        }
        if (is_count(name, value)) {
            table.add({{padded}, {spaced(value)}, {rate_of(datapath, before, name)}});
        } else {
            table.add_line(padded + "  " + value.substr(0, value.find(';')), 0);
        }
    }
    return table;
}

Cell state_cell(const Worker& worker) {
    return worker.hangs        ? Cell{"hangs", Style::bad}
           : worker.is_running ? Cell{"runs", Style::good}
                               : Cell{"ended", Style::bad};
}

}  // namespace

void print_list(const Screen& screen, const std::vector<Datapath>& datapaths) {
    if (datapaths.empty()) {
        screen.line("There is no datapath here. A profile has one as [datapath.NAME].");
        return;
    }
    Table table({{.title = "DATAPATH"},
                 {.title = "STATE"},
                 {.title = "ENABLED"},
                 {.title = "LISTENS TO", .may_wrap = true},
                 {.title = "PROCESS"},
                 {.title = "RESTARTS"}});
    for (const Datapath& datapath : datapaths) {
        const Worker& worker = datapath.worker;
        table.add({{datapath.name},
                   state_cell(worker),
                   {is_enabled(datapath) ? "yes" : "no"},
                   {setting_of(datapath, "listen")},
                   {worker.is_running ? fmt::format("{}", worker.process) : "-"},
                   {fmt::format("{}", worker.restarts)}});
        table.add_note(harmless(worker.how));
    }
    screen.table(table);
}

void print_stats(const Screen& screen, const std::vector<Datapath>& datapaths,
                 const CountedBefore& before, StatsView view) {
    for (const Datapath& datapath : datapaths) {
        if (view == StatsView::brief) {
            screen.table(brief_table(datapath, before));
            continue;
        }
        Table table(
            {{.title = datapath.name}, {.title = "", .may_wrap = true}, {.title = "A SECOND"}});
        for (const auto& [name, value] : datapath.counted) {
            const bool counts = is_count(name, value);
            table.add({{name},
                       {harmless(counts ? spaced(value) : value)},
                       {counts ? rate_of(datapath, before, name) : ""}});
        }
        screen.table(table);
    }
}

std::string json_of(const std::vector<Datapath>& datapaths) {
    Json all = Json::array();
    for (const Datapath& datapath : datapaths) {
        const Worker& worker = datapath.worker;
        Json one = {{"name", datapath.name},     {"running", worker.is_running},
                    {"hangs", worker.hangs},     {"enabled", is_enabled(datapath)},
                    {"process", worker.process}, {"restarts", worker.restarts},
                    {"how", worker.how}};
        for (const auto& [name, value] : worker.settings) {
            one["settings"][name] = value;
        }
        for (const auto& [name, value] : datapath.counted) {
            if (const auto number = whole_number<std::uint64_t>(value)) {
                one["counted"][name] = *number;
            } else {
                one["counted"][name] = value;
            }
        }
        all.push_back(std::move(one));
    }
    Json json = head("datapath", false, 0);
    json["datapaths"] = std::move(all);
    return document(json);
}

std::string json_of(const ActsDone& all, int status) {
    Json json = head("datapath", !all.done.empty(), status);
    json["act"] = all.act;
    json["done"] = Json::array();
    for (const auto& [name, words] : all.done) {
        json["done"].push_back({{"name", name}, {"words", words}});
    }
    json["problems"] = json_problems(all.problems);
    return document(json);
}

}  // namespace nanotune::cli
