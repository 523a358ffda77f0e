// Other tools' settings as lines of a profile.
#include <algorithm>
#include <map>

#include "cli/import/systemd_import.hpp"
#include "cli/import/tuned_import.hpp"
#include "model/ini_text.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;

namespace {

using TextFiles = std::map<std::string, std::string>;

/// Four CPUs on two sockets, with governors and idle states.
TextFiles host() {
    const std::string cpu = "/sys/devices/system/cpu/";
    TextFiles files = {
        {cpu + "present", "0-3\n"},
        {cpu + "online", "0-3\n"},
        {cpu + "cpufreq/policy0/scaling_available_governors", "performance schedutil powersave\n"},
        {cpu + "cpu0/cpuidle/state0/name", "POLL\n"},
        {cpu + "cpu0/cpuidle/state0/latency", "0\n"},
        {cpu + "cpu0/cpuidle/state1/name", "C1\n"},
        {cpu + "cpu0/cpuidle/state1/latency", "2\n"},
        {"/proc/sys/net/core/somaxconn", "4096\n"},
        {"/proc/cpuinfo", "model name\t: Test\nflags\t\t: fpu hypervisor\n\n"}};
    for (int i = 0; i < 4; ++i) {
        files[cpu + "cpu" + std::to_string(i) + "/topology/physical_package_id"] =
            i < 2 ? "0\n" : "1\n";
    }
    return files;
}

HostReader reader_of(const TextFiles& files) {
    return [&files](const std::string& path) -> std::optional<std::string> {
        const auto found = files.find(path);
        return found == files.end() ? std::nullopt : std::optional(found->second);
    };
}

Import imported(const TextFiles& files, const std::vector<std::string>& names = {"mine"}) {
    const auto import = tuned_import(names, reader_of(files));
    REQUIRE(import);
    return *import;
}

Import imported_sysctls(const std::string& text) {
    const auto import = sysctl_import("60-mine.conf", text);
    REQUIRE(import);
    return *import;
}

Import imported_link(const std::string& text) {
    const auto import = link_import("50-fast.link", text, "50-fast");
    REQUIRE(import);
    return *import;
}

TextFiles with_profile(const std::string& text) {
    TextFiles files = host();
    files["/etc/tuned/mine/tuned.conf"] = text;
    return files;
}

/// "section key = value" of every line.
std::vector<std::string> lines_of(const Import& import) {
    std::vector<std::string> lines;
    for (const CarriedLine& line : import.carried()) {
        lines.push_back(line.section + " " + line.key + " = " + line.spellings.front());
    }
    return lines;
}

std::string optional(const std::string& value) {
    return "{ value = \"" + value + "\", optional = true }";
}

std::vector<std::string> reasons_of(const Import& import) {
    std::vector<std::string> reasons;
    for (const LeftOut& one : import.left()) {
        reasons.push_back(one.why);
    }
    return reasons;
}

}  // namespace

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

TEST_CASE("of a sysctl.d file the last line of a key counts, and patterns are left out",
          "[cli][import]") {
    const Import import = imported_sysctls(
        "# ours\nvm.swappiness = 10\n-net/ipv4/conf/eth0.1/rp_filter=0\n"
        "net.ipv4.conf.*.rp_filter = 2\nvm.swappiness=5\n; end\n");
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"net/ipv4/conf/eth0.1/rp_filter\" = " + optional("0"),
                                   "sysctl \"vm.swappiness\" = " + optional("5")});
    CHECK(reasons_of(import) ==
          std::vector<std::string>{"a pattern of keys: a profile names each"});
}

TEST_CASE("a .link file becomes a section for the devices that it matches", "[cli][import]") {
    const Import import = imported_link(
        "[Match]\nDriver=igb\nPermanentMACAddress=00:11:22:33:44:55\n[Link]\nMTUBytes=9K\n"
        "RxCoalesceSec=50us\nTxCoalesceSec=1\nRxBufferSize=max\nGenericReceiveOffload=no\n"
        "WakeOnLan=off\n");
    CHECK(lines_of(import) ==
          std::vector<std::string>{
              "nic.\"50-fast\" match = { driver = \"igb\", mac = \"00:11:22:33:44:55\" }",
              "nic.\"50-fast\" mtu = " + optional("9216"),
              "nic.\"50-fast\" coalesce.rx_usecs = " + optional("50us"),
              "nic.\"50-fast\" coalesce.tx_usecs = " + optional("1s"),
              "nic.\"50-fast\" features.gro = " + optional("false")});
    CHECK(reasons_of(import) ==
          std::vector<std::string>{"only the device knows its most: nanotune capture shows it",
                                   "no setting here does it"});
}

TEST_CASE("a .link file that no section can say is left out as a whole", "[cli][import]") {
    const Import import = imported_link("[Match]\nOriginalName=eth0 eth1\n[Link]\nMTUBytes=9000\n");
    CHECK(import.carried().empty());
    REQUIRE(import.left().size() == 1);
    CHECK(import.left()[0].why.starts_with("OriginalName= is a list"));
    const Import elsewhere =
        imported_link("[Match]\nOriginalName=eth0\nHost=colo-7\n[Link]\nMTUBytes=9000\n");
    CHECK(elsewhere.carried().empty());
    CHECK(reasons_of(elsewhere) == std::vector<std::string>{"sections select no devices by Host="});
}

