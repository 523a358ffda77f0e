#include "daemon/engine_thread.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <sys/prctl.h>

#include "cli/direct/direct_service.hpp"
#include "cli/direct/profile_files.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::chrono::milliseconds look_pause{1'000};
constexpr std::chrono::milliseconds longest_pause{60'000};
constexpr std::chrono::milliseconds progress_pause{100};

bool is_to_be_taken_back(HostState state) {
    return state == HostState::overdue || state == HostState::interrupted;
}

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

Snapshot snapshot_of(const HostStatus& status) {
    return {.state = std::string(name_of(status.state)),
            .profile = status.profile,
            .profile_hash = status.profile_hash};
}

/// While what was cut off or not confirmed is taken back.
Snapshot recovering(const HostStatus& status) {
    Snapshot snapshot = snapshot_of(status);
    snapshot.state = "recovering";
    return snapshot;
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

std::string outcome_of(const Report& report, std::string_view why) {
    const bool is_done = report.exit == Exit::as_wanted;
    std::string text =
        fmt::format("{}: {} {}", why, report.profile.empty() ? "what was applied" : report.profile,
                    is_done ? "is rolled back" : "is not completely rolled back");
    for (const Error& problem : report.problems) {
        text += "; " + problem.message;
    }
    for (const std::string& note : report.notes) {
        text += "; " + note;
    }
    return text;
}

}  // namespace

EngineThread::EngineThread(cli::ServiceOptions options, EngineEvents events)
    : options_(std::move(options)),
      events_(std::move(events)),
      named_(cli::profile_files(options_.profile_folders, "")),
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
                                .profiles = engine->profiles()}));
    return engine;
}

Snapshot EngineThread::first_look() {
    status_ = service_->status();
    return is_to_be_taken_back(status_.state) ? recovering(status_) : snapshot_of(status_);
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
    if (is_to_be_taken_back(status_.state)) {
        look();
    }
    while (auto work = next()) {
        if (work->run) {
            carry_out(*work);
        } else {
            look();
        }
    }
}

/// The next job; one without work where it is time to look at what is to be taken back; nothing
/// once the daemon stops.
std::optional<Work> EngineThread::next() {
    std::unique_lock lock(mutex_);
    current_ = 0;
    const auto is_due = [this] { return is_stopping_ || !waiting_.empty(); };
    if (status_.state == HostState::awaiting_confirmation || is_to_be_taken_back(status_.state)) {
        if (!changed_.wait_for(lock, std::max(pause_, look_pause), is_due)) {
            return Work();
        }
    } else {
        changed_.wait(lock, is_due);
    }
    if (is_stopping_) {
        return std::nullopt;
    }
    Work work = std::move(waiting_.front());
    waiting_.pop_front();
    current_ = work.job;
    is_cancelled_ = false;
    session_address_ = work.session_address;
    return work;
}

void EngineThread::carry_out(const Work& work) {
    stay();
    events_.begun(work.job);
    given_ = given_or_named(work.files, named_);
    Answer answer = work.run(*service_, throttled([this, &work](const Progress& progress) {
        events_.progress(work.job, progress);
    }));
    if (is_applied(answer.report)) {
        kept_ = given_;
    }
    if (work.is_urgent) {
        look();  // whoever waits for the job's end finds the properties true
    }
    events_.ended(work.job, std::move(answer));
}

/// Tells how the host stands, once what is to be taken back is.
void EngineThread::look() {
    status_ = service_->status();
    if (is_to_be_taken_back(status_.state)) {
        take_back();
    } else {
        pause_ = std::chrono::milliseconds(0);
    }
    events_.seen(snapshot_of(status_));
}

/// What was agreed to when it was applied needs no other consent to be taken back.
void EngineThread::take_back() {
    const std::string why = status_.state == HostState::overdue
                                ? fmt::format("nobody confirmed {}", status_.profile)
                                : status_.interrupted;
    events_.seen(
        {.state = "recovering", .profile = status_.profile, .profile_hash = status_.profile_hash});
    {
        const std::scoped_lock lock(mutex_);
        session_address_.clear();
    }
    RollbackRequest request;
    request.consent = *Consent::from_words("all");
    const Report report = service_->rollback(request);
    events_.log(outcome_of(report, why));
    status_ = service_->status();
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
