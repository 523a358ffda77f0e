// ${name}, [vars] and --set.
#include <algorithm>

#include "given_profile.hpp"
#include "support/catch.hpp"

using namespace nanotune;

namespace {

std::vector<std::string> words_of(const given::Resolution& given, std::string_view plugin) {
    std::vector<std::string> words;
    for (const ResolvedSection& section : given.profile().sections) {
        if (section.plugin->name == plugin) {
            words.push_back(section.selector.text);
        }
    }
    return words;
}

}  // namespace

TEST_CASE("a list in a table's word makes one section for each", "[variables]") {
    const auto given =
        given::resolution("[vars]\nfeeds = [\"eth0\", \"enp*\"]\n[nic.\"${feeds}\"]\nmtu = 1500\n");
    CHECK(words_of(given, "nic") == std::vector<std::string>{"eth0", "enp*"});
    CHECK(given.section("nic", "enp*").selector.kind == SectionSelector::Kind::glob);
}

TEST_CASE("a list in a value is joined by commas", "[variables]") {
    const auto given = given::resolution(
        "[vars]\nfeeds = [\"eth0\", \"eth1\"]\n[boot]\nisolcpus = \"<${feeds}>\"\n");
    CHECK(given.setting("isolcpus").value == Value(std::string("<eth0,eth1>")));
}

TEST_CASE("in a section for each element, the list's name means that element", "[variables]") {
    const auto given = given::resolution(
        "[vars]\nfeeds = [\"eth0\", \"eth1\"]\napplications = [\"a\", \"b\"]\n"
        "[irq.\"${feeds}\"]\ncpus = \"numa(${feeds})\"\n"
        "[process.\"${applications}\"]\nmatch = { comm = \"${applications}\" }\npolicy = "
        "\"rr\"\n");
    CHECK(given.section("irq", "eth0").settings[0].expression == "numa(eth0)");
    CHECK(given.section("irq", "eth1").settings[0].expression == "numa(eth1)");
    CHECK(given.section("process", "b").selector.match.front().second == "b");
}

TEST_CASE("an empty name in a table's word is an error, not every device", "[variables]") {
    for (const char* const profile :
         {"[nic.\"\"]\nmtu = 9000\n", "[vars]\nfeed = \"\"\n[nic.\"${feed}\"]\nmtu = 9000\n",
          "[vars]\nfeeds = [\"eth0\", \"\"]\n[nic.\"${feeds}\"]\nmtu = 9000\n"}) {
        INFO(profile);
        const auto given = given::resolution(std::string(profile));
        REQUIRE(given.messages().size() == 1);
        CHECK_THAT(given.messages().front(), nanotune::test::Contains("the name is empty"));
    }
}

TEST_CASE("an empty list makes no section", "[variables]") {
    const auto given = given::resolution(
        "[vars]\nfeeds = []\n[nic.\"${feeds}\"]\nmtu = 1500\n[boot]\nisolcpus = \"<${feeds}>\"\n");
    CHECK(words_of(given, "nic").empty());
    CHECK(given.setting("isolcpus").value == Value(std::string("<>")));
}

TEST_CASE("the domain parses what the variable made", "[variables]") {
    const auto given = given::resolution(
        "[vars]\nmtu = \"9000\"\noff = \"false\"\n[nic.eth0]\nmtu = \"${mtu}\"\n"
        "coalesce.adaptive_rx = \"${off}\"\n");
    CHECK(given.setting("mtu").value == Value(std::int64_t{9000}));
    CHECK(given.setting("coalesce.adaptive_rx").value == Value(false));
}

TEST_CASE("variables are put in after merging", "[variables]") {
    const auto given =
        given::resolution({{"host", "[profile]\nextends = [\"base\"]\n[vars]\nmtu = \"9000\"\n"},
                           {"base", "[vars]\nmtu = \"1500\"\n[nic.eth0]\nmtu = \"${mtu}\"\n"}});
    CHECK(given.setting("mtu").value == Value(std::int64_t{9000}));
}

TEST_CASE("an override by --set comes last, and splits where a list is declared", "[variables]") {
    const auto given = given::resolution(
        "[vars]\nfeeds = [\"eth0\"]\nmtu = \"1500\"\n[cpus]\nirq = \"1\"\n"
        "[nic.\"${feeds}\"]\nmtu = \"${mtu}\"\n",
        {{"feeds", "eth1,eth2"}, {"mtu", "9000"}, {"cpus.irq", "0-1"}});
    CHECK(words_of(given, "nic") == std::vector<std::string>{"eth1", "eth2"});
    CHECK(given.section("nic", "eth1").settings[0].value == Value(std::int64_t{9000}));
    CHECK(given.profile().irq.text == "0-1");
    CHECK(given.profile().irq.origin.text() == "--set cpus.irq=0-1");
}

