// CPU sets: content, not spelling.
#include <nanotune/cpu_set.hpp>

#include "samples.hpp"
#include "support/catch.hpp"
#include "support/cpu_list.hpp"

using namespace nanotune;
using nanotune::test::list;

namespace {

CpuSet mask(std::string_view text) {
    return CpuSet::from_mask(text).value();
}

}  // namespace

TEST_CASE("a list of CPUs is read in any order and printed in one", "[cpu_set]") {
    CHECK(list("8,0-3").list() == "0-3,8");
    CHECK(list("0,1,2").list() == "0-2");
    CHECK(list(" 0-1, 4 \n").list() == "0-1,4");
    CHECK(list("5-5").list() == "5");
    CHECK(list("63-64").list() == "63-64");
    CHECK(list("8191").list() == "8191");
    CHECK(list("").list().empty());
    CHECK(list(" \n").empty());
}

TEST_CASE("what is no list of CPUs is refused with the part that is wrong", "[cpu_set]") {
    for (const char* text : {"a", "1-", "-1", "1,,2", "1,", ",1", "3-0", "0x3", "1 2", "8192",
                             "0-8192", "0-15:2/4", "99999999999999999999", "-0", "+1", "1.5"}) {
        CAPTURE(text);
        const auto cpus = CpuSet::from_list(text);
        REQUIRE_FALSE(cpus.has_value());
        CHECK(cpus.error().code == ErrorCode::invalid);
    }
    CHECK(CpuSet::from_list("0,3-1").error().message ==
          "\"0,3-1\" is no list of CPUs: 3-1 runs backwards");
    CHECK(CpuSet::from_list("0-15:2/4").error().message ==
          "\"0-15:2/4\" is no list of CPUs: groups such as 0-15:2/4 are not taken");
}

TEST_CASE("a mask has its lowest CPU in the last digit", "[cpu_set]") {
    CHECK(mask("f").list() == "0-3");
    CHECK(mask("00000000,0000000f\n") == mask("f"));
    CHECK(mask("1,00000000").list() == "32");
    CHECK(mask("FF,00000001").list() == "0,32-39");
    CHECK(mask("80000000,00000000").list() == "63");
    CHECK(mask("0").empty());
}

TEST_CASE("what is no mask is refused", "[cpu_set]") {
    const std::string too_wide = "1" + std::string(",00000000") + [] {
        std::string groups;
        for (int i = 0; i < 255; ++i) {
            groups += ",00000000";
        }
        return groups;
    }();
    for (const std::string& text :
         {std::string(), std::string(","), std::string("g"), std::string("f,"), std::string(",f"),
          std::string("-1"), std::string("0xf"), std::string("fffffffff"), too_wide}) {
        CAPTURE(text);
        CHECK_FALSE(CpuSet::from_mask(text).has_value());
    }
}

TEST_CASE("a mask is printed as sysfs prints it, without leading zeros", "[cpu_set]") {
    CHECK(CpuSet{}.mask() == "0");
    CHECK(CpuSet::range(0, 7).mask() == "ff");
    CHECK(CpuSet::of(32).mask() == "1,00000000");
    CHECK(CpuSet::of(64).mask() == "1,00000000,00000000");
    CHECK(list("0,95").mask() == "80000000,00000000,00000001");
}

TEST_CASE("sets of CPUs are equal when they hold the same CPUs", "[cpu_set]") {
    CpuSet shrunk = CpuSet::range(0, 200);
    for (unsigned cpu = 4; cpu <= 200; ++cpu) {
        shrunk.remove(cpu);
    }
    CHECK(shrunk == CpuSet::range(0, 3));
    shrunk.remove(5000);
    CHECK(shrunk == CpuSet::range(0, 3));
    CHECK((CpuSet::of(100) & CpuSet::of(1)).empty());
    CHECK((CpuSet::range(0, 100) - CpuSet::range(2, 100)) == CpuSet::range(0, 1));
    CHECK((CpuSet::of(100) | CpuSet::of(1)) == list("1,100"));
}

TEST_CASE("sets of CPUs answer what they hold", "[cpu_set]") {
    const CpuSet cpus = list("2-3,70");
    CHECK(cpus.contains(70));
    CHECK_FALSE(cpus.contains(4));
    CHECK_FALSE(cpus.contains(4'000'000'000));
    CHECK(cpus.size() == 3);
    CHECK(cpus.first() == 2U);
    CHECK(cpus.last() == 70U);
    CHECK(cpus.members() == std::vector<unsigned>{2, 3, 70});
    CHECK(cpus.contains_all(list("3,70")));
    CHECK(cpus.contains_all({}));
    CHECK_FALSE(cpus.contains_all(list("3-4")));
    CHECK(cpus.intersects(list("3-4")));
    CHECK_FALSE(cpus.intersects(list("4-5")));
    CHECK(CpuSet{}.first() == std::nullopt);
    CHECK(CpuSet{}.last() == std::nullopt);
    CHECK(CpuSet::of(70).first() == 70U);
}

TEST_CASE("numbers above the kernel's limit never enter a set", "[cpu_set]") {
    CpuSet cpus;
    cpus.add(CpuSet::limit);
    CHECK(cpus.empty());
    CHECK(CpuSet::range(8190, 4'000'000'000).list() == "8190-8191");
    CHECK(CpuSet::range(3, 2).empty());
}

TEST_CASE("any set of CPUs survives both spellings", "[cpu_set]") {
    samples::Random random;
    for (int round = 0; round < 500; ++round) {
        const CpuSet cpus = std::get<CpuSet>(random.value_of(cpu_list()));
        CHECK(list(cpus.list()) == cpus);
        CHECK(mask(cpus.mask()) == cpus);
        CHECK(cpus.members().size() == cpus.size());
    }
}
