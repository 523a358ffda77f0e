#include "daemon/engine_thread.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/direct/direct_service.hpp"
#include "cli/direct/profile_files.hpp"
#include "service/freeze.hpp"
#include "service/host_config.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::string_view stopping = "nanotuned is being stopped";

}  // namespace

EngineThread::EngineThread(cli::ServiceOptions options, EngineEvents events, Alarm alarm)
    : options_(std::move(options)),
      events_(std::move(events)),
      alarm_(std::move(alarm)),
      profiles_(cli::profile_files(options_.profile_folders, "", options_.timeout)) {
    options_.cancelled = &is_cancelled_;
}

Result<std::unique_ptr<EngineThread>> EngineThread::open(
    cli::ServiceOptions options, EngineEvents events,
    std::function<bool(const DeviceIdentity&)> is_removed) {
    NT_TRY(Home home, Home::move_into(options.state_folder, options.command));
    NT_TRY(Alarm alarm, Alarm::open());
    std::unique_ptr<EngineThread> engine(new EngineThread(  // NOLINT: private
        std::move(options), std::move(events), std::move(alarm)));
    engine->home_ = std::make_unique<Home>(std::move(home));
    EngineThread* self = engine.get();
    NT_TRY(engine->service_,
           cli::shared_service(engine->options_,
                               {.session_address = [self] { return self->session_address(); },
                                .profiles =
                                    [self](std::string_view name, std::string_view from) {
                                        return self->profiles_.find(name, from);
                                    },
                                .actor = [self] { return self->actor_; },
                                .is_removed = std::move(is_removed)}));
    engine->keeper_ = std::make_unique<Keeper>(
        *engine->service_, [self] { return self->host_; },
        KeeperEvents{.drifted = engine->events_.drifted,
                     .follows = engine->events_.follows,
                     .log = engine->events_.log});
    return engine;
}

Snapshot EngineThread::first_look() {
    status_ = standing_of(service_->standing());
    return is_to_be_taken_back(status_.state) ? recovering(status_) : snapshot_of(status_, {});
}

Status EngineThread::start() {
    try {
        thread_ = std::thread([this] { run(); });
    } catch (const std::system_error& error) {
        return failure(ErrorCode::exhausted,
                       fmt::format("no thread is to be had for the engine: {}", error.what()));
    }
    return {};
}

void EngineThread::stop() {
    std::vector<std::uint64_t> waiting;
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
        is_cancelled_ = true;
        waiting = agenda_.drop_all();
    }
    alarm_.ring();
    for (const std::uint64_t job : waiting) {
        events_.ended(job, never_begun(stopping));
    }
}

EngineThread::~EngineThread() {
    stop();
    if (thread_.joinable()) {
        thread_.join();
    }
}

std::string EngineThread::session_address() const {
    const std::scoped_lock lock(mutex_);
    return session_address_;
}

void EngineThread::submit(Work work) {
    {
        const std::scoped_lock lock(mutex_);
        if (is_stopping_) {
            events_.ended(work.job, never_begun(stopping));
            return;
        }
        agenda_.add(std::move(work));
    }
    alarm_.ring();
}

void EngineThread::look_at(Look look) {
    {
        const std::scoped_lock lock(mutex_);
        agenda_.add(std::move(look), Agenda::Clock::now());
    }
    alarm_.ring();
}

void EngineThread::cancel(std::uint64_t job) {
    {
        const std::scoped_lock lock(mutex_);
        if (!agenda_.drop(job)) {
            is_cancelled_ = is_cancelled_ || current_ == job;
            return;
        }
    }
    events_.ended(job, never_begun("cancelled before it began"));
}

void EngineThread::run() {
    static_cast<void>(::prctl(PR_SET_NAME, "engine"));
    events_.installed(service_->installed());
    static_cast<void>(keep_record());
    if (is_to_be_taken_back(status_.state)) {
        look();
    }
    is_anew_ = false;
    keeper_->begin_anew(status_);
    has_worked();
    while (auto turn = next()) {
        if (turn->work) {
            carry_out(*turn->work);
        } else if (turn->look) {
            watch(std::move(*turn->look));
            has_worked();
        } else if (turn->is_time) {
            pass_time();
        }
    }
    end();
    events_.over();
}

/// What is applied stays, unless nobody has confirmed it, or the host's file wants otherwise.
void EngineThread::end() {
    act_for_itself();
    if (!keep_record()) {
        events_.log("nanotuned is stopped, and what nobody has confirmed stays applied: " +
                    lost_record_);
    }
    status_ = standing_of(service_->standing());
    if (awaits_confirmation(status_.state)) {
        take_back(why_taken_back(status_), Extent::last);
        status_ = standing_of(service_->standing());
    }
    const auto host = read_host_file(options_.host_file).value_or(std::nullopt);
    if (host && host->on_stop == HostFile::OnStop::rollback && status_.applies > 0) {
        take_back("nanotuned is stopped", Extent::all);
    }
}