TEST_CASE("variables may be made of variables", "[variables]") {
    const auto given = given::resolution(
        "[vars]\na = [\"${b}0\", \"${b}1\"]\nb = \"eth\"\nc = [\"${a}\", \"lan\"]\n"
        "[nic.\"${c}\"]\nmtu = 1500\n[irq.eth0]\ncpus = \"${d}\"\n[cpus]\nirq = \"1\"\n"
        "[vars.more]\n");
    CHECK(given.messages().size() == 2);  // vars.more is a table, ${d} unknown
    const auto good = given::resolution(
        "[vars]\na = [\"${b}0\", \"${b}1\"]\nb = \"eth\"\nc = [\"${a}\", \"lan\"]\n"
        "d = \"${cpus.irq},2\"\n[nic.\"${c}\"]\nmtu = 1500\n[irq.eth0]\ncpus = \"${d}\"\n");
    CHECK(words_of(good, "nic") == std::vector<std::string>{"eth0", "eth1", "lan"});
    CHECK(good.setting("cpus").expression == "irq,2");
}

TEST_CASE("a variable made of itself is told", "[variables][bad input]") {
    CHECK(given::resolution("[vars]\na = \"${b}\"\nb = \"${c}\"\nc = \"${b}\"\n").messages() ==
          std::vector<std::string>{"host.toml:3:1: vars.b is made of itself: b -> c -> b"});
}

TEST_CASE("what is made of a variable of itself is not told besides", "[variables][bad input]") {
    CHECK(given::resolution("[vars]\na = \"${a}\"\n[nic.eth0]\nmtu = \"${a}\"\n").messages() ==
          std::vector<std::string>{"host.toml:2:1: vars.a is made of itself: a -> a"});
}

TEST_CASE("variables that multiply without bound are refused", "[variables][bad input]") {
    std::string text = "[vars]\nv0 = \"aaaaaaaaaaaaaaaa\"\n";
    const auto twice_the_last = [](int i) {
        const std::string last = "${v" + std::to_string(i - 1) + "}";
        return "v" + std::to_string(i) + " = \"" + last + last + "\"\n";
    };
    for (int i = 1; i < 40; ++i) {
        text += twice_the_last(i);
    }
    const auto messages = given::resolution(text).messages();
    REQUIRE_FALSE(messages.empty());
    CHECK(messages.front().ends_with("its variables make it longer than any setting can be"));
}

TEST_CASE("a deep chain of variables is refused, not followed", "[variables][bad input]") {
    std::string text = "[vars]\nv0 = \"a\"\n";
    for (int i = 1; i < 20'000; ++i) {
        text += "v" + std::to_string(i) + " = \"${v" + std::to_string(i - 1) + "}\"\n";
    }
    const auto messages = given::resolution(text).messages();
    REQUIRE_FALSE(messages.empty());
    CHECK(messages.front().ends_with("is made of variables more than 64 deep"));
}

TEST_CASE("a set of CPUs can neither name a device nor be a number", "[variables][bad input]") {
    CHECK(given::resolution("[nic.\"${cpus.irq}\"]\nmtu = 1\n").messages() ==
          std::vector<std::string>{
              "host.toml:1:6: ${cpus.irq} cannot stand here: it is a set of CPUs"});
    CHECK(given::resolution("[nic.eth0]\nmtu = \"${cpus.irq}\"\n").messages() ==
          std::vector<std::string>{
              "host.toml:2:7: ${cpus.irq} cannot stand here: it is a set of CPUs"});
}

namespace {

/// As many times, with its number in place of #.
std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) {
        for (const char letter : text) {
            all += letter == '#' ? std::to_string(i) : std::string(1, letter);
        }
    }
    return all;
}

}  // namespace

TEST_CASE("lists make no more sections than any host needs", "[variables][bad input]") {
    const std::string list = "[vars]\nl = [" + repeated("'e#',", 1000) + "]\n";
    CHECK(given::resolution(list + repeated("[nic.\"${l}-#\"]\nmtu = 1500\n", 2))
              .profile()
              .sections.size() == 2000);
    const auto messages =
        given::resolution(list + repeated("[nic.\"${l}-#\"]\nmtu = 1500\n", 2000)).messages();
    REQUIRE_FALSE(messages.empty());
    CHECK_THAT(messages.front(), nanotune::test::Contains("more than 2048 sections"));
}

