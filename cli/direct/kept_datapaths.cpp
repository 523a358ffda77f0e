#include "kept_datapaths.hpp"

#include <chrono>

#include <fmt/core.h>

#include "service/freeze.hpp"

namespace nanotune::cli {

namespace {

/// Another number than any before: what is done anew is done when it changes.
std::string moment() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
    return fmt::format("{}", now & 0x7FFF'FFFF);
}

}  // namespace

Result<KeptDatapaths> KeptDatapaths::of(const ServiceOptions& options) {
    NT_TRY(std::string folder, worker::workers_folder(options.state_folder));
    return KeptDatapaths(std::move(folder), options);
}

KeptDatapaths::KeptDatapaths(std::string folder, const ServiceOptions& options)
    : workers_(std::move(folder), options.worker),
      lasting_folder_(lasting_folder_of(options.state_folder)),
      host_file_(options.host_file) {}

Result<Datapath> KeptDatapaths::one(const std::string& name) const {
    NT_TRY(Worker worker, workers_.worker(name));
    std::erase_if(worker.settings,
                  [](const auto& setting) { return worker::is_starters(setting.first); });
    return Datapath{.name = name, .worker = std::move(worker)};
}

Result<std::vector<Datapath>> KeptDatapaths::all(bool with_counts) const {
    NT_CHECK(workers_.may_look());
    NT_TRY(const auto names, workers_.names());
    std::vector<Datapath> datapaths;
    for (const std::string& name : names) {
        auto datapath = one(name);
        auto counts = with_counts && datapath ? counted(name) : Result<Counted>(Counted());
        if (!counts) {
            datapath = one(name);  // it may have ended meanwhile
        }
        if (!datapath && datapath.error().code == ErrorCode::not_found) {
            continue;  // its folder is made, or removed, just now
        }
        NT_CHECK(datapath);
        if (!counts && datapath->worker.is_running) {
            counts = Counted{{"counts", std::move(counts).error().message}};
        }
        datapath->counted = std::move(counts).value_or(Counted());
        datapaths.push_back(*std::move(datapath));
    }
    return datapaths;
}

Result<Counted> KeptDatapaths::counted(const std::string& name) const {
    NT_TRY(const std::string text, workers_.report(name));
    return counted_in(text);
}

Status KeptDatapaths::act(const std::string& name, DatapathAct act) const {
    if (act == DatapathAct::start || act == DatapathAct::enable) {
        NT_CHECK(may_write(lasting_folder_, host_file_));
    }
    switch (act) {
        case DatapathAct::start:
            return workers_.start_again(name);
        case DatapathAct::stop:
            return workers_.stop(name);
        case DatapathAct::enable:
            return workers_.change(name, {{"enabled", "1"}});
        case DatapathAct::disable:
            return workers_.disable(name);
        case DatapathAct::reset:
            return workers_.change(name, {{"resets", moment()}});
        case DatapathAct::clear_connections:
            break;
    }
    NT_TRY(const bool follows, workers_.may_change(name, "clears"));
    return follows ? workers_.change(name, {{"clears", moment()}})
                   : failure(ErrorCode::unsupported,
                             name + ": it follows no connections that could be cleared");
}

}  // namespace nanotune::cli
