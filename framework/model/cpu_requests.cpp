// [cpus] against the CPUs that there are.
#include <algorithm>
#include <array>
#include <string>

#include <fmt/format.h>

#include "cpu_expression.hpp"
#include "cpu_shares.hpp"
#include "findings.hpp"
#include "resolved.hpp"

namespace nanotune {
namespace {

/// One set of [cpus] on its way to CPU numbers.
struct Share {
    std::string_view name;
    const CpuRequest* request;
    CpuSet CpuPlan::* place;
    std::optional<CpuSet> GivenCpus::* given;
    std::vector<std::string_view> made_of = {};  ///< names of other sets
    bool is_given = false;
    bool is_settled = false;
};

/// The words as far as the roles are settled.
class RoleWords final : public CpuWords {
  public:
    RoleWords(const Topology& topology, const CpuPlan& plan) : topology_(topology), plan_(plan) {}

    [[nodiscard]] const Topology& topology() const override { return topology_; }
    [[nodiscard]] const CpuPlan& plan() const override { return plan_; }
    [[nodiscard]] Result<CpuSet> cpus_near(std::string_view device) const override {
        return failure(ErrorCode::invalid, fmt::format("numa({}) cannot stand in [cpus]", device));
    }

  private:
    const Topology& topology_;
    const CpuPlan& plan_;
};

class Requests {
  public:
    Requests(const ResolvedProfile& profile, const Topology& topology)
        : topology_(topology),
          shares_{{{.name = "housekeeping",
                    .request = &profile.housekeeping,
                    .place = &CpuPlan::housekeeping,
                    .given = &GivenCpus::housekeeping},
                   {.name = "irq",
                    .request = &profile.irq,
                    .place = &CpuPlan::irq,
                    .given = &GivenCpus::irq},
                   {.name = "datapath",
                    .request = &profile.datapath,
                    .place = &CpuPlan::datapath,
                    .given = &GivenCpus::datapath},
                   {.name = "isolated",
                    .request = &profile.isolated,
                    .place = &CpuPlan::isolated,
                    .given = &GivenCpus::isolated}}} {}

    Checked<CpuPlan> plan(std::optional<unsigned> preferred_node) {
        GivenCpus given;
        for (Share& share : shares_) {
            take(share, given);
        }
        if (problems_.empty()) {
            plan_ = shared_out(topology_, preferred_node, given);
            while (settle_one()) {
            }
            refuse_circles();
        }
        if (problems_.empty()) {
            check_overlap();
        }
        return problems_.empty() ? Checked<CpuPlan>(plan_) : std::unexpected(std::move(problems_));
    }

  private:
    void take(Share& share, GivenCpus& given) {
        const std::string& text = share.request->text;
        share.is_given = !text.empty() && text != "auto";
        share.is_settled = !share.is_given;
        if (!share.is_given) {
            return;
        }
        const auto terms = cpu_terms(text);
        if (!terms) {
            complain(share, terms.error());
            return;
        }
        for (const CpuTerm& term : *terms) {
            if (term.kind == CpuTerm::Kind::set) {
                share.made_of.push_back(term.text);
            }
        }
        given.*share.given = CpuSet();
        if (share.made_of.empty()) {
            given.*share.given = evaluated(share);
            share.is_settled = true;
        }
    }

    CpuSet evaluated(const Share& share) {
        const auto cpus = cpus_of(share.request->text, RoleWords(topology_, plan_));
        if (!cpus) {
            complain(share, cpus.error());
            return {};
        }
        if (cpus->empty()) {
            complain(share, {ErrorCode::invalid,
                             fmt::format("{} stands for no CPU here", share.request->text)});
        }
        return *cpus;
    }

    Share& named(std::string_view name) { return *std::ranges::find(shares_, name, &Share::name); }

    // "isolated" that is left out follows from the other three.
    bool is_known(std::string_view name) {
        const Share& share = named(name);
        return share.is_settled &&
               (share.is_given || name != "isolated" ||
                std::ranges::all_of(shares_, [](const Share& other) { return other.is_settled; }));
    }

    bool settle_one() {
        for (Share& share : shares_) {
            if (!share.is_settled &&
                std::ranges::all_of(share.made_of, [this](auto name) { return is_known(name); })) {
                plan_.*share.place = evaluated(share);
                share.is_settled = true;
                if (!named("isolated").is_given) {
                    plan_.isolated = plan_.datapath - plan_.housekeeping - plan_.irq;
                }
                return true;
            }
        }
        return false;
    }

    void refuse_circles() {
        for (const Share& share : shares_) {
            if (!share.is_settled) {
                complain(share, {ErrorCode::invalid, fmt::format("{} is made of sets that are made "
                                                                 "of it",
                                                                 share.request->text)});
            }
        }
    }

    void check_overlap() {
        const CpuSet both = plan_.isolated & plan_.housekeeping;
        if (both.empty()) {
            return;
        }
        const auto text = [](const Share& share, const CpuSet& cpus) {
            const std::string place = share.is_given ? share.request->origin.text() : "auto";
            return fmt::format("cpus.{} {} ({})", share.name, cpus.list(), place);
        };
        const Share& isolated = named("isolated");
        const Share& housekeeping = named("housekeeping");
        problems_.push_back(
            at(isolated.request->origin,
               {ErrorCode::conflict,
                fmt::format("{} and {} both hold CPU {}: an isolated CPU keeps no house",
                            text(isolated, plan_.isolated), text(housekeeping, plan_.housekeeping),
                            both.list())}));
    }

    void complain(const Share& share, Error error) {
        error.message = fmt::format("cpus.{}: {}", share.name, error.message);
        problems_.push_back(at(share.request->origin, std::move(error)));
    }

    const Topology& topology_;
    std::array<Share, 4> shares_;
    CpuPlan plan_;
    Problems problems_;
};

}  // namespace

Checked<CpuPlan> cpu_plan_of(const ResolvedProfile& profile, const Topology& topology,
                             std::optional<unsigned> preferred_node) {
    return Requests(profile, topology).plan(preferred_node);
}

}  // namespace nanotune
