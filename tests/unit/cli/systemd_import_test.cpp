// The settings of systemd's files as lines of a profile.
#include "cli/import/systemd_import.hpp"

#include "cli/import/tuned_import.hpp"
#include "import_given.hpp"
#include "model/ini_text.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::cli::given;

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

TEST_CASE("each dialect has its own way to go on with a line", "[cli][import]") {
    constexpr std::string_view text = "[a]\nx=1\\\n 2\n";
    CHECK(value_in(ini_lines(text, systemd_dialect), "a", "x") == "1 2");
    CHECK(value_in(ini_lines(text, tuned_dialect), "a", "x") == "1\\ 2");
    CHECK(value_in(ini_lines(text, glib_dialect), "a", "x") == "1\\");
    CHECK(value_in(ini_lines("[a]\nx=1\nx=2\n[b]\nx=3\n", glib_dialect), "a", "x") == "2");
    CHECK(value_in(ini_lines("[a]\nx=1 # one\n", glib_dialect), "a", "x") == "1 # one");
}
