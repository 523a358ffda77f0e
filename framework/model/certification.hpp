// What became of trying every setting of a NIC, or of the host: plain values, fit for a bus.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "requests.hpp"

namespace nanotune {

/// How the trial of one setting ended.
enum class Verdict {
    certified,     ///< another program saw the value in force, and the old one after rollback
    clamped,       ///< the same with the value that the driver made of it
    pending,       ///< the same, and it takes effect at a later event
    kept,          ///< taken and taken back, and no other program tells it
    unsupported,   ///< this target lacks it, or takes no other value
    refused,       ///< the kernel or the driver said no
    contradicted,  ///< another program says something else
    not_restored,  ///< it is not as it was before
    not_tried,     ///< not allowed, no value to try, or the time was up
};
inline constexpr int verdicts = static_cast<int>(Verdict::not_tried) + 1;
[[nodiscard]] std::string_view name_of(Verdict verdict) noexcept;
/// Of a setting that the target has: whether it does what it should.
[[nodiscard]] bool is_success(Verdict verdict) noexcept;

/// The message of what was not tried because the trials had ended before it.
inline constexpr std::string_view not_reached = "was not reached";

/// One setting, tried on all of the subject's targets that have it.
struct Trial {
    std::string setting;  ///< full name
    std::string on;       ///< "eth0", "8 interrupts"
    std::string before;   ///< as an author spells it, and so are the next two; several with commas
    std::string tried;
    std::string got;
    Verdict verdict = Verdict::not_tried;
    Impact impact = Impact::none;
    std::string with = {};     ///< what had to be set as well: "pause.autoneg = false"
    std::string message = {};  ///< why, in the kernel's words
    std::string witness = {};  ///< the command that was asked, of the first target; "" for none
    std::string said_before = {};
    std::string said = {};  ///< what it said in between
    std::string said_after = {};
    std::string allow = {};  ///< words of --allow that are missing
};

struct CertifyRequest {
    std::string nic;  ///< its name; "" for what belongs to no NIC
    Consent consent;
    std::chrono::milliseconds timeout{60'000};  ///< of each apply and rollback
    std::chrono::milliseconds limit{0};         ///< of all; no trial begins after it
    ProgressSink progress = {};
};

struct Certification {
    std::string nic;
    std::string driver;      ///< the NIC's
    std::string kernel;      ///< "6.1.0-37-amd64"
    std::string management;  ///< why the operator depends on the NIC
    std::vector<Trial> trials;
    Problems problems;  ///< what kept the verb from running, or ended it
    std::vector<std::string> notes;
    Exit exit = Exit::as_wanted;
    HostState state = HostState::clean;

    [[nodiscard]] std::size_t count(Verdict verdict) const;
    /// Settings that the subject has, tried or not.
    [[nodiscard]] std::size_t supported() const;
    [[nodiscard]] std::size_t succeeded() const;
};

}  // namespace nanotune
