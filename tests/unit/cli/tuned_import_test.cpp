// TuneD's settings as lines of a profile.
#include "cli/import/tuned_import.hpp"

#include <algorithm>

#include "import_given.hpp"
#include "model/ini_text.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::cli::given;

TEST_CASE("a TuneD profile comes after what it includes, line by line", "[cli][import]") {
    TextFiles files = with_profile(
        "[main]\nsummary=Mine\ninclude=base\n[sysctl]\nvm.swappiness=1 # less\n"
        "net.core.somaxconn=>2048\n[cpu]\ngovernor=conservative|powersave\n");
    files["/usr/lib/tuned/base/tuned.conf"] =
        "[main]\nsummary=Base\n[sysctl]\nvm.swappiness=10\nkernel.sem=\"1 2 3 4\"\n"
        "[cpu]\nforce_latency=cstate.id_no_zero:0|cstate.name:C1|9\n";
    const Import import = imported(files);
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"vm.swappiness\" = " + optional("1"),
                                   "sysctl \"kernel.sem\" = " + optional("1 2 3 4"),
                                   "sysctl \"net.core.somaxconn\" = " + optional("4096"),
                                   "cpu wake_latency = " + optional("2us"),
                                   "cpu governor = " + optional("powersave")});
    CHECK(import.carried()[0].origin == "/etc/tuned/mine/tuned.conf:5: [sysctl] vm.swappiness=1");
    CHECK(import.carried()[2].note == "TuneD: >2048, and this host has 4096");
    CHECK(import.text().contains("summary = \"Mine\"\n"));
    CHECK(import.left().empty());
}

TEST_CASE("what newer versions of TuneD call otherwise, or have of their own, is known",
          "[cli][import]") {
    const Import import = imported(with_profile(
        "[vm]\ndirty_bytes=40%\n[cpu]\nboost=0\n"
        "energy_performance_preference=balance_power|power\n[acpi]\nplatform_profile=quiet\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"vm.dirty_ratio\" = " + optional("40"),
                                   "cpu boost = " + optional("false"),
                                   "cpu energy_preference = " + optional("balance_power")});
    REQUIRE(import.left().size() == 1);
    CHECK(import.left()[0].why == "no setting here writes the firmware's platform profile");
}

TEST_CASE("what a profile replaces, drops or switches off is not imported", "[cli][import]") {
    TextFiles files = with_profile(
        "[main]\ninclude=base\n[sysctl]\nreplace=1\nvm.swappiness=1\n[vm]\nenabled=false\n"
        "[cpu]\ndrop=governor\n");
    files["/usr/lib/tuned/base/tuned.conf"] =
        "[sysctl]\nkernel.sem=1\n[vm]\ntransparent_hugepages=never\n[cpu]\ngovernor=performance\n";
    const Import import = imported(files);
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"vm.swappiness\" = " + optional("1")});
    REQUIRE(import.passed_over().size() == 1);
    CHECK(import.passed_over()[0].why == "the profile switches it off");
}

TEST_CASE("variables and functions of TuneD's are worked out for the host", "[cli][import]") {
    TextFiles files = with_profile(
        "[variables]\ninclude=/etc/tuned/mine-variables.conf\n"
        "check=\\\\${isolated}\nassert1=${f:assertion_non_equal:set:${isolated}:${check}}\n"
        "rest=${f:cpulist_invert:${isolated}}\nmask=${f:cpulist2hex:${rest}}\n"
        "flags=${f:regex_search_ternary:${managed}:\\b[y,Y]\\b:managed_irq,domain,:}\n"
        "[sysfs]\n/sys/devices/virtual/workqueue/cpumask=${mask}\n/sys/power/other=1\n"
        "[bootloader]\ncmdline_mine=+isolcpus=${flags}${isolated} nosoftlockup\n"
        "initrd_add_dir=${f:exec:mktemp:-d}\n"
        "[net]\nchannels=combined ${f:check_net_queue_count:${unset}}\n"
        "[irqbalance]\nbanned_cpus=${isolated}\n");
    files["/etc/tuned/mine-variables.conf"] = "isolated=${f:calc_isolated_cores:1}\nmanaged=Y\n";
    const Import import = imported(files);
    CHECK(lines_of(import) ==
          std::vector<std::string>{"cpu workqueues.unbound_cpus = " + optional("0,2"),
                                   "boot isolcpus = " + optional("1,3"),
                                   "boot isolcpus_flags = " + optional("managed_irq,domain"),
                                   "boot nosoftlockup = " + optional("true"),
                                   "nic.\"*\" channels.combined = " + optional("4"),
                                   "irq default_affinity = " + optional("0,2")});
    CHECK(reasons_of(import) ==
          std::vector<std::string>{"no setting here writes this file",
                                   "the initial file system is not what is tuned here"});
    // Two lines of ours come from one word of theirs.
    CHECK(import.carried_options() == 5);
}

