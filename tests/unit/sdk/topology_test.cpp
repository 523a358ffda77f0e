// Topology of small hosts, made of text.
#include <nanotune/topology.hpp>

#include "support/catch.hpp"
#include "support/cpu_list.hpp"

using namespace nanotune;
using nanotune::test::list;

namespace {

/// Files as a map; a folder is whatever paths go through it.
class TextFiles final : public Files {
  public:
    explicit TextFiles(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}

    Result<std::string> read(const std::string& path) override {
        const auto found = texts_.find(path);
        if (found == texts_.end()) {
            return failure(ErrorCode::not_found, path);
        }
        if (found->second == "denied") {
            return failure(ErrorCode::denied, path);
        }
        return found->second;
    }
    Status write(const std::string& path, std::string_view) override {
        return failure(ErrorCode::denied, path);
    }
    Result<std::vector<std::string>> list(const std::string& folder) override {
        std::vector<std::string> names;
        for (const auto& [path, text] : texts_) {
            if (path.starts_with(folder + "/")) {
                const std::string rest = path.substr(folder.size() + 1);
                names.push_back(rest.substr(0, rest.find('/')));
            }
        }
        if (names.empty()) {
            return failure(ErrorCode::not_found, folder);
        }
        return names;
    }
    Result<std::string> link_name(const std::string& path) override {
        return failure(ErrorCode::not_found, path);
    }
    Result<std::string> resolved(const std::string& path) override { return path; }
    bool exists(const std::string& path) override { return texts_.contains(path); }
    Status may_write(const std::string& path) override { return failure(ErrorCode::denied, path); }

  private:
    std::map<std::string, std::string> texts_;
};

const std::string cpu = "/sys/devices/system/cpu/";
const std::string node = "/sys/devices/system/node/";

/// Two nodes of two cores of two threads: cores 0,4 1,5 | 2,6 3,7.
std::map<std::string, std::string> two_nodes() {
    std::map<std::string, std::string> texts{{cpu + "present", "0-7"},
                                             {cpu + "online", "0-7"},
                                             {cpu + "isolated", "3,7"},
                                             {node + "has_cpu", "0-1"},
                                             {node + "node0/cpulist", "0-1,4-5"},
                                             {node + "node1/cpulist", "2-3,6-7"}};
    for (unsigned number = 0; number < 8; ++number) {
        texts[cpu + "cpu" + std::to_string(number) + "/topology/thread_siblings_list"] =
            std::to_string(number % 4) + "," + std::to_string(number % 4 + 4);
    }
    return texts;
}

/// What the same host shows after these CPUs went offline.
std::map<std::string, std::string> two_nodes_without(const CpuSet& gone) {
    auto texts = two_nodes();
    for (auto& [path, text] : texts) {
        if (path != cpu + "present" && path != cpu + "isolated" && path != node + "has_cpu") {
            text = (CpuSet::from_list(text).value() - gone).list();
        }
    }
    for (const unsigned number : gone.members()) {
        texts.erase(cpu + "cpu" + std::to_string(number) + "/topology/thread_siblings_list");
    }
    return texts;
}

Topology observed(std::map<std::string, std::string> texts) {
    TextFiles files(std::move(texts));
    return observed_topology(files).value();
}

}  // namespace

TEST_CASE("cores and nodes are read from sysfs", "[topology]") {
    const Topology host = observed(two_nodes());
    CHECK(host.present == list("0-7"));
    CHECK(host.online == list("0-7"));
    CHECK(host.isolated == list("3,7"));
    CHECK(host.cores == std::vector{list("0,4"), list("1,5"), list("2,6"), list("3,7")});
    CHECK(host.nodes == std::map<unsigned, CpuSet>{{0, list("0-1,4-5")}, {1, list("2-3,6-7")}});
}

TEST_CASE("CPUs know their core and their node", "[topology]") {
    const Topology host = observed(two_nodes());
    CHECK(host.siblings(6) == list("2,6"));
    CHECK(host.siblings(8).empty());
    CHECK(host.node_of(6) == 1U);
    CHECK(host.node_of(8) == std::nullopt);
    CHECK(host.nodes_of(list("0,7")) == list("0-1"));
    CHECK(host.nodes_of(list("0,4")) == list("0"));
    CHECK(host.nodes_of({}).empty());
}

TEST_CASE("SMT off leaves the first thread of each core, as the kernel then shows it",
          "[topology]") {
    const Topology after = observed(two_nodes()).without_siblings();
    CHECK(after.online == list("0-3"));
    CHECK(after == observed(two_nodes_without(list("4-7"))));
    CHECK(after.without_siblings() == after);
}

TEST_CASE("SMT off keeps a core's second thread where the first is offline already", "[topology]") {
    const Topology after = observed(two_nodes_without(list("0"))).without_siblings();
    CHECK(after.online == list("1-4"));
}

TEST_CASE("a plan with CPUs offline foresees what the kernel then shows", "[topology]") {
    const Topology host = observed(two_nodes());
    CHECK(host.without(list("2,6-7")) == observed(two_nodes_without(list("2,6-7"))));
    CHECK(host.without({}) == host);
    CHECK(host.without(list("2,6")).siblings(2).empty());
}

TEST_CASE("a host without NUMA is one node with every CPU", "[topology]") {
    const Topology host = observed({{cpu + "present", "0-1"}, {cpu + "online", "0-1\n"}});
    CHECK(host.nodes == std::map<unsigned, CpuSet>{{0, list("0-1")}});
    CHECK(host.isolated.empty());
    CHECK(host.cores == std::vector{list("0"), list("1")});
}

TEST_CASE("a node with memory alone has no CPUs", "[topology]") {
    auto texts = two_nodes();
    texts[node + "node2/cpulist"] = "\n";
    const Topology host = observed(texts);
    REQUIRE(host.nodes.contains(2));
    CHECK(host.nodes.at(2).empty());
}

TEST_CASE("a host whose sysfs is missing or unreadable has no topology", "[topology]") {
    TextFiles nothing({});
    CHECK(observed_topology(nothing).error().code == ErrorCode::not_found);

    auto texts = two_nodes();
    texts[cpu + "isolated"] = "denied";
    TextFiles hidden(texts);
    CHECK(observed_topology(hidden).error().code == ErrorCode::denied);

    texts[cpu + "isolated"] = "0-x";
    TextFiles garbled(texts);
    CHECK(observed_topology(garbled).error().message ==
          "/sys/devices/system/cpu/isolated: \"0-x\" is no list of CPUs: \"0-x\" is no number or "
          "range of numbers below 8192");
}
