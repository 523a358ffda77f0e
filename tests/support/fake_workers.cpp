// Workers over cells: "worker:NAME" is "runs" or "ended HOW", and a line "SETTING VALUE" for each
// setting; ".disabled" where an operator has switched it off.
#include <algorithm>
#include <sstream>

#include "support/fake_interfaces.hpp"

namespace nanotune::test {

namespace {

constexpr std::string_view live[] = {"price",   "quantity", "byte_order",
                                     "enabled", "restarts", "start"};

const std::string disabled = ".disabled";

std::string cell_of(const WorkerSettings& settings, std::string_view state = "runs") {
    std::string text(state);
    for (const auto& [name, value] : settings) {
        text += "\n" + name + " " + value;
    }
    return text;
}

Worker worker_in(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    std::getline(lines, line);
    Worker worker{.settings = {}, .is_running = line == "runs", .how = {}};
    worker.process = worker.is_running ? 4711 : 0;
    worker.how = line.substr(line.find(' ') + 1);
    while (std::getline(lines, line)) {
        const auto gap = line.find(' ');
        worker.settings.emplace(line.substr(0, gap), line.substr(gap + 1));
    }
    worker.is_disabled = worker.settings.erase(disabled) > 0;
    if (worker.is_running) {
        const auto backend = worker.settings.find("backend");
        const bool is_said = backend != worker.settings.end() && backend->second != "auto";
        worker.how = is_said ? backend->second : "udp";
    }
    return worker;
}

}  // namespace

Result<std::vector<std::string>> FakeWorkers::names() {
    return kernel_->look([](const FakeHost& host) -> Result<std::vector<std::string>> {
        std::vector<std::string> names;
        for (const std::string& key : keys_below(host.cells, worker_cell(""))) {
            names.push_back(key.substr(worker_cell("").size()));
        }
        return names;
    });
}

Result<Worker> FakeWorkers::worker(const std::string& name) {
    return kernel_->look([&](const FakeHost& host) -> Result<Worker> {
        if (!host.cells.contains(worker_cell(name))) {
            return failure(ErrorCode::not_found, "there is no worker " + name);
        }
        return worker_in(host.text(worker_cell(name)));
    });
}

Status FakeWorkers::start(const std::string& name, const WorkerSettings& settings) {
    if (settings.contains(".only_asleep")) {  // auto is udp here, which never sleeps
        return failure(ErrorCode::refused, "no backend works here that sleeps");
    }
    WorkerSettings told = settings;
    if (const auto until_now = worker(name)) {
        const auto found = until_now->settings.find("enabled");
        told.emplace("enabled", found == until_now->settings.end() ? "0" : found->second);
        if (until_now->is_disabled && told["enabled"] == "0") {
            told.emplace(disabled, "1");
        }
    }
    return kernel_->write("start " + name, {{worker_cell(name), cell_of(told)}});
}

Status FakeWorkers::change(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(Worker changed, worker(name));
    for (const auto& [setting, value] : settings) {
        if (std::ranges::find(live, setting) == std::end(live)) {
            return failure(ErrorCode::invalid, setting + " does not change while it runs");
        }
        changed.settings[setting] = value;
    }
    if (changed.is_disabled && changed.settings["enabled"] == "0") {
        changed.settings.emplace(disabled, "1");
    }
    return kernel_->write("change " + name, {{worker_cell(name), cell_of(changed.settings)}});
}

Status FakeWorkers::prepare(const std::string& name, const WorkerSettings& settings) {
    NT_TRY(Worker prepared, worker(name));
    for (const auto& [setting, value] : settings) {
        prepared.settings[setting] = value;
    }
    std::erase_if(prepared.settings, [](const auto& setting) { return setting.second.empty(); });
    if (prepared.is_running) {
        return failure(ErrorCode::conflict, name + ": it runs");
    }
    if (prepared.is_disabled && prepared.settings["enabled"] == "0") {
        prepared.settings.emplace(disabled, "1");
    }
    return kernel_->write(
        "prepare " + name,
        {{worker_cell(name), cell_of(prepared.settings, "ended " + prepared.how)}});
}

Status FakeWorkers::stop(const std::string& name) {
    NT_TRY(const Worker stopped, worker(name));
    return kernel_->write(
        "stop " + name,
        {{worker_cell(name), cell_of(stopped.settings, "ended " + std::string(how_stopped))}});
}

Status FakeWorkers::forget(const std::string& name) {
    if (!worker(name)) {
        return {};
    }
    return kernel_->write("end " + name, {{worker_cell(name), ""}});
}

}  // namespace nanotune::test
