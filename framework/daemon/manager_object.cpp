#include "daemon/manager_object.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/core.h>

#include "daemon/actor.hpp"
#include "service/freeze.hpp"

namespace nanotune::daemon {

namespace {

constexpr std::string_view looking[] = {"session-address"};
constexpr std::string_view applying[] = {"allow",   "strict",        "confirm",
                                         "timeout", "expected-plan", "session-address"};
constexpr std::string_view freezing[] = {"until"};
constexpr std::string_view undoing[] = {"all", "force", "allow", "timeout", "session-address"};

constexpr std::uint32_t most_records = 100'000;
constexpr std::size_t most_with_files = 16;  // of each kind; each has up to 1 MiB

nanotune::Status check_files_that_wait(std::size_t count) {
    return count < most_with_files
               ? nanotune::Status()
               : failure(ErrorCode::exhausted,
                         "too many calls that give files wait for a decision already; nothing was "
                         "touched");
}

/// An answer that is a text, or what is wrong.
Answer answer_of(Checked<std::string> text) {
    Answer answer;
    if (text) {
        answer.text = *std::move(text);
    } else {
        answer.report.problems = std::move(text).error();
        answer.report.exit = Exit::refused;
    }
    return answer;
}

Answer answer_of(Report report) {
    return {.report = std::move(report), .status = {}, .text = {}};
}

}  // namespace

ManagerObject::ManagerObject(sdbus::IConnection& connection, Parts parts, Snapshot snapshot)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(bus::manager_path)),
      parts_(std::move(parts)),
      snapshot_(std::move(snapshot)) {
    registerAdaptor();
}

void ManagerObject::begin(sdbus::Result<Path>&& result, const Verb& verb, const Said& said,
                          Run run) {
    const Reply<Path> reply(std::move(result));
    auto call = call_of(verb, said);
    if (!call) {
        reply.refuse(call.error());
        return;
    }
    const std::size_t files = call->profile.files.empty() ? 0 : 1;
    const auto is_asking = std::make_shared<bool>(false);
    unknown_with_files_ += files;
    parts_.authority.ask(
        bus::call_of(getObject()), verb.right,
        [this, reply, verb, files, is_asking, kept = std::make_shared<const Call>(*std::move(call)),
         run = std::move(run)](const nanotune::Result<Caller>& caller) {
            (*is_asking ? asking_with_files_ : unknown_with_files_) -= files;
            const auto job = caller ? begun(verb, *caller, *kept, run)
                                    : nanotune::Result<Path>(std::unexpected(caller.error()));
            job ? reply.give(*job) : reply.refuse(job.error());
        },
        [this, files, is_asking]() -> nanotune::Status {
            NT_CHECK(check_files_that_wait(files * asking_with_files_));
            unknown_with_files_ -= files;
            asking_with_files_ += files;
            *is_asking = true;
            return {};
        });
}

nanotune::Result<ManagerObject::Call> ManagerObject::call_of(const Verb& verb,
                                                             const Said& said) const {
    NT_CHECK(check_files_that_wait(said.files.empty() ? 0 : unknown_with_files_));
    Call call{.sender = bus::call_of(getObject()).getSender(), .profile = {}, .options = {}};
    NT_TRY(call.options, options_of(said.options, verb.options));
    NT_TRY(call.profile, profile_of(said.profile, said.files, said.set));
    return call;
}

nanotune::Result<ManagerObject::Path> ManagerObject::begun(const Verb& verb, const Caller& caller,
                                                           const Call& call, const Run& run) {
    if (!verb.is_open_in_part || !call.profile.files.empty()) {
        NT_CHECK(caller.may);
    }
    Work work{.job = 0,
              .is_urgent = verb.changes,
              .may_inspect = caller.may.has_value(),
              .files = call.profile.files,
              .session_address = call.options.session_address,
              .actor = actor_of(caller),
              .run = [run, profile = call.profile, options = call.options](
                         Service& service, const ProgressSink& progress) {
                  return run(service, progress, profile, options);
              }};
    return parts_.jobs.begin(parts_.next_job(),
                             {.number = 0,
                              .verb = std::string(verb.name),
                              .sender = call.sender,
                              .user = caller.user,
                              .shows_rows = caller.may.has_value()},
                             std::move(work));
}

void ManagerObject::Plan(sdbus::Result<Path>&& result, std::string profile, Files files, Pairs set,
                         bus::Facts options) {
    begin(std::move(result), {.name = "plan", .right = Right::inspect, .options = looking},
          {std::move(profile), std::move(files), std::move(set), std::move(options)},
          [](Service& service, const ProgressSink&, const CalledProfile& called,
             const CallOptions&) { return answer_of(service.plan(called.request)); });
}

void ManagerObject::Apply(sdbus::Result<Path>&& result, std::string profile, Files files, Pairs set,
                          bus::Facts options) {
    begin(std::move(result),
          {.name = "apply", .right = Right::apply, .changes = true, .options = applying},
          {std::move(profile), std::move(files), std::move(set), std::move(options)},
          [](Service& service, const ProgressSink& progress, const CalledProfile& called,
             const CallOptions& said) {
              ApplyRequest request = said.apply();
              request.progress = progress;
              return answer_of(service.apply(called.request, request));
          });
}

