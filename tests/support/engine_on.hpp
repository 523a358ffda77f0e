// An engine with every plugin of this build on a fake host, as tests speak to it: profiles are
// texts, and everything is allowed unless a test says otherwise.
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <string_view>

#include "engine/engine.hpp"
#include "support/fake_system.hpp"
#include "support/kernel_time.hpp"
#include "support/scratch_folder.hpp"

namespace nanotune::test {

/// Consents to everything.
[[nodiscard]] ApplyRequest apply_request();
[[nodiscard]] RollbackRequest rollback_request();

class EngineOn {
  public:
    /// The host and the folder, where the journal is kept, must outlive this. `without` is a plugin
    /// that is not there.
    EngineOn(FakeHost& host, std::string state_folder,
             Identity identity = {.boot = "test-boot", .network = 1},
             std::chrono::milliseconds lock_patience = {}, std::string_view without = {});

    /// Problems of the profile become a refused report.
    Report apply(std::string_view profile, const ApplyRequest& request = apply_request());
    Report planned(std::string_view profile);
    Report verify(std::string_view profile);
    Report verify() { return engine_.verify(nullptr); }
    /// What is held, where the profile that was applied can be read again, and is this text.
    Report verify_again(std::string_view profile) {
        return engine_.verify(nullptr, [&](const ProfileRequest&) { return resolved(profile); });
    }
    Report confirm() { return engine_.confirm(); }
    Report rollback(const RollbackRequest& request = rollback_request());
    Report rollback_all();
    HostStatus status() { return engine_.status(); }

    [[nodiscard]] Engine& engine() { return engine_; }
    [[nodiscard]] FakeSystem& system() { return system_; }
    [[nodiscard]] KernelTime& time() { return *time_; }
    [[nodiscard]] StateFolder& state() { return state_; }
    [[nodiscard]] const Catalog& catalog() const { return catalog_; }
    [[nodiscard]] Checked<ResolvedProfile> resolved(std::string_view profile);
    /// Nothing is to be written from now on, for this reason.
    void freeze(Error why) { may_write_ = std::unexpected(std::move(why)); }
    void with_daemon(DaemonHere daemon) { daemon_ = daemon; }
    /// The kernel has told that the device of that number is no more.
    void told_removed(unsigned number) { removed_.insert(number); }
    /// As the operator's Ctrl-C does.
    void cancel() { cancelled_ = true; }
    void pass(std::chrono::seconds time) {
        now_.wall += time;
        now_.since_boot += time;
    }
    /// Somebody sets the clock.
    void step_clock(std::chrono::seconds by) { now_.wall += by; }

  private:
    Catalog catalog_;
    std::set<unsigned> removed_;
    StateFolder state_;
    FakeSystem system_;
    std::shared_ptr<KernelTime> time_;
    Moment now_ = {.wall = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1},
                   .since_boot = std::chrono::hours(1)};
    std::atomic<bool> cancelled_ = false;
    Status may_write_;
    DaemonHere daemon_ = DaemonHere::none;
    Engine engine_;
};

/// A host, as it was at first, and an engine on it with a journal of its own.
struct Scene {
    explicit Scene(FakeHost given)
        : host(std::move(given)), before(host), folder(in_memory()), engine(host, folder.path()) {}

    FakeHost host;
    const FakeHost before;
    const ScratchFolder folder;
    EngineOn engine;
};

/// The same on a plain host: what tests of an engine's verbs begin with.
struct PlainScene : Scene {
    PlainScene();
};

/// The row of a setting on a target; a row with the setting "none" where there is none.
[[nodiscard]] Row row_at(const Report& report, std::string_view setting, const Target& target);

/// Everything of a report, for a failing test.
[[nodiscard]] std::string text_of(const Report& report);

}  // namespace nanotune::test
