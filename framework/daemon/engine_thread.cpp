#include "daemon/engine_thread.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cli/direct/direct_service.hpp"
#include "cli/direct/profile_files.hpp"
#include "daemon/taking_back.hpp"
#include "service/host_config.hpp"
#include "service/time_text.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds look_pause{1'000};
constexpr std::chrono::milliseconds longest_pause{60'000};
constexpr std::chrono::milliseconds longest_sleep{3'600'000};  // the clock may be set meanwhile
constexpr std::chrono::milliseconds progress_pause{100};
// Who has just had an answer may ask for the next thing: the first look at what was applied waits
// for that so long after the last job, and not longer than so after the first.
constexpr std::chrono::milliseconds job_pause{20};
constexpr std::chrono::milliseconds longest_job_pause{60};
constexpr std::chrono::milliseconds rest_pause{1'500};  // then memory that jobs used goes back

bool is_applied(const Report& report) {
    return report.verb == "apply" &&
           (report.exit == Exit::as_wanted || report.exit == Exit::reboot_needed);
}

Answer cancelled_early() {
    Answer answer;
    answer.report.problems.push_back(
        {.code = ErrorCode::refused, .message = "cancelled before it began; nothing was touched"});
    answer.report.exit = Exit::refused;
    return answer;
}

Actor itself() {
    return {.user = ::getuid(), .login_user = {}, .client = "nanotuned"};
}

/// Not more often than anybody can read.
ProgressSink throttled(ProgressSink sink) {
    return [sink = std::move(sink),
            last = std::chrono::steady_clock::time_point()](const Progress& progress) mutable {
        const auto now = std::chrono::steady_clock::now();
        if (now - last >= progress_pause) {
            last = now;
            sink(progress);
        }
    };
}

/// Whether what is held is another thing now.
bool is_about_another(const HostStatus& before, const HostStatus& now) {
    return before.profile_hash != now.profile_hash || before.applies != now.applies ||
           (before.state == HostState::clean) != (now.state == HostState::clean);
}

}  // namespace

EngineThread::EngineThread(cli::ServiceOptions options, EngineEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      named_(cli::profile_files(options_.profile_folders, "", options_.timeout)),
      given_(given_or_named({}, named_)),
      kept_(given_) {
    options_.cancelled = &is_cancelled_;
}

Result<std::unique_ptr<EngineThread>> EngineThread::open(cli::ServiceOptions options,
                                                         EngineEvents events) {
    NT_CHECK(cli::prepare_state_folder(options.state_folder));
    std::unique_ptr<EngineThread> engine(
        new EngineThread(std::move(options), std::move(events)));  // NOLINT: private
    NT_TRY(engine->residence_,
           Residence::take(engine->options_.state_folder, engine->options_.command));
    EngineThread* self = engine.get();
    NT_TRY(engine->service_,
           cli::shared_service(engine->options_,
                               {.session_address = [self] { return self->session_address(); },
                                .profiles = engine->profiles(),
                                .actor = [self] { return self->actor_; }}));
    engine->keeper_ = std::make_unique<Keeper>(*engine->service_, engine->options_.host_file,
                                               KeeperEvents{.drifted = engine->events_.drifted,
                                                            .follows = engine->events_.follows,
                                                            .log = engine->events_.log});
    return engine;
}

Snapshot EngineThread::first_look() {
    status_ = service_->standing();
    return is_to_be_taken_back(status_.state) ? recovering(status_) : snapshot_of(status_, {});
}

void EngineThread::start() {
    thread_ = std::thread([this] { run(); });
}

EngineThread::~EngineThread() {
    {
        const std::scoped_lock lock(mutex_);
        is_stopping_ = true;
        is_cancelled_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) {
        thread_.join();
    }
}

/// What the client gave or named, or gave for the apply that is held.
ProfileSource EngineThread::profiles() {
    return [this](std::string_view name, std::string_view from) {
        auto found = given_(name, from);
        return found || !is_given_by_path(name) ? std::move(found) : kept_(name, from);
    };
}

std::string EngineThread::session_address() const {
    const std::scoped_lock lock(mutex_);
    return session_address_;
}

void EngineThread::submit(Work work) {
    {
        const std::scoped_lock lock(mutex_);
        const auto place =
            work.is_urgent ? std::ranges::find(waiting_, false, &Work::is_urgent) : waiting_.end();
        waiting_.insert(place, std::move(work));
    }
    changed_.notify_all();
}

void EngineThread::look_at(Look look) {
    {
        const std::scoped_lock lock(mutex_);
        if (!look_) {
            look_.emplace();
        }
        look_->add(std::move(look));
    }
    changed_.notify_all();
}

void EngineThread::cancel(std::uint64_t job) {
    bool was_waiting = false;
    {
        const std::scoped_lock lock(mutex_);
        was_waiting =
            std::erase_if(waiting_, [job](const Work& work) { return work.job == job; }) > 0;
        if (current_ == job) {
            is_cancelled_ = true;
        }
    }
    if (was_waiting) {
        events_.ended(job, cancelled_early());
    }
}

void EngineThread::run() {
    static_cast<void>(::prctl(PR_SET_NAME, "engine"));
    events_.installed(service_->plugins());
    if (is_to_be_taken_back(status_.state)) {
        look();
    }
    is_anew_ = false;
    keeper_->begin_anew(status_);
    while (const auto turn = next()) {
        if (turn->work) {
            carry_out(*turn->work);
        } else if (turn->look) {
            watch(*turn->look);
        } else if (turn->is_time && keeper_->patience() == std::chrono::milliseconds(0)) {
            watch({.is_whole = true});
        } else if (turn->is_time) {
            look();
        }
    }
    end();
}

/// What is applied stays, unless the host's file wants otherwise.
void EngineThread::end() {
    const auto host = read_host_file(options_.host_file);
    if (host && *host && (*host)->on_stop == HostFile::OnStop::rollback && status_.applies > 0) {
        actor_ = itself();
        take_back("nanotuned is stopped", Extent::all);
    }
}

std::optional<std::chrono::milliseconds> EngineThread::patience() const {
    if (status_.state == HostState::awaiting_confirmation || is_to_be_taken_back(status_.state)) {
        return std::max(pause_, look_pause);
    }
    auto patience = keeper_->patience();
    if (patience && jobs_) {
        const auto until = std::min(jobs_->last + job_pause, jobs_->first + longest_job_pause);
        patience = std::max(*patience, std::chrono::ceil<std::chrono::milliseconds>(
                                           until - std::chrono::steady_clock::now()));
    }
    const auto thaws = status_.frozen ? time_of(status_.frozen->until) : std::nullopt;
    if (thaws) {
        const std::chrono::seconds left(std::max<std::int64_t>(*thaws - seconds_since_epoch(), 0));
        const auto until = std::clamp<std::chrono::milliseconds>(left, look_pause, longest_sleep);
        patience = std::min(patience.value_or(until), until);
    }
    return patience;
}

/// Nothing once the daemon stops.
std::optional<EngineThread::Turn> EngineThread::next() {
    std::unique_lock lock(mutex_);
    current_ = 0;
    const auto is_due = [this] { return is_stopping_ || !waiting_.empty() || look_; };
    const auto wait = patience();
    if (has_worked_ && (!wait || *wait > rest_pause) &&
        !changed_.wait_for(lock, rest_pause, is_due)) {
        has_worked_ = false;
        lock.unlock();
        ::malloc_trim(0);
        return Turn();
    }
    if (wait) {
        if (!changed_.wait_for(lock, *wait, is_due)) {
            return Turn{.work = {}, .look = {}, .is_time = true};
        }
    } else {
        changed_.wait(lock, is_due);
    }
    if (is_stopping_) {
        return std::nullopt;
    }
    is_cancelled_ = false;
    if (waiting_.empty()) {
        session_address_.clear();
        return Turn{.work = {}, .look = std::exchange(look_, std::nullopt)};
    }
    Turn turn{.work = std::move(waiting_.front()), .look = {}};
    waiting_.pop_front();
    current_ = turn.work->job;
    session_address_ = turn.work->session_address;
    return turn;
}

void EngineThread::carry_out(const Work& work) {
    stay();
    events_.begun(work.job);
    given_ = given_or_named(work.files, named_);
    actor_ = work.actor;
    const auto began = std::chrono::steady_clock::now();
    Answer answer = work.run(*service_, throttled([this, &work](const Progress& progress) {
        events_.progress(work.job, progress);
    }));
    if (!answer.report.verb.empty()) {
        events_.verb_ended(end_of(answer.report, std::chrono::steady_clock::now() - began));
    }
    if (is_applied(answer.report)) {
        kept_ = given_;
    }
    if (answer.status) {
        answer.status->drifted = keeper_->drifted();
    }
    if (work.is_urgent) {
        const bool is_about_host = answer.report.verb != "freeze" && answer.report.verb != "thaw";
        is_anew_ = is_anew_ || (is_about_host && answer.report.changed);
        look();  // whoever waits for the job's end finds the properties true
    }
    events_.ended(work.job, std::move(answer));
    has_worked_ = true;
    const auto now = std::chrono::steady_clock::now();
    jobs_ = {.first = jobs_ ? jobs_->first : now, .last = now};
}

/// Tells how the host stands, once what is to be taken back is.
void EngineThread::look() {
    const HostStatus before = std::exchange(status_, service_->standing());
    is_anew_ = is_anew_ || is_about_another(before, status_);
    if (is_to_be_taken_back(status_.state)) {
        take_back();
    } else {
        pause_ = std::chrono::milliseconds(0);
    }
    if (std::exchange(is_anew_, false)) {
        keeper_->begin_anew(status_);
    }
    tell(snapshot_of(status_, keeper_->drifted()));
}

/// For itself: nobody else asked.
void EngineThread::watch(const Look& look) {
    actor_ = itself();
    jobs_.reset();
    if (keeper_->owes_something()) {
        status_ = service_->standing();  // a freeze ends by itself, too
    }
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
    const std::string why = status_.state == HostState::overdue
                                ? fmt::format("nobody confirmed {}", status_.profile)
                                : status_.interrupted;
    tell(recovering(status_));
    {
        const std::scoped_lock lock(mutex_);
        session_address_.clear();
    }
    actor_ = itself();
    is_anew_ = true;
    take_back(why, Extent::last);
    status_ = service_->standing();
    pause_ = is_to_be_taken_back(status_.state) ? std::clamp(pause_ * 2, look_pause, longest_pause)
                                                : std::chrono::milliseconds(0);
}

/// Where somebody has removed the state folder, it is moved into anew.
void EngineThread::stay() {
    if (residence_ && residence_->stands()) {
        return;
    }
    const Status prepared = cli::prepare_state_folder(options_.state_folder);
    auto again = prepared ? Residence::take(options_.state_folder, options_.command)
                          : Result<Residence>(std::unexpected(prepared.error()));
    if (again) {
        residence_.emplace(*std::move(again));
    } else {
        events_.log("the state folder was removed: " + again.error().message);
    }
}

}  // namespace nanotune::daemon
