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

std::string rate_of(const Datapath& now, const std::vector<Datapath>& before, std::string_view name,
                    double seconds) {
    const auto then = std::ranges::find(before, now.name, &Datapath::name);
    const auto later = count_of(now, name);
    const auto earlier = then == before.end() ? std::nullopt : count_of(*then, name);
    if (!later || !earlier || *later < *earlier || seconds <= 0) {
        return "";
    }
    return spaced(fmt::format("{:.0f}", static_cast<double>(*later - *earlier) / seconds));
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
        table.add(
            {{datapath.name},
             {worker.is_running ? "runs" : "ended", worker.is_running ? Style::good : Style::bad},
             {is_enabled(datapath) ? "yes" : "no"},
             {setting_of(datapath, "listen")},
             {worker.is_running ? fmt::format("{}", worker.process) : "-"},
             {fmt::format("{}", worker.restarts)}});
        table.add_note(harmless(worker.how));
    }
    screen.table(table);
}

void print_stats(const Screen& screen, const std::vector<Datapath>& datapaths,
                 const std::vector<Datapath>& before, double seconds) {
    for (const Datapath& datapath : datapaths) {
        Table table({{.title = datapath.name}, {.title = ""}, {.title = "A SECOND"}});
        for (const auto& [name, value] : datapath.counted) {
            const bool is_count = whole_number<std::uint64_t>(value) && name != "process" &&
                                  name != "price" && name != "quantity" && !name.starts_with("ns ");
            table.add({{name},
                       {harmless(is_count ? spaced(value) : value)},
                       {is_count ? rate_of(datapath, before, name, seconds) : ""}});
        }
        screen.table(table);
    }
}

std::string json_of(const std::vector<Datapath>& datapaths) {
    Json all = Json::array();
    for (const Datapath& datapath : datapaths) {
        const Worker& worker = datapath.worker;
        Json one = {{"name", datapath.name},           {"running", worker.is_running},
                    {"enabled", is_enabled(datapath)}, {"process", worker.process},
                    {"restarts", worker.restarts},     {"how", worker.how}};
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

}  // namespace nanotune::cli
