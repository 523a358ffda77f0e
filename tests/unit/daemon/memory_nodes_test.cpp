// Which nodes a worker's memory belongs to, and what of it is on others.
#include "worker/memory_nodes.hpp"

#include <filesystem>
#include <fstream>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

/// Two nodes with memory and two CPUs each, and one of CPUs alone.
void make_nodes(const std::string& folder) {
    std::ofstream(folder + "/has_memory") << "0,2\n";
    for (const auto& [node, cpus] : {std::pair(0, "0-1"), {1, "2-3"}, {2, "4-5"}}) {
        const std::string path = folder + "/node" + std::to_string(node);
        std::filesystem::create_directory(path);
        std::ofstream(path + "/cpulist") << cpus << '\n';
    }
}

Result<worker::MemoryNodes> nodes_of(std::string_view cpus, const std::string& folder) {
    return worker::nodes_of(CpuSet::from_list(cpus).value(), folder);
}

}  // namespace

TEST_CASE("memory belongs to the nodes of the CPUs that use it", "[worker][memory]") {
    const ScratchFolder folder;
    make_nodes(folder.path());
    const auto near = nodes_of("5", folder.path());
    REQUIRE(near);
    CHECK(near->nodes.list() == "2");
    CHECK_FALSE(near->are_all);
    const auto all = nodes_of("1,4", folder.path());
    REQUIRE(all);
    CHECK(all->nodes.list() == "0,2");
    CHECK(all->are_all);
    const auto none = nodes_of("1-2", folder.path());
    REQUIRE_FALSE(none);
    CHECK(none.error().message.contains("CPU 2 is on no node with memory"));
    CHECK_FALSE(nodes_of("1", folder.path() + "/nowhere"));
}

TEST_CASE("pages that are somebody else's, too, do not count as a worker's", "[worker][memory]") {
    const std::string maps =
        "00400000 bind:1 file=/usr/libexec/nanotune/nanotune-worker mapped=30 N0=30\n"
        "7f0000000000 bind:1 file=/lib/libc.so.6 anon=2 dirty=2 N0=2 kernelpagesize_kB=4\n"
        "7f0000100000 bind:1 file=/anon_hugepage\\040(deleted) huge anon=4 dirty=4 N1=4 "
        "kernelpagesize_kB=2048\n"
        "7f0000200000 bind:1 anon=9 dirty=9 N0=3 N1=6 kernelpagesize_kB=4\n"
        "7ffd00000000 bind:1 stack anon=1 dirty=1 N0=1 kernelpagesize_kB=4";
    CHECK(worker::pages_elsewhere(maps, CpuSet::of(1)) == 4);
    CHECK(worker::pages_elsewhere(maps, CpuSet::range(0, 1)) == 0);
}
