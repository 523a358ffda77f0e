// Which settings are as somebody else has set them, what was said of it, and what is to be done. A
// value: it looks at nothing itself.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/host_file.hpp"
#include "model/observation.hpp"

namespace nanotune::daemon {

/// Who wrote which file, as far as anybody knows: "sysctl (process 123, user 0)" by its path.
using Authors = std::map<std::string, std::string>;

/// What there is to be told of one setting.
struct DriftEvent {
    enum class What {
        drifted,   ///< somebody else has set it
        mended,    ///< it is as it was applied again
        repaired,  ///< the same, by this daemon
        yielded,   ///< it is left to whoever changes it
    };
    What what = What::drifted;
    HeldPlace place;
    std::string from;
    std::string to;
    std::string by;
    bool is_public = true;  ///< whether everybody may know the values
    friend bool operator==(const DriftEvent&, const DriftEvent&) = default;
};

/// More people read the log than may read each setting.
[[nodiscard]] std::string log_text_of(const DriftEvent& event);
[[nodiscard]] std::string_view name_of(DriftEvent::What what) noexcept;

class Drifts {
  public:
    using Clock = std::chrono::steady_clock;

    /// What a look adds to what is known. `at` is the moment for people.
    std::vector<DriftEvent> take(const Observation& seen, const Authors& authors,
                                 const HostFile& policies, std::string_view at);
    /// Whether the profile itself wants what others change of it put back.
    using IsKept = std::function<bool(const HeldPlace&)>;
    /// What is to be put back now; each counts as tried. What has been as often as may be is left
    /// to whoever changes it, which `given_up` is told, until it is as applied again.
    std::vector<HeldPlace> to_repair(const HostFile& policies, Clock::time_point now,
                                     std::vector<DriftEvent>& given_up, const IsKept& is_kept = {});
    /// What others have made of it since, and may: what whoever brings a device back leaves alone.
    /// Where the device itself has gone, only what was yielded.
    [[nodiscard]] std::set<HeldPlace> left_to_others(const HostFile& policies, bool has_gone) const;
    /// What a repair came to.
    std::vector<DriftEvent> repaired(const Report& report);
    /// Something was applied or rolled back: what is held is another thing.
    void forget() { drifts_.clear(), yielded_.clear(); }

    /// Whether anything is said to have drifted.
    [[nodiscard]] bool is_empty() const { return drifts_.empty(); }
    /// For status: what an apply left, what is there, and who by; values that not everybody may
    /// read for who may inspect the host alone.
    [[nodiscard]] std::vector<Row> rows(bool may_inspect = true) const;

  private:
    struct Drift {
        Row row;
        std::string by;
        std::string at;
        bool is_public = true;
        std::optional<DriftPolicy> wanted = {};  ///< by the profile
        bool may_be_repaired = true;
        bool is_given_up = false;  ///< put back as often as may be
    };
    using Known = std::map<HeldPlace, Drift>;
    void mend(const HeldPlace& place, DriftEvent::What what, std::vector<DriftEvent>& events);

    Known drifts_;
    std::map<HeldPlace, std::string> yielded_;  ///< with the value that it was left at
    std::map<HeldPlace, std::vector<Clock::time_point>> tries_;
};

}  // namespace nanotune::daemon
