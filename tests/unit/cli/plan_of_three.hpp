// A plan of three changes, with what they need.
#pragma once

#include "fake_service.hpp"

namespace nanotune::test {

inline Report plan_of_three() {
    Report plan;
    plan.profile = "/profiles/hft.toml";
    plan.rows = {
        row("nic.ring.rx", Target::nic("eth0"), "512", "1024", Outcome::not_done),
        row("cpu.governor", Target::cpu(2), "powersave", "performance", Outcome::not_done),
        row("cpu.governor", Target::cpu(3), "powersave", "performance", Outcome::not_done),
        row("sysctl.net.core.rmem_max", Target::host(), "8MiB", "8MiB", Outcome::unchanged)};
    plan.rows[0].impact = Impact::drops_packets;
    plan.rows[0].allow = "drops";
    plan.exit = Exit::differs;
    return plan;
}

}  // namespace nanotune::test