TEST_CASE("a profile whose own assertion fails is not imported", "[cli][import]") {
    TextFiles files = with_profile("[variables]\nx=${f:assertion:cores are online:1,9:1}\n[vm]\n");
    const auto import = tuned_import({"mine"}, reader_of(files));
    REQUIRE(!import);
    CHECK(
        import.error().message ==
        "the profile refuses this host: \"cores are online\" does not hold: \"1,9\" is not \"1\"");
}

TEST_CASE("a profile that is not there is told with who includes it", "[cli][import]") {
    TextFiles files = with_profile("[main]\ninclude=gone\n");
    const auto import = tuned_import({"mine"}, reader_of(files));
    REQUIRE(!import);
    CHECK(import.error().message.starts_with(
        "TuneD's profile gone, which /etc/tuned/mine/tuned.conf:2 includes, is not there: looked "
        "for /etc/tuned/gone/tuned.conf, "));
}

TEST_CASE("devices, policies of kernel threads and other processors are theirs", "[cli][import]") {
    const Import import = imported(
        with_profile("[net.feeds]\ntype=net\ndevices=eth1,eth2\nring=rx 512\nfeatures=gro off\n"
                     "[net.rest]\ntype=net\ndevices=!eth1\nmtu=9000\n"
                     "[scheduler]\ngroup.rcuc=0:f:4:*:^\\[rcuc\ngroup.app=0:f:4:*:.*app.*\n"
                     "[vm]\ncpuinfo_regex=model name\\s+:.*AMD\ntransparent_hugepages=never\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"nic.\"eth1\" ring.rx = " + optional("512"),
                                   "nic.\"eth2\" ring.rx = " + optional("512"),
                                   "nic.\"eth1\" features.gro = " + optional("false"),
                                   "nic.\"eth2\" features.gro = " + optional("false"),
                                   "process.\"rcuc\" match = { kthread = \"rcuc*\" }",
                                   "process.\"rcuc\" policy = \"fifo\"",
                                   "process.\"rcuc\" priority = 4"});
    REQUIRE(import.left().size() == 2);
    CHECK(import.left()[0].origin == "/etc/tuned/mine/tuned.conf:9: [net.rest] mtu=9000");
    CHECK(import.left()[1].origin.contains("group.app"));
    REQUIRE(import.passed_over().size() == 1);
    CHECK(import.passed_over()[0].why == "only for another processor");
}

TEST_CASE("several TuneD profiles are merged in order, and those that are active are known",
          "[cli][import]") {
    TextFiles files = with_profile("[sysctl]\nvm.swappiness=1\nkernel.sem=1\n");
    files["/usr/lib/tuned/guest/tuned.conf"] = "[sysctl]\nvm.swappiness=30\n";
    const Import import = imported(files, {"mine", "guest"});
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"vm.swappiness\" = " + optional("30"),
                                   "sysctl \"kernel.sem\" = " + optional("1")});
    CHECK(import.from() == "TuneD's profiles mine and guest");
    CHECK(!active_tuned_profiles(reader_of(files)));
    files["/etc/tuned/active_profile"] = "mine guest\n";
    files["/etc/tuned/post_loaded_profile"] = "late\n";
    CHECK(active_tuned_profiles(reader_of(files)) ==
          std::vector<std::string>{"mine", "guest", "late"});
}

TEST_CASE("files that TuneD writes are the settings that write them, by device and by CPU",
          "[cli][import]") {
    const Import import = imported(
        with_profile("[sysfs]\n/sys/class/net/eth*/queues/rx-*/rps_cpus=f\n"
                     "/sys/class/net/eth1/tx_queue_len=5000\n/proc/sys/vm/swappiness=1\n"
                     "/sys/devices/system/cpu/cpu*/cpufreq/scaling_governor=powersave\n"
                     "/sys/devices/system/cpu/cpu3/cpufreq/scaling_governor=performance\n"
                     "/sys/devices/system/cpu/cpu[01]/cpufreq/scaling_governor=performance\n"
                     "/sys/class/net/eth1/queues/rx-0/rps_cpus=1\n"
                     "/sys/class/net/eth2/queues/tx-*/xps_cpus=0\n"
                     "/sys/class/net/eth1/queues/rx-[01]/rps_cpus=1\n"
                     "/sys/devices/virtual/workqueue/cpumask=0\n/sys/class/net/eth1/other=1\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"nic.\"eth*\" rps.cpus = " + optional("0-3"),
                                   "nic.\"eth1\" txqueuelen = " + optional("5000"),
                                   "sysctl \"vm.swappiness\" = " + optional("1"),
                                   "cpu governor = " + optional("powersave"),
                                   "cpu.3 governor = " + optional("performance"),
                                   "nic.\"eth1\".queue.\"0\" rps.cpus = " + optional("0"),
                                   "nic.\"eth2\" xps.cpus = " + optional("none")});
    CHECK(reasons_of(import) ==
          std::vector<std::string>{
              "to be written by hand: cpu.governor does it, for CPUs by their numbers",
              "to be written by hand: nic.rps.cpus does it, for queues by their numbers",
              "\"0\" is no mask of any CPU", "no setting here writes this file"});
}