void ManagerObject::Verify(sdbus::Result<Path>&& result, std::string profile, Files files,
                           Pairs set, bus::Facts options) {
    begin(
        std::move(result), {.name = "verify", .right = Right::inspect, .options = looking},
        {std::move(profile), std::move(files), std::move(set), std::move(options)},
        [](Service& service, const ProgressSink&, const CalledProfile& called, const CallOptions&) {
            return answer_of(service.verify(
                called.request.name.empty() ? std::nullopt : std::optional(called.request)));
        });
}

void ManagerObject::ShowProfile(sdbus::Result<Path>&& result, std::string profile, Files files,
                                Pairs set) {
    begin(std::move(result), {.name = "show", .right = Right::inspect, .is_open_in_part = true},
          {std::move(profile), std::move(files), std::move(set), {}},
          [](Service& service, const ProgressSink&, const CalledProfile& called,
             const CallOptions&) { return answer_of(service.show(called.request)); });
}

void ManagerObject::CheckProfile(sdbus::Result<Path>&& result, std::string profile, Files files,
                                 Pairs set) {
    begin(
        std::move(result), {.name = "check", .right = Right::inspect, .is_open_in_part = true},
        {std::move(profile), std::move(files), std::move(set), {}},
        [](Service& service, const ProgressSink&, const CalledProfile& called, const CallOptions&) {
            Answer answer;
            answer.report.problems = service.check(called.request);
            answer.report.exit = answer.report.problems.empty() ? Exit::as_wanted : Exit::refused;
            return answer;
        });
}

void ManagerObject::Confirm(sdbus::Result<Path>&& result) {
    begin(std::move(result), {.name = "confirm", .right = Right::apply, .changes = true}, {},
          [](Service& service, const ProgressSink&, const CalledProfile&, const CallOptions&) {
              return answer_of(service.confirm());
          });
}

void ManagerObject::Rollback(sdbus::Result<Path>&& result, bus::Facts options) {
    begin(std::move(result),
          {.name = "rollback", .right = Right::rollback, .changes = true, .options = undoing},
          {{}, {}, {}, std::move(options)},
          [](Service& service, const ProgressSink& progress, const CalledProfile&,
             const CallOptions& said) {
              RollbackRequest request = said.rollback();
              request.progress = progress;
              return answer_of(service.rollback(request));
          });
}

void ManagerObject::PlanRollback(sdbus::Result<Path>&& result, bus::Facts options) {
    begin(std::move(result), {.name = "rollback", .right = Right::inspect, .options = undoing},
          {{}, {}, {}, std::move(options)},
          [](Service& service, const ProgressSink&, const CalledProfile&, const CallOptions& said) {
              return answer_of(service.rollback_plan(said.rollback()));
          });
}

void ManagerObject::Status(sdbus::Result<Path>&& result) {
    begin(std::move(result), {.name = "status", .right = Right::inspect, .is_open_in_part = true},
          {}, [](Service& service, const ProgressSink&, const CalledProfile&, const CallOptions&) {
              Answer answer;
              answer.status = service.status();
              return answer;
          });
}

void ManagerObject::Capture(sdbus::Result<Path>&& result) {
    begin(std::move(result), {.name = "capture", .right = Right::inspect}, {},
          [](Service& service, const ProgressSink&, const CalledProfile&, const CallOptions&) {
              auto text = service.capture();
              return answer_of(text ? Checked<std::string>(*std::move(text))
                                    : std::unexpected(Problems{std::move(text).error()}));
          });
}

void ManagerObject::Freeze(sdbus::Result<Path>&& result, std::string reason, bus::Facts options) {
    if (const nanotune::Status checked = check_freeze_reason(reason); !checked) {
        Reply<Path>(std::move(result)).refuse(checked.error());  // it is kept while others decide
        return;
    }
    begin(std::move(result),
          {.name = "freeze", .right = Right::freeze, .changes = true, .options = freezing},
          {{}, {}, {}, std::move(options)},
          [reason = std::move(reason)](Service& service, const ProgressSink&, const CalledProfile&,
                                       const CallOptions& said) {
              return answer_of(service.freeze({.reason = reason, .until = said.until}));
          });
}

void ManagerObject::Thaw(sdbus::Result<Path>&& result) {
    begin(std::move(result), {.name = "thaw", .right = Right::freeze, .changes = true}, {},
          [](Service& service, const ProgressSink&, const CalledProfile&, const CallOptions&) {
              return answer_of(service.thaw());
          });
}

void ManagerObject::History(sdbus::Result<Path>&& result, std::uint32_t count) {
    begin(std::move(result), {.name = "history", .right = Right::inspect}, {},
          [count = std::min(count, most_records)](Service& service, const ProgressSink&,
                                                  const CalledProfile&, const CallOptions&) {
              auto text = service.history(count);
              return answer_of(text ? Checked<std::string>(*std::move(text))
                                    : std::unexpected(Problems{std::move(text).error()}));
          });
}

void ManagerObject::ListProfiles(sdbus::Result<Path>&& result) {
    begin(std::move(result), {.name = "profiles"}, {},
          [profiles = parts_.profiles](Service&, const ProgressSink&, const CalledProfile&,
                                       const CallOptions&) {
              std::string text;
              for (const std::string& name : profiles()) {
                  text += name + "\n";
              }
              return answer_of(Checked<std::string>(std::move(text)));
          });
}

}  // namespace nanotune::daemon
