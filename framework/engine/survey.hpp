// What the host looks like now: targets and values, each asked for once until something was
// written.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/call_runner.hpp"
#include "engine/ledger.hpp"
#include "engine/steady_system.hpp"
#include "model/plan.hpp"
#include "model/problems.hpp"

namespace nanotune {

/// A setting and the target that it is to be read on.
struct Place {
    SettingRef setting;
    Target target;
};

/// Caches answers of discover and topology until `forget`. Values are never cached.
class Survey {
  public:
    explicit Survey(CallRunner& calls) : calls_(calls) {}

    /// Candidates of a discovery. Errors: those of the discovery; timed_out.
    Result<const std::vector<Candidate>*> candidates(Discovery discovery);
    /// Those of one device, among others perhaps: for its queues none of the other devices is
    /// looked at.
    Result<const std::vector<Candidate>*> candidates(Discovery discovery,
                                                     const std::string& device);
    /// The candidate for a target; one that is only a name where discovery does not list it. What
    /// is named after a device has its identity.
    Candidate candidate_of(const SettingRef& setting, const Target& target);
    /// Adds that to a candidate of the setting.
    void identify(const SettingRef& setting, Candidate& candidate);
    void identify(const SettingRef& setting, Shared<Candidate>& candidate);
    Result<Topology> topology();
    /// One reading for each place, in order, with one exchange for all places of a bank and target.
    /// What hangs is an error of its places. Errors: timed_out, when the time is up.
    Result<std::vector<Result<Reading>>> read(const std::vector<Place>& places);
    /// Devices that the journal knows: one that is looked for in vain may be among them.
    void remember(std::vector<DeviceIdentity> devices) { remembered_ = std::move(devices); }
    [[nodiscard]] const std::vector<DeviceIdentity>& remembered() const { return remembered_; }
    /// Something was written: targets must be found again.
    void forget();
    /// Queues were made anew, of devices that are the same.
    void forget_queues();

    [[nodiscard]] CallRunner& calls() { return calls_; }
    /// What discoveries were answered since something was written, for others that ask the same in
    /// `calls`.
    [[nodiscard]] std::shared_ptr<SteadyAnswers> answers() const { return answers_; }

  private:
    struct Known {
        std::vector<Candidate> list;
        std::map<Target, std::size_t> by_target;
    };
    Result<const Known*> known(Discovery discovery);
    const Candidate* named_device_of(const SettingRef& setting, const Candidate& candidate);
    using Look = std::function<Result<std::vector<Candidate>>(System&)>;
    Result<std::vector<Candidate>> found(const Look& look, Discovery discovery);

    CallRunner& calls_;
    std::shared_ptr<SteadyAnswers> answers_ = std::make_shared<SteadyAnswers>();
    std::map<Discovery, Known> known_;
    std::map<std::pair<Discovery, std::string>, std::vector<Candidate>> queues_;  // of a device
    std::optional<Topology> topology_;
    std::vector<DeviceIdentity> remembered_;
};

/// What the target was asked for, be it in force or not: what is put back in the end.
[[nodiscard]] inline Value requested_in(const Reading& reading) {
    return reading.requested.value_or(reading.value);
}

/// Where the values of changes are read, in their order.
[[nodiscard]] std::vector<Place> places_of(std::span<const Change> changes);

/// "nic.mtu on eth0"
[[nodiscard]] std::string text_of(const SettingRef& setting, const Target& target);

}  // namespace nanotune
