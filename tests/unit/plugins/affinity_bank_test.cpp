// Interrupts: asked for and in effect, movable and not, and irqbalance beside us.
#include "irq/affinity_bank.hpp"

#include <cerrno>

#include <nanotune/discover.hpp>

#include "irq/irqbalance_bank.hpp"
#include "support/catch.hpp"
#include "support/fake_system.hpp"
#include "support/given.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr BankPlace place{.stage = Stage::interrupts, .discovery = discover::nic_interrupts};
const irq::AffinityBank affinity{place};
const irq::IrqbalanceBank irqbalance{place};

/// eth0 has four queues.
FakeHost host_with_interrupts() {
    return given::host().with_nic("eth0");
}

Target first_interrupt(FakeSystem& system) {
    return discover::nic_interrupts(system).value().at(0).target;
}

unsigned number_of(const Target& interrupt) {
    return static_cast<unsigned>(std::stoul(interrupt.name));
}

Status written(const Bank& bank, FakeSystem& system, const Target& target, Value value) {
    const Assignment assignments[] = {{bank.tunables().at(0), std::move(value)}};
    return bank.write(system, target, assignments).at(0);
}

Result<Reading> reading(const Bank& bank, FakeSystem& system, const Target& target) {
    return bank.read(system, target, bank.tunables()).at(0);
}

}  // namespace

TEST_CASE("an interrupt's affinity is the set asked for, and the note is the one in effect",
          "[irq]") {
    FakeHost host = host_with_interrupts();
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    REQUIRE(written(affinity, system, interrupt, CpuSet::range(2, 3)));
    const auto now = reading(affinity, system, interrupt);
    REQUIRE(now);
    CHECK(now->value == Value(CpuSet::range(2, 3)));
    CHECK(now->note == "effective 2");
    CHECK_FALSE(now->pending);
}

TEST_CASE("an idle interrupt is pending until it comes", "[irq]") {
    FakeHost host = host_with_interrupts();
    Target interrupt;
    {
        FakeSystem system(host);
        interrupt = first_interrupt(system);
    }
    host.idle_interrupt(number_of(interrupt));
    {
        FakeSystem system(host);
        REQUIRE(written(affinity, system, interrupt, CpuSet::of(3)));
        const auto now = reading(affinity, system, interrupt);
        REQUIRE(now);
        CHECK(now->value == Value(CpuSet::of(3)));
        CHECK(now->pending);
        CHECK(now->note == "effective 0");
    }
    host.interrupt(number_of(interrupt));
    FakeSystem system(host);
    const auto later = reading(affinity, system, interrupt);
    REQUIRE(later);
    CHECK_FALSE(later->pending);
}

TEST_CASE("why an interrupt does not move is told apart", "[irq]") {
    struct Reason {
        int error;
        ErrorCode code;
        std::string words;
    };
    const auto [error, code, words] = GENERATE(values<Reason>({
        {EIO, ErrorCode::unmovable, "the kernel does not move irq"},
        {ENOSPC, ErrorCode::exhausted, "no interrupt vectors are left on CPU 2"},
        {EINVAL, ErrorCode::refused, "no CPU of 2 is online"},
    }));
    FakeHost host = host_with_interrupts();
    host.refuse("/proc/irq/*/smp_affinity_list", {.error = error});
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    const auto outcome = written(affinity, system, interrupt, CpuSet::of(2));
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == code);
    CHECK(outcome.error().message.find(words) != std::string::npos);
}

TEST_CASE("an interrupt that the kernel places itself is known by its file beforehand", "[irq]") {
    FakeHost host = host_with_interrupts().read_only("/proc/irq/*/smp_affinity_list");
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    const Assignment wanted[] = {{affinity.tunables().at(0), CpuSet::of(2)}};
    const Status may = affinity.may_hold(system, interrupt, wanted).at(0);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == ErrorCode::unsupported);
    CHECK(
        may.error().message.ends_with("/smp_affinity_list is for nobody to write; the kernel "
                                      "does not move " +
                                      interrupt.text()));
    CHECK(affinity.may_hold(system, Target::irq(4000), wanted).at(0));
}

