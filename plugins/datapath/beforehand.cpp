#include "beforehand.hpp"

#include <utility>

#include <fmt/format.h>

#include "room_to_keep_house.hpp"
#include "settings/combination.hpp"

namespace nanotune::datapath {

Result<Worker> worker_or_none(System& system, const std::string& name) {
    auto worker = system.workers().worker(name);
    if (!worker && worker.error().code == ErrorCode::not_found) {
        return Worker{.settings = {}, .how = {}};
    }
    return worker;
}

Status misfit(System& system, const WorkerSettings& settings) {
    const std::string backend = said(settings, "backend");
    const std::string protocol = said(settings, "protocol");
    const std::string listen = said(settings, "listen");
    const std::string respond = said(settings, "respond");
    const std::string respond_by = said(settings, "respond_by");
    const std::string interface = said(settings, "interface");
    const std::string source = said(settings, "source");
    const std::string logic = said(settings, "logic");
    NT_CHECK(goes_together({.backend = backend,
                            .protocol = protocol,
                            .listen = listen,
                            .respond = respond,
                            .respond_by = respond_by,
                            .interface = interface,
                            .source = source,
                            .logic = logic}));
    if (interface.empty()) {
        return {};
    }
    auto device = system.links().link(interface);
    return device ? Status()
                  : Status(std::unexpected(std::move(device).error().within("interface")));
}

Status strategy_is_there(System& system, const std::string& name, const Assignment& logic) {
    const std::string path = to_kernel(logic.tunable->domain, logic.value);
    const auto now = worker_or_none(system, name);
    const bool is_held = now && now->is_running && said(now->settings, "logic") == path;
    if (!path.starts_with('/') || is_held || system.files().exists(path)) {
        return {};
    }
    return failure(ErrorCode::not_found, fmt::format("logic {}: there is no such file", path));
}

}  // namespace nanotune::datapath
