// Where settings are tried: a fake host, and programs that look at it, or lie.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/certify.hpp"
#include "support/engine_on.hpp"
#include "support/given.hpp"

namespace nanotune::test {

/// What a program says from its n-th question on.
struct Change {
    std::ptrdiff_t question;
    Result<std::string> says;
};

/// `cat` and `sysctl` as they are; whatever else is asked is not installed.
struct Laboratory {
    static FakeHost with_nic() {
        FakeHost host = given::plain_host();
        return host.with_nic("eth0", {.queues = 4}).with_sysctls();
    }

    explicit Laboratory(FakeHost given = with_nic())
        : host(std::move(given)), before(host), engine(host, folder.path()) {}

    Result<std::string> answer(const std::vector<std::string>& command) {
        asked.push_back(command.back());
        if (asked.size() == freezes_at) {
            freeze();
        }
        if (const auto change = changes.find(command.back());
            change != changes.end() &&
            std::ranges::count(asked, command.back()) >= change->second.question) {
            return change->second.says;
        }
        if (const auto told = lies.find(command.back()); told != lies.end()) {
            return told->second;
        }
        if (command.front() == "cat") {
            return engine.system().files().read(command.back());
        }
        if (command.front() == "sysctl") {
            return engine.system().files().read("/proc/sys/" + command.back());
        }
        return failure(ErrorCode::not_found, command.front() + " is not installed");
    }

    Certification certify(const CertifyRequest& request) {
        return Certify(
                   {.engine = engine.engine(),
                    .programs =
                        [this](const std::vector<std::string>& command) { return answer(command); },
                    .now = [this] { return Moment{.wall = {}, .since_boot = passed}; },
                    .cancelled = &cancelled,
                    .patience = std::chrono::milliseconds(0),
                    .may_write = [this] { return may_write; }},
                   request)
            .run();
    }

    Certification certify(const std::string& nic) {
        return certify(CertifyRequest{.nic = nic,
                                      .consent = Consent::from_words("all").value(),
                                      .limit = std::chrono::hours(1)});
    }

    void freeze() {
        const Error why{.code = ErrorCode::refused, .message = "frozen: trading"};
        may_write = std::unexpected(why);
        engine.freeze(why);
    }

    FakeHost host;
    const FakeHost before;
    const ScratchFolder folder;
    EngineOn engine;
    Status may_write;
    std::size_t freezes_at = 0;  ///< by when so many questions were asked; 0 for never
    std::map<std::string, std::string> lies;
    std::map<std::string, Change> changes;
    std::vector<std::string> asked;
    std::chrono::milliseconds passed{0};
    std::atomic<bool> cancelled = false;
};

/// The first of the setting; one of "none" where there is none.
inline Trial trial_of(const Certification& done, std::string_view setting) {
    const auto found = std::ranges::find(done.trials, setting, &Trial::setting);
    return found == done.trials.end()
               ? Trial{.setting = "none", .on = {}, .before = {}, .tried = {}, .got = {}}
               : *found;
}

/// For INFO: a trial or a problem a line.
inline std::string text_of(const Certification& done) {
    std::string text;
    for (const Trial& trial : done.trials) {
        text += trial.setting + " on " + trial.on + ": " + trial.before + " -> " + trial.tried +
                " (" + trial.got + "): " + std::string(name_of(trial.verdict)) + ": " +
                trial.message + "\n";
    }
    for (const Error& problem : done.problems) {
        text += "! " + problem.message + "\n";
    }
    return text;
}

}  // namespace nanotune::test