TEST_CASE("devices that a .link file lists on lines of their own are not all one",
          "[cli][import]") {
    const Import two =
        imported_link("[Match]\nOriginalName=eth0\nOriginalName=eth1\n[Link]\nMTUBytes=9000\n");
    CHECK(two.carried().empty());
    CHECK(reasons_of(two) ==
          std::vector<std::string>{
              "OriginalName=eth1 comes on top of eth0: a section selects by one of them"});
    const Import other = imported_link(
        "[Match]\nPermanentMACAddress=00:11:22:33:44:55\nMACAddress=66:11:22:33:44:55\n"
        "[Link]\nMTUBytes=9000\n");
    CHECK(other.carried().empty());
    const Import again = imported_link(
        "[Match]\nOriginalName=eth0\nOriginalName=\nOriginalName=eth1\n[Link]\nMTUBytes=9000\n");
    CHECK(lines_of(again) == std::vector<std::string>{"nic.\"eth1\" mtu = " + optional("9000")});
}

TEST_CASE("sizes and switches of a .link file are read as systemd reads them", "[cli][import]") {
    const Import import = imported_link(
        "[Match]\nOriginalName=eth0\n[Link]\nMTUBytes=9000B\nTransmitChecksumOffload=YES\n"
        "GenericSegmentOffloadMaxBytes=17179869185G\nRxFlowControl=maybe\n");
    CHECK(lines_of(import) ==
          std::vector<std::string>{"nic.\"eth0\" mtu = " + optional("9000"),
                                   "nic.\"eth0\" features.tx = " + optional("true")});
    CHECK(reasons_of(import) == std::vector<std::string>{"its value is not understood here",
                                                         "its value is not understood here"});
}

TEST_CASE("a device that a .link file renames is known by its new name", "[cli][import]") {
    const Import import =
        imported_link("[Match]\nOriginalName=eth1\n[Link]\nName=feed0\nMTUBytes=9000\n");
    CHECK(lines_of(import) == std::vector<std::string>{"nic.\"feed0\" mtu = " + optional("9000")});
    CHECK(reasons_of(import) ==
          std::vector<std::string>{"a profile renames no device: the file goes on doing so"});
}

TEST_CASE("what a .link file says of speed is left to nic.link.mode", "[cli][import]") {
    const Import import = imported_link(
        "[Match]\nOriginalName=eth1\n[Link]\nAutoNegotiation=no\nBitsPerSecond=1G\nnothing\n");
    CHECK(import.carried().empty());
    const std::vector<std::string> reasons = reasons_of(import);
    REQUIRE(reasons.size() == 3);
    CHECK(reasons[0].starts_with("to be written by hand: nic.link.mode does it"));
    CHECK(reasons[1] == reasons[0]);
    CHECK(reasons[2] == "it is no KEY=VALUE");
}

TEST_CASE("a file of another kind is refused with what it seems to be", "[cli][import]") {
    const auto sysctls = sysctl_import("a.link", "[Match]\nOriginalName=eth0\n");
    REQUIRE(!sysctls);
    CHECK(sysctls.error().message ==
          "a.link:1: [Match]: sysctl.d(5) has no sections: is this a file for sysctl?");
    const auto link = link_import("a.conf", "vm.swappiness = 1\n", "a");
    REQUIRE(!link);
    CHECK(link.error().message == "a.conf has neither [Match] nor [Link]: is it a .link file?");
}

TEST_CASE("a sysctl in slashes is the one in dots, and a line that is none is told",
          "[cli][import]") {
    const Import import = imported_sysctls(
        "net/ipv4/conf/eth1/rp_filter=1\nnet.ipv4.conf.eth0/7.tag=2\nbogus line\n"
        "-net.ipv4.conf.all.rp_filter\n");
    CHECK(lines_of(import) ==
          std::vector<std::string>{"sysctl \"net.ipv4.conf.eth1.rp_filter\" = " + optional("1"),
                                   "sysctl \"net/ipv4/conf/eth0.7/tag\" = " + optional("2")});
    REQUIRE(import.left().size() == 2);
    CHECK(import.left()[0] == LeftOut{"60-mine.conf:3: bogus line", "it is no KEY = VALUE"});
    CHECK(import.left()[1].why.starts_with("it keeps this key from patterns"));
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

TEST_CASE("each dialect has its own way to go on with a line", "[cli][import]") {
    constexpr std::string_view text = "[a]\nx=1\\\n 2\n";
    CHECK(value_in(ini_lines(text, systemd_dialect), "a", "x") == "1 2");
    CHECK(value_in(ini_lines(text, tuned_dialect), "a", "x") == "1\\ 2");
    CHECK(value_in(ini_lines(text, glib_dialect), "a", "x") == "1\\");
    CHECK(value_in(ini_lines("[a]\nx=1\nx=2\n[b]\nx=3\n", glib_dialect), "a", "x") == "2");
    CHECK(value_in(ini_lines("[a]\nx=1 # one\n", glib_dialect), "a", "x") == "1 # one");
}
