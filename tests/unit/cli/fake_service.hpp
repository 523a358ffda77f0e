// A Service that is a value: it answers what a test prepared, and remembers what it was asked.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/run.hpp"

namespace nanotune::test {

/// What the fake answers, and what it saw.
struct Answers {
    Report plan;
    Report apply;
    Report confirm;
    Report verify;
    Report rollback;
    Status hold_record;
    Status move_in;
    HostStatus status;
    Report freeze;
    Report thaw;
    Result<std::string> history = std::string();
    std::vector<Event> events;  ///< that monitor tells
    Status monitor;
    Checked<HostTopology> topology = HostTopology();
    Certification certification;
    Result<std::string> capture = std::string();
    Checked<std::string> show = std::string();
    Problems check;
    Checked<std::string> command_line = std::string();
    Checked<CpuSet> cpus = CpuSet();
    std::vector<KeyInfo> keys;
    Result<KeyInfo> undeclared_key = failure(ErrorCode::not_found, "no plugin has it");
    std::vector<PluginInfo> plugins;
    std::function<void()> while_applying = [] {};
    std::optional<Error> unopenable;  ///< the service cannot be opened at all

    bool holds_record = false;       ///< it was asked to before anything else
    std::vector<std::string> calls;  ///< "apply", "rollback", ... in order
    std::optional<ProfileRequest> asked_profile;
    [[nodiscard]] ProfileRequest profile() const {
        return asked_profile.value_or(ProfileRequest{});
    }
    ApplyRequest asked_apply;
    RollbackRequest asked_rollback;
    FreezeRequest asked_freeze;
    std::size_t asked_records = 0;
    CertifyRequest asked_certify;
    cli::ServiceOptions asked_options;
};

/// Opens services that answer from `answers`, which must outlive them.
[[nodiscard]] cli::ServiceSource source_of(Answers& answers);

/// What a command line printed and how it ended.
struct Printed {
    int status = -1;
    std::string out;
    std::string error;
};

/// Runs `nanotune WORDS...` on the fake.
[[nodiscard]] Printed nanotune(Answers& answers, const std::vector<std::string>& words,
                               const cli::Surroundings& surroundings = {});

/// A row of a report.
[[nodiscard]] Row row(std::string setting, Target target, std::string before, std::string wanted,
                      Outcome outcome);

}  // namespace nanotune::test