TEST_CASE("whoever lacks the right to move interrupts is not told that they cannot move", "[irq]") {
    FakeHost host = host_with_interrupts();
    host.capabilities.clear();
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    const Assignment wanted[] = {{affinity.tunables().at(0), CpuSet::of(2)}};
    CHECK(affinity.may_hold(system, interrupt, wanted).at(0));
    CHECK(affinity.may_write(system, interrupt, *affinity.tunables().at(0)).error().code ==
          ErrorCode::denied);
}

TEST_CASE("an interrupt that is gone lacks its affinity", "[irq]") {
    FakeHost host = given::host();
    FakeSystem system(host);
    const auto now = reading(affinity, system, Target::irq(4000));
    REQUIRE_FALSE(now);
    CHECK(now.error().code == ErrorCode::not_found);
}

TEST_CASE("without irqbalance nothing can be balanced", "[irq]") {
    FakeHost host = host_with_interrupts();
    FakeSystem system(host);
    const auto now = reading(irqbalance, system, first_interrupt(system));
    REQUIRE_FALSE(now);
    CHECK(now.error().code == ErrorCode::not_found);
}

TEST_CASE("irqbalance is told to leave one interrupt alone, and keeps what it was told before",
          "[irq]") {
    FakeHost host = host_with_interrupts().with_irqbalance();
    host.with("socket:/run/irqbalance/irqbalance700.sock", "7");
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    CHECK(reading(irqbalance, system, interrupt)->value == Value(true));
    REQUIRE(written(irqbalance, system, interrupt, false));
    CHECK(reading(irqbalance, system, interrupt)->value == Value(false));
    CHECK(reading(irqbalance, system, Target::irq(7))->value == Value(false));

    REQUIRE(written(irqbalance, system, interrupt, true));
    CHECK(reading(irqbalance, system, interrupt)->value == Value(true));
    CHECK(host.text("socket:/run/irqbalance/irqbalance700.sock") == "7");
}

TEST_CASE("irqbalance is not told of more interrupts than it reads", "[irq]") {
    FakeHost host = host_with_interrupts().with_irqbalance();
    std::string banned = "1000";
    for (unsigned number = 1001; number < 1096; ++number) {
        banned += " " + std::to_string(number);
    }
    host.with("socket:/run/irqbalance/irqbalance700.sock", banned);
    FakeSystem system(host);
    const auto outcome = written(irqbalance, system, Target::irq(1096), false);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::exhausted);
    CHECK(outcome.error().message ==
          "irqbalance (process 700) cannot be told to leave 97 interrupts alone: it reads 500 "
          "bytes of their list; stop it, or start it with --banirq");
    CHECK(host.text("socket:/run/irqbalance/irqbalance700.sock") == banned);
    CHECK(written(irqbalance, system, Target::irq(1095), true));
}

TEST_CASE("the last interrupt that is given back empties irqbalance's list", "[irq]") {
    FakeHost host = host_with_interrupts().with_irqbalance();
    FakeSystem system(host);
    const Target interrupt = first_interrupt(system);
    REQUIRE(written(irqbalance, system, interrupt, false));
    REQUIRE(written(irqbalance, system, interrupt, true));
    CHECK(host.text("socket:/run/irqbalance/irqbalance700.sock").empty());
}

TEST_CASE("an irqbalance that cannot be reached is a conflict that names it", "[irq]") {
    FakeHost host = host_with_interrupts().with_irqbalance();
    host.without("socket:/run/irqbalance/*").without("/run/irqbalance/*");
    FakeSystem system(host);
    const auto now = reading(irqbalance, system, first_interrupt(system));
    REQUIRE_FALSE(now);
    CHECK(now.error().code == ErrorCode::conflict);
    CHECK(now.error().message.starts_with("irqbalance (process 700) moves interrupts"));
}

TEST_CASE("a socket that a dead irqbalance left behind counts for nothing", "[irq]") {
    FakeHost host = host_with_interrupts().with_irqbalance();
    host.without("/proc/700/*");
    FakeSystem system(host);
    CHECK(reading(irqbalance, system, first_interrupt(system)).error().code ==
          ErrorCode::not_found);
}
