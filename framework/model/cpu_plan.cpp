// How CPUs are shared out, and what the words of a mask stand for.
#include "cpu_plan.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cpu_expression.hpp"
#include "cpu_shares.hpp"

namespace nanotune {
namespace {

const CpuSet& set_named(const CpuPlan& plan, std::string_view name) {
    if (name == "housekeeping") {
        return plan.housekeeping;
    }
    if (name == "irq") {
        return plan.irq;
    }
    return name == "datapath" ? plan.datapath : plan.isolated;
}

Result<CpuSet> cpus_of(const CpuTerm& term, const CpuWords& words) {
    switch (term.kind) {
        case CpuTerm::Kind::set:
            return set_named(words.plan(), term.text);
        case CpuTerm::Kind::online:
            return words.topology().online;
        case CpuTerm::Kind::near: {
            NT_TRY(const CpuSet near, words.cpus_near(term.text));
            return near & words.topology().online;
        }
        case CpuTerm::Kind::list: {
            NT_TRY(CpuSet listed, CpuSet::from_list(term.text));
            NT_CHECK(check_online(listed, words.topology()));
            return listed;
        }
        case CpuTerm::Kind::siblings:
            break;
    }
    NT_TRY(const CpuSet one, CpuSet::from_list(term.text));
    NT_CHECK(check_online(one, words.topology()));
    return words.topology().siblings(one.first().value_or(0)) & words.topology().online;
}

}  // namespace

Status check_online(const CpuSet& cpus, const Topology& topology) {
    const auto plural = [](const CpuSet& set) { return set.size() == 1 ? "CPU" : "CPUs"; };
    if (const CpuSet missing = cpus - topology.present; !missing.empty()) {
        return failure(
            ErrorCode::not_found,
            fmt::format("{} {} {} not exist; this host has {}", plural(missing), missing.list(),
                        missing.size() == 1 ? "does" : "do", topology.present.list()));
    }
    if (const CpuSet offline = cpus - topology.online; !offline.empty()) {
        return failure(ErrorCode::not_found,
                       fmt::format("{} {} {} offline, or taken offline by this profile; online are "
                                   "{}",
                                   plural(offline), offline.list(),
                                   offline.size() == 1 ? "is" : "are", topology.online.list()));
    }
    return {};
}

Result<CpuSet> cpus_of(std::string_view expression, const CpuWords& words) {
    NT_TRY(const auto terms, cpu_terms(expression));
    CpuSet all;
    for (const CpuTerm& term : terms) {
        NT_TRY(const CpuSet some, cpus_of(term, words));
        all = all | some;
    }
    return all;
}

CpuPlan automatic_plan(const Topology& topology, std::optional<unsigned> preferred_node) {
    return shared_out(topology, preferred_node, {});
}

}  // namespace nanotune
