// Profiles as texts, and what the model makes of them.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/resolved.hpp"

namespace given {

/// Files of profiles by name; the first is the one that is asked for.
using ProfileFiles = std::vector<nanotune::ProfileText>;

/// Finds among these files, and nowhere else.
nanotune::ProfileSource source(ProfileFiles files);

/// The first of the files, loaded; fails the test on any problem.
nanotune::Profile profile(const ProfileFiles& files,
                          std::vector<nanotune::Override> overrides = {});

/// A resolved profile together with the catalog that it points into.
struct Resolution {
    nanotune::Catalog catalog;
    nanotune::Checked<nanotune::ResolvedProfile> result;

    /// The profile; fails the test if there is none.
    [[nodiscard]] const nanotune::ResolvedProfile& profile() const;
    /// Messages of the problems; empty for none.
    [[nodiscard]] std::vector<std::string> messages() const;
    /// The only section of that plugin and word.
    [[nodiscard]] const nanotune::ResolvedSection& section(std::string_view plugin,
                                                           std::string_view word = "") const;
    /// The only setting with that key anywhere.
    [[nodiscard]] const nanotune::ResolvedSetting& setting(std::string_view key) const;
};

/// The first of the files against given::catalog().
Resolution resolution(const ProfileFiles& files, std::vector<nanotune::Override> overrides = {});
/// One file "host.toml".
Resolution resolution(std::string text, std::vector<nanotune::Override> overrides = {});

/// Messages of what keeps the first of the files from being loaded.
std::vector<std::string> load_problems(const ProfileFiles& files);

/// Four CPUs: two cores with two threads each, one node.
nanotune::Topology four_cpus();

/// CPU words of four_cpus(), with these roles and these devices' CPUs.
class Words final : public nanotune::CpuWords {
  public:
    Words(nanotune::CpuPlan plan, std::map<std::string, nanotune::CpuSet, std::less<>> near)
        : plan_(std::move(plan)), near_(std::move(near)) {}

    [[nodiscard]] const nanotune::Topology& topology() const override { return topology_; }
    [[nodiscard]] const nanotune::CpuPlan& plan() const override { return plan_; }
    [[nodiscard]] nanotune::Result<nanotune::CpuSet> cpus_near(
        std::string_view device) const override;

  private:
    nanotune::Topology topology_ = four_cpus();
    nanotune::CpuPlan plan_;
    std::map<std::string, nanotune::CpuSet, std::less<>> near_;
};

}  // namespace given