TEST_CASE("sections of queues, and those of a plugin itself, are counted like all others",
          "[variables][bad input]") {
    const auto has_no_room = [](const given::Resolution& given) {
        return std::ranges::any_of(given.messages(), [](const std::string& message) {
            return message.ends_with(
                "more than 2048 sections, or 50000 settings in them, lists counted by their "
                "elements: this one is not read");
        });
    };
    CHECK(has_no_room(given::resolution(repeated("[nic.queue.#]\nxps_cpus = '1'\n", 3'000))));
    const std::string settings = "[sysctl]\n" + repeated("'net.a#' = 1\n", 25'001);
    CHECK(has_no_room(given::resolution(
        {{"host", "[profile]\nextends = ['base']\n" + settings}, {"base", settings}})));
}

TEST_CASE("variables make no small profile large", "[variables][bad input]") {
    const std::string long_one = "v = '" + std::string(8'000, 'x') + "'\n";
    for (const std::string& profile :
         {"[vars]\n" + long_one + repeated("w# = '${v}'\n", 20'000),
          "[vars]\n" + long_one + "[sysctl]\n" + repeated("\"net.a#\" = '${v}'\n", 20'000),
          "[vars]\nl = [" + repeated("'#',", 1'000) + "]\n" + repeated("m# = ['${l}']\n", 20'000),
          "[vars]\nl = [" + repeated("'#',", 1'000) + "]\n" + long_one + "w = '" +
              std::string(190, 'x') + "'\n" + repeated("m# = ['${l}${w}${v}']\n", 20'000)}) {
        const auto messages = given::resolution(profile).messages();
        REQUIRE(messages.size() == 101);
        CHECK(std::ranges::any_of(messages, [](const std::string& message) {
            return message.ends_with("variables make all of it larger than any profile can be");
        }));
    }
}

TEST_CASE("a text that a list multiplies by nothing over and over is too much, too",
          "[variables][bad input]") {
    const auto messages = given::resolution("[vars]\nl = [" + repeated("'',", 1'000) + "]\nm = ['" +
                                            repeated("${l}", 200'000) + "']\n")
                              .messages();
    REQUIRE(messages.size() == 1);
    CHECK(messages.front().ends_with("variables make all of it larger than any profile can be"));
}

TEST_CASE("each text that a list makes may be as long as any other", "[variables]") {
    const std::string half(4'000, 'x');
    CHECK(given::resolution("[vars]\nl = ['" + half + "', 'a']\nm = ['${l}${l}']\n")
              .messages()
              .empty());
    CHECK(given::resolution("[vars]\nl = ['" + half + "', 'a']\nm = ['${l}${l}${l}']\n")
              .messages()
              .size() == 1);
}

TEST_CASE("one text is made of sixteen lists at most", "[variables][bad input]") {
    const auto messages = [](int lists) {
        return given::resolution("[vars]\n" + repeated("l# = ['x']\n", lists) + "[nic.\"" +
                                 repeated("${l#}", lists) + "\"]\nmtu = 1500\n")
            .messages();
    };
    CHECK(messages(16).empty());
    REQUIRE(messages(17).size() == 1);
    CHECK(messages(17).front().ends_with("more than 16 lists multiply it"));
}

TEST_CASE("a text without variables is as long as it is", "[variables]") {
    CHECK(given::resolution("[vars]\nv = '" + std::string(9'000, 'x') + "'\n").messages().empty());
}

TEST_CASE("a text that a list multiplies is no longer than any other", "[variables][bad input]") {
    const auto messages = given::resolution("[vars]\nl = [" + repeated("'#',", 1'000) +
                                            "]\nm = ['${l}" + std::string(500'000, 'x') + "']\n")
                              .messages();
    REQUIRE(messages.size() == 1);
    CHECK(messages.front().ends_with("its variables make it longer than any setting can be"));
}

TEST_CASE("a list of lists that no text can hold is refused where it is made",
          "[variables][bad input]") {
    const auto messages =
        given::resolution("[vars]\nl = [" + repeated("'#',", 1'000) + "]\nm = [" +
                          repeated("'${l}',", 20) + "]\n[nic.\"${l}${m}\"]\nmtu = 1500\n")
            .messages();
    REQUIRE(messages.size() == 1);
    CHECK(
        messages.front().ends_with("vars.m: its variables make it longer than any setting can be"));
}