void EngineThread::pass_time() {
    const bool is_for_keeper = keeper_->patience() == std::chrono::milliseconds(0);
    if (may_await_confirmation(status_.state) || !is_for_keeper) {
        look();
    }
    if (is_for_keeper && !is_to_be_taken_back(status_.state)) {
        watch({.is_whole = true});
        has_polled_ = true;
    }
}

void EngineThread::carry_out(const Work& work) {
    if (const Status stays = home_->stay(); !stays) {
        events_.log("the state folder was removed: " + stays.error().message);
    }
    static_cast<void>(keep_record());
    events_.begun(work.job);
    profiles_.begin(work.files, work.may_inspect);
    actor_ = work.actor;
    const auto began = std::chrono::steady_clock::now();
    Answer answer = work.run(*service_, throttled([this, &work](const Progress& progress) {
        events_.progress(work.job, progress);
    }));
    if (!answer.report.verb.empty()) {
        events_.verb_ended(end_of(answer.report, std::chrono::steady_clock::now() - began));
    }
    if (is_applied(answer.report)) {
        profiles_.hold();
    }
    if (answer.status) {
        answer.status->drifted = keeper_->drifted(work.may_inspect);
    }
    if (work.is_urgent) {
        const bool is_about_host = answer.report.verb != "freeze" && answer.report.verb != "thaw";
        is_anew_ = is_anew_ || (is_about_host && answer.report.changed);
        look();  // whoever waits for the job's end finds the properties true
    }
    events_.ended(work.job, std::move(answer));
    has_worked();
    times_.job_ended(LookTimes::Clock::now());
}

/// Tells how the host stands, once what is to be taken back is.
void EngineThread::look() {
    if (!keep_record()) {
        times_.stood(LookTimes::Clock::now());
        return;
    }
    const Standing before = std::exchange(status_, standing_of(service_->standing()));
    static_cast<void>(keep_record());
    is_anew_ = is_anew_ || is_about_another(before, status_);
    if (is_to_be_taken_back(status_.state)) {
        take_back();
    } else {
        times_.tried(true);
    }
    if (std::exchange(is_anew_, false)) {
        keeper_->begin_anew(status_);
    }
    if (before.frozen && !status_.frozen) {
        look_at({.is_whole = true});  // what had to wait for that
    }
    times_.stood(LookTimes::Clock::now());
    tell(snapshot_of(status_, keeper_->drifted()));
}

/// Nobody else asked.
void EngineThread::act_for_itself() {
    const std::scoped_lock lock(mutex_);
    session_address_.clear();
    actor_ = {.user = ::getuid(), .login_user = {}, .client = "nanotuned"};
    profiles_.begin({}, true);
}

/// Nobody tells of the end of a freeze, of a clock that is set, or, where the kernel watches no
/// more files, of a change of the host's file.
std::optional<Frozen> EngineThread::frozen_by_now() const {
    return freeze_in_force(lasting_folder_of(options_.state_folder), options_.host_file);
}

void EngineThread::watch(Look look) {
    act_for_itself();
    times_.jobs_are_seen();
    const bool was_frozen = status_.frozen.has_value();
    HostRules rules = rules_in_force(lasting_folder_of(options_.state_folder), options_.host_file);
    status_.frozen = std::move(rules.frozen);
    host_ = std::move(rules.file);  // one that is broken freezes the host, which is told
    look.is_whole = look.is_whole || (was_frozen && !status_.frozen);
    keeper_->look(look, status_);
    if (keeper_->take_has_written()) {
        this->look();  // what it could not end is taken back
        return;
    }
    // Nobody is woken for nothing.
    if (Snapshot now = snapshot_of(status_, keeper_->drifted()); now != told_) {
        tell(std::move(now));
    }
}

void EngineThread::tell(Snapshot now) {
    told_ = now;
    events_.seen(std::move(now));
}

/// What was agreed to when it was applied needs no other consent to be taken back.
void EngineThread::take_back(std::string_view why, Extent extent) {
    const auto began = std::chrono::steady_clock::now();
    const Report report = taken_back(*service_, extent);
    events_.verb_ended(end_of(report, std::chrono::steady_clock::now() - began));
    events_.log(told_of_taking_back(report, why));
}

void EngineThread::take_back() {
    tell(recovering(status_));
    act_for_itself();
    is_anew_ = true;
    take_back(why_taken_back(status_), Extent::last);
    status_ = standing_of(service_->standing());
    static_cast<void>(keep_record());
    times_.tried(!is_to_be_taken_back(status_.state));
}

}  // namespace nanotune::daemon
