#include "../json_document.hpp"
#include "diagnosis.hpp"

namespace nanotune::doctor {

namespace {

using cli::Json;

Json json_of(const Finding& finding) {
    Json remedies = Json::array();
    for (const Remedy& remedy : finding.remedies) {
        remedies.push_back(
            {{"section", remedy.section}, {"key", remedy.key}, {"value", remedy.value}});
    }
    return {{"check", finding.check}, {"subject", finding.subject}, {"seen", finding.seen},
            {"why", finding.why},     {"remedies", remedies},       {"advice", finding.advice}};
}

Json json_of(const NicFacts& nic) {
    return {{"name", nic.name},     {"kind", nic.kind}, {"model", nic.model},
            {"driver", nic.driver}, {"mtu", nic.mtu},   {"abilities", nic.abilities}};
}

Json json_of(const std::optional<PathFacts>& path) {
    if (!path) {
        return nullptr;
    }
    return {{"peer", path->peer},       {"device", path->device}, {"device_mtu", path->device_mtu},
            {"largest", path->largest}, {"told", path->told},     {"told_by", path->told_by},
            {"trouble", path->trouble}};
}

}  // namespace

std::string json_of(const Change& change, std::string_view at) {
    const Json json = {{"at", at},
                       {"what", change.has_come ? "came" : "gone"},
                       {"finding", json_of(change.finding)}};
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string json_of(const HostFacts& facts, const Findings& findings, int exit) {
    Json json = cli::head("doctor", false, exit);
    json["seconds"] = facts.seconds;
    json["processor"] = facts.processor;
    json["kernel"] = facts.kernel;
    json["clocksource"] = facts.clocksource;
    json["smt"] = facts.smt;
    json["guarded_cpus"] = guarded(facts).list();
    json["findings"] = Json::array();
    for (const Finding& finding : findings) {
        json["findings"].push_back(json_of(finding));
    }
    json["nics"] = Json::array();
    for (const NicFacts& nic : facts.nics) {
        json["nics"].push_back(json_of(nic));
    }
    json["path"] = json_of(facts.path);
    json["unseen"] = facts.unseen;
    return cli::document(json);
}

}  // namespace nanotune::doctor
