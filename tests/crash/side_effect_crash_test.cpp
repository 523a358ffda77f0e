// Apply, killed among changes that reset, remove and bring back other settings.
#include "every_kill.hpp"
#include "support/catch.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

TEST_CASE("killed anywhere around a change of channels, what it reset is restored as well",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering(),
                      .verb = applying("[memory]\nswappiness = 10\n"
                                       "[nic.eth0]\nchannels.combined = 1\nmtu = 1400\n"
                                       "[nic.veth0]\nchannels.rx = 1\nchannels.tx = 1\n")},
                     5);
}

TEST_CASE("killed anywhere with the interrupts' CPUs changing too, all are restored",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering(),
                      .verb = applying("[nic.eth0]\nchannels.combined = 4\nrps.cpus = \"2\"\n"
                                       "[irq.eth0]\ncpus = \"0-3\"\nspread = \"one-to-one\"\n")},
                     5);
}

TEST_CASE("killed anywhere while CPUs go offline, they and their settings come back",
          "[crash][apply]") {
    check_every_kill({.host = given::host().with_cpus({.cores = 2, .threads = 2}).with_cpufreq(),
                      .verb = applying("[cpu]\nsmt = \"off\"\ngovernor = \"performance\"\n")},
                     3);
}

TEST_CASE("killed anywhere when channels replace another profile's steering, it is in force again",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering(),
                      .before = {"[nic.eth0]\nrps.cpus = \"1\"\n[irq.eth0]\ncpus = \"2\"\n"},
                      .verb = applying("[nic.eth0]\nchannels.combined = 1\n")},
                     3);
}

TEST_CASE("killed anywhere while irqbalance is told, it may move the interrupts again",
          "[crash][apply]") {
    check_every_kill({.host = host_with_steering().with_irqbalance(),
                      .verb = applying("[irq.eth0]\ncpus = \"2-3\"\nspread = \"one-to-one\"\n")},
                     3);
}

TEST_CASE("killed anywhere while threads are placed, they are where they were", "[crash][apply]") {
    check_every_kill(
        {.host = given::host().with_process(
             "feed",
             {.pid = 1234, .unit = "feed.service", .threads = {{1235, "rx-0"}, {1236, "rx-1"}}}),
         .verb = applying("[process.feed]\nmatch = { unit = \"feed.service\" }\n"
                          "threads = [{ name = \"rx-*\", cpus = \"2-3\", spread = \"one-to-one\", "
                          "policy = \"fifo\", priority = 80 }]\n")},
        4);
}

TEST_CASE("killed anywhere while a VLAN's MTU falls with its device's, both are restored",
          "[crash][apply]") {
    check_every_kill({.host = given::host()
                                  .with_sysctl("vm.swappiness", "60")
                                  .with_nic("eth0", {.queues = 1})
                                  .with_nic("eth0.100", {.kind = "vlan", .over = "eth0"}),
                      .verb = applying("[memory]\nswappiness = 10\n[nic.eth0]\nmtu = 1400\n")},
                     2);
}
