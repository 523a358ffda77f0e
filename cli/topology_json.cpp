#include "topology_json.hpp"

#include "json_document.hpp"

namespace nanotune::cli {

namespace {

template <typename T>
Json or_null(const std::optional<T>& value) {
    return value ? Json(*value) : Json(nullptr);
}

Json list_or_null(const std::optional<CpuSet>& cpus) {
    return cpus ? Json(cpus->list()) : Json(nullptr);
}

Json json_cpus(const Hardware& hardware) {
    const Topology& topology = hardware.topology;
    return {{"present", topology.present.list()},
            {"online", topology.online.list()},
            {"offline", (topology.present - topology.online).list()},
            {"isolated", topology.isolated.list()},
            {"partitioned", hardware.partitioned.list()},
            {"nohz_full", hardware.nohz_full.list()}};
}

Json json_sockets(const Hardware& hardware) {
    Json list = Json::array();
    for (const auto& [number, cpus] : hardware.sockets) {
        list.push_back({{"socket", number}, {"cpus", cpus.list()}});
    }
    return list;
}

Json json_cores(const Hardware& hardware) {
    Json list = Json::array();
    for (const CpuSet& core : hardware.topology.cores) {
        list.push_back(core.list());
    }
    return list;
}

Json json_caches(const Hardware& hardware) {
    Json list = Json::array();
    for (const Cache& cache : hardware.caches) {
        list.push_back(
            {{"level", cache.level}, {"bytes", cache.bytes}, {"cpus", cache.cpus.list()}});
    }
    return list;
}

Json json_memory(const NodeMemory& memory) {
    Json sizes = Json::array();
    for (const HugePages& pages : memory.huge_pages) {
        sizes.push_back({{"bytes", pages.bytes}, {"total", pages.total}, {"free", pages.free}});
    }
    return {{"bytes", memory.bytes}, {"free_bytes", memory.free_bytes}, {"huge_pages", sizes}};
}

Json json_nodes(const Hardware& hardware) {
    Json list = Json::array();
    for (const auto& [number, cpus] : hardware.topology.nodes) {
        const auto offline = hardware.offline.find(number);
        const auto memory = hardware.memory.find(number);
        list.push_back(
            {{"node", number},
             {"cpus", (cpus & hardware.topology.online).list()},
             {"offline", offline == hardware.offline.end() ? "" : offline->second.list()},
             {"memory",
              memory == hardware.memory.end() ? Json(nullptr) : json_memory(memory->second)}});
    }
    return list;
}

Json json_interrupts(const Topology& topology, const NicLayout& nic) {
    Json list = Json::array();
    for (const ServedQueues& served : nic.served) {
        list.push_back({{"irq", or_null(served.irq)},
                        {"action", served.action},
                        {"rx", served.rx.list()},
                        {"tx", served.tx.list()},
                        {"napis", served.napis},
                        {"affinity", list_or_null(served.affinity)},
                        {"effective", list_or_null(served.effective)},
                        {"other_nodes", far_nodes(topology, nic, served).list()}});
    }
    return list;
}

Json json_owners(const NicLayout& nic) {
    Json list = Json::array();
    for (const NicOwner& owner : nic.owners) {
        list.push_back({{"who", owner.who}, {"queues", owner.queues.list()}});
    }
    return list;
}

Json json_nics(const HostTopology& host) {
    Json list = Json::array();
    for (const NicLayout& layout : host.nics) {
        const Candidate& nic = layout.nic;
        list.push_back({{"name", nic.device},
                        {"kind", nic.fact("kind")},
                        {"driver", nic.fact("driver")},
                        {"pci", nic.fact("pci")},
                        {"node", or_null(layout.node)},
                        {"speed_mbps", or_null(layout.speed)},
                        {"up", layout.is_up},
                        {"carrier", layout.has_carrier},
                        {"master", nic.fact("master")},
                        {"management", nic.fact("management")},
                        {"owners", json_owners(layout)},
                        {"interrupts", json_interrupts(host.hardware.topology, layout)}});
    }
    return list;
}

}  // namespace

std::string json_of(const HostTopology& host) {
    Json json = head("topology", false, 0);
    json["cpus"] = json_cpus(host.hardware);
    json["sockets"] = json_sockets(host.hardware);
    json["nodes"] = json_nodes(host.hardware);
    json["caches"] = json_caches(host.hardware);
    json["cores"] = json_cores(host.hardware);
    json["nics"] = json_nics(host);
    json["notes"] = host.notes;
    return document(json);
}

}  // namespace nanotune::cli