TEST_CASE("what is left out stands in the order of the file, whoever objects", "[cli][import]") {
    Import import("a test", "Test");
    const auto line = [](const std::string& key, unsigned number) {
        return CarriedLine{.section = "sysctl",
                           .key = key,
                           .spellings = {"1"},
                           .origin = "x:" + std::to_string(number),
                           .note = {}};
    };
    import.carry(line("a", 1));
    import.carry(line("b", 2));
    import.leave("x:3", "a pattern");
    const auto number_of = [&import](const std::string& key) {
        const std::string text = import.text();
        return std::to_string(std::ranges::count(text.substr(0, text.find(key + " = 1")), '\n') +
                              1);
    };
    const Problems problems = {{ErrorCode::invalid, "f:" + number_of("b") + ":1: no", 0},
                               {ErrorCode::invalid, "f:" + number_of("a") + ":1: no", 0}};
    REQUIRE(import.amend(problems, "f"));
    CHECK(import.left() ==
          std::vector<LeftOut>{{"x:1", "no"}, {"x:2", "no"}, {"x:3", "a pattern"}});
}

TEST_CASE("what the profile's own check objects to gets its next spelling, or is left out",
          "[cli][import]") {
    Import import("a test", "Test");
    import.carry({.section = "sysctl",
                  .key = "\"a\"",
                  .spellings = {"1", "true"},
                  .origin = "x:1: a",
                  .note = {}});
    import.carry(
        {.section = "sysctl", .key = "\"b\"", .spellings = {"2"}, .origin = "x:2: b", .note = {}});
    const auto line_of = [](const std::string& text, const std::string& line) {
        return std::to_string(std::ranges::count(text.substr(0, text.find(line)), '\n') + 1);
    };
    const auto done = checked_import(
        import,
        [&](const std::string& text) {
            Problems problems;
            for (const std::string wrong : {"\"a\" = 1 ", "\"b\" = 2 "}) {
                if (text.contains(wrong)) {
                    problems.push_back({ErrorCode::invalid,
                                        "file:" + line_of(text, wrong) + ":5: it is wrong", 0});
                }
            }
            return problems;
        },
        "file");
    REQUIRE(done);
    CHECK(lines_of(*done) == std::vector<std::string>{"sysctl \"a\" = true"});
    CHECK(done->left() == std::vector<LeftOut>{{"x:2: b", "it is wrong"}});
}

TEST_CASE("a value that continues on an indented line, and a quoted one, are read whole",
          "[cli][import]") {
    const auto lines = ini_lines("[a]\nx = 1\n  2 # note\n;y=3\n", tuned_dialect);
    REQUIRE(lines.size() == 2);
    CHECK(lines[1].value == "1 2");
    CHECK(unquoted(" \"1 2\" ") == "1 2");
}

TEST_CASE("an indented section of TuneD's has its options, and what goes on is further in",
          "[cli][import]") {
    const Import import =
        imported(with_profile("[sysctl]\n  net.core.rmem_max=1\n  net.core.wmem_max=2\n    3\n"
                              " vm.swappiness=4\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"net.core.rmem_max\" = " + optional("1"),
                                   "sysctl \"net.core.wmem_max\" = " + optional("2 3"),
                                   "sysctl \"vm.swappiness\" = " + optional("4")});
}

TEST_CASE("what TuneD could not read is told, and so is a file of variables that is not there",
          "[cli][import]") {
    const Import import =
        imported(with_profile("[variables]\ninclude=/etc/tuned/gone.conf\n[sysctl]\nvm.swappiness "
                              "4\nvm.stat_interval=1\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"vm.stat_interval\" = " + optional("1")});
    REQUIRE(import.left().size() == 2);
    CHECK(import.left()[0].origin == "/etc/tuned/mine/tuned.conf:4: vm.swappiness 4");
    CHECK(import.left()[1].why == "the file of variables is not there");
}

TEST_CASE("a line for several devices that none of them can have is left out once",
          "[cli][import]") {
    const Import import = imported(with_profile("[net]\ndevices=eth0,eth1\nring=rx 4096 tx\n"));
    CHECK(import.carried().size() == 2);
    CHECK(reasons_of(import) == std::vector<std::string>{"it has no value"});
}

TEST_CASE("read-ahead that TuneD only raises leaves a disk that has more", "[cli][import]") {
    const Import import = imported(with_profile("[disk]\nreadahead=>4096\n"));
    CHECK(lines_of(import) ==
          std::vector<std::string>{"memory readahead = { value = \"4096KiB\", optional = true, "
                                   "at_least = true }"});
}
