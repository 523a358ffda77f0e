// How CPUs are shared out, and what the words of a mask stand for.
#include "cpu_plan.hpp"

#include <optional>

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
    const auto counted = [](const CpuSet& set, std::string_view one, std::string_view many) {
        return fmt::format("{} {} {}", set.size() == 1 ? "CPU" : "CPUs", set.list(),
                           set.size() == 1 ? one : many);
    };
    std::string wrong;
    const CpuSet missing = cpus - topology.present;
    if (!missing.empty()) {
        wrong = fmt::format("{} not exist; this host has {}", counted(missing, "does", "do"),
                            topology.present.list());
    }
    if (const CpuSet offline = cpus - topology.online - missing; !offline.empty()) {
        wrong += fmt::format("{}{} offline, or taken offline by this profile; online are {}",
                             wrong.empty() ? "" : "; ", counted(offline, "is", "are"),
                             topology.online.list());
    }
    return wrong.empty() ? Status() : failure(ErrorCode::not_found, std::move(wrong));
}

Result<CpuSet> cpus_of(std::string_view expression, const CpuWords& words) {
    NT_TRY(const auto terms, cpu_terms(expression));
    CpuSet all;
    std::optional<Error> wrong;  // of all terms
    for (const CpuTerm& term : terms) {
        auto some = cpus_of(term, words);
        if (some) {
            all = all | *some;
        } else if (!wrong) {
            wrong = std::move(some).error();
        } else {
            wrong->message += "; " + some.error().message;
        }
    }
    return wrong ? Result<CpuSet>(std::unexpected(*std::move(wrong))) : all;
}

CpuPlan automatic_plan(const Topology& topology, std::optional<unsigned> preferred_node) {
    return shared_out(topology, preferred_node, {});
}

}  // namespace nanotune
