// The host as the collection of one stage's desires sees it: candidates, CPU words, and the
// problems found.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "engine/desires.hpp"

namespace nanotune {

/// A section whose selector is complete on this host.
struct LiveSection {
    const ResolvedSection* section = nullptr;
    SectionSelector selector;
};

/// Whether the section says anything about the stage, or selects what rules of other plugins look
/// at; the first stage also looks for what a section names of which a line is wrong. Words in the
/// selectors of the others may not be answerable yet.
[[nodiscard]] bool concerns(const ResolvedSection& section, Stage stage);

/// Lives for one collection. Every question that fails adds a problem, once.
class HostView final : public CpuWords {
  public:
    /// `foreseen` must outlive this.
    HostView(const ResolvedProfile& profile, Survey& survey, Stage stage, CpuSource cpus,
             const Foreseen& foreseen);

    [[nodiscard]] Stage stage() const { return stage_; }
    [[nodiscard]] const CpuContext& context() const { return cpus_(); }
    [[nodiscard]] Survey& survey() { return survey_; }
    /// One line for each section that `when` keeps from this host, in the first stage that it
    /// concerns.
    [[nodiscard]] std::vector<std::string> take_kept_out() { return std::move(kept_out_); }
    /// Sections that hold on this host, selectors complete.
    [[nodiscard]] const std::vector<LiveSection>& sections() const { return sections_; }
    /// As the plan leaves them, with those that sections bring about (Selector::given). None, and a
    /// problem, when discovery fails.
    const std::vector<Candidate>& candidates(Discovery discovery);
    /// How the target comes that the plan brings; nothing for one that is there.
    [[nodiscard]] std::shared_ptr<const Coming> coming(const Target& target) const;
    [[nodiscard]] const Foreseen& foreseen() const { return foreseen_; }
    /// Whether no question for its candidates failed.
    [[nodiscard]] bool knows(Discovery discovery) const { return !failed_.contains(discovery); }
    [[nodiscard]] const Topology& topology() const override { return context().topology; }
    [[nodiscard]] const CpuPlan& plan() const override { return context().plan; }
    [[nodiscard]] Result<CpuSet> cpus_near(std::string_view device) const override;

    void add(Error problem) { problems_.push_back(std::move(problem)); }
    void add(Problems problems);
    [[nodiscard]] Problems take_problems() { return std::move(problems_); }
    /// The result's value, or nothing after its error became a problem.
    template <typename T>
    std::optional<T> kept(Result<T> result) {
        if (!result) {
            add(std::move(result).error());
            return std::nullopt;
        }
        return *std::move(result);
    }
    /// A value of CPUs must fit the CPUs that the plan leaves, one of nodes those of the host;
    /// otherwise adds a problem.
    bool cpus_fit(const Tunable& tunable, const Value& value, const Origin& origin);

  private:
    bool nodes_fit(const Tunable& tunable, const CpuSet& nodes, const Origin& origin);
    [[nodiscard]] const std::vector<Candidate>& with_given(Discovery discovery,
                                                           const std::vector<Candidate>& there);

    Survey& survey_;
    Stage stage_;
    CpuSource cpus_;
    const Foreseen& foreseen_;
    std::map<Discovery, std::vector<Candidate>> left_;   ///< where the plan moves targets
    std::map<Discovery, std::vector<Candidate>> given_;  ///< where sections bring targets about
    std::map<Target, Coming> coming_;
    std::vector<LiveSection> sections_;
    std::vector<std::size_t> givers_;  ///< those of them that bring targets about
    std::set<Discovery> failed_;
    std::vector<std::string> kept_out_;
    Problems problems_;
};

}  // namespace nanotune
