#include "daemon/job_object.hpp"

#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::chrono::seconds kept_for{60};
constexpr std::size_t most_waiters = 16;
constexpr std::size_t most_in_list = 64;
constexpr std::size_t text_at_once = std::size_t{256} << 10U;

std::unexpected<Error> not_ended(std::uint64_t number) {
    return failure(ErrorCode::busy, fmt::format("job {} has not ended: wait for it first", number));
}

bus::Facts facts_of(const Answer& answer) {
    return answer.status ? bus::facts_of(*answer.status) : bus::facts_of(answer.report);
}

}  // namespace

std::string path_of_job(std::uint64_t number) {
    return fmt::format("{}/job/{}", bus::manager_path, number);
}

JobObject::JobObject(sdbus::IConnection& connection, JobFacts facts, Authority& authority,
                     std::function<void(std::uint64_t)> cancel)
    : AdaptorInterfaces(connection, sdbus::ObjectPath(path_of_job(facts.number))),
      facts_(std::move(facts)),
      authority_(authority),
      cancel_(std::move(cancel)) {
    registerAdaptor();
    emitInterfacesAddedSignal({bus::InterfaceName(bus::job_interface)});
}

JobObject::~JobObject() {
    try {
        emitInterfacesRemovedSignal({bus::InterfaceName(bus::job_interface)});
    } catch (const sdbus::Error&) {
        // Nobody is left to be told.
    }
    unregisterAdaptor();
}

/// What the job is about is told to who began it, on whatever connection, and to root.
template <typename R, typename F>
void JobObject::for_owner(const R& reply, const F& then) {
    const sdbus::Message& call = bus::call_of(getObject());
    if (call.getSender() == facts_.sender) {
        then();
        return;
    }
    authority_.ask(
        call, Right::none,
        [this, reply, then, alive = std::weak_ptr(alive_)](const Result<Caller>& caller) {
            if (alive.expired()) {
                reply.refuse(
                    {.code = ErrorCode::not_found, .message = "the job is forgotten by now"});
            } else if (!caller) {
                reply.refuse(caller.error());
            } else if (caller->user != 0 && caller->user != facts_.user) {
                reply.refuse({.code = ErrorCode::denied,
                              .message = fmt::format("job {} is another user's", facts_.number)});
            } else {
                then();
            }
        });
}

void JobObject::Wait(sdbus::Result<bus::Facts>&& result) {
    const Reply<bus::Facts> reply(std::move(result));
    for_owner(reply, [this, reply] {
        if (answer_) {
            reply.give(facts_of(*answer_));
        } else if (waiters_.size() < most_waiters) {
            waiters_.push_back(reply);
        } else {
            reply.refuse({.code = ErrorCode::exhausted,
                          .message = fmt::format("{} wait for job {} already", most_waiters,
                                                 facts_.number)});
        }
    });
}

void JobObject::Rows(sdbus::Result<std::vector<bus::WireRow>>&& result, std::string list,
                     std::uint64_t first) {
    const Reply<std::vector<bus::WireRow>> reply(std::move(result));
    if (list.size() > most_in_list) {
        reply.refuse({.code = ErrorCode::invalid, .message = "no list has so long a name"});
        return;
    }
    for_owner(reply, [this, reply, list = std::move(list), first] {
        const auto rows = page(list, first);
        rows ? reply.give(*rows) : reply.refuse(rows.error());
    });
}

Result<std::vector<bus::WireRow>> JobObject::page(const std::string& list,
                                                  std::uint64_t first) const {
    if (!answer_) {
        return not_ended(facts_.number);
    }
    const auto& status = answer_->status;
    const std::vector<Row>* rows = list == "rows" ? (status ? &status->rows : &answer_->report.rows)
                                   : list == "left" && status     ? &status->left
                                   : list == "stranded" && status ? &status->stranded
                                   : list == "drifted" && status  ? &status->drifted
                                                                  : nullptr;
    if (rows == nullptr) {
        return failure(ErrorCode::invalid, fmt::format("job {} of verb {} has no list \"{}\"",
                                                       facts_.number, facts_.verb, list));
    }
    return bus::page_of(*rows, first);
}

template <typename T, typename F>
void JobObject::answer_once_ended(sdbus::Result<T>&& result, F answer) {
    const Reply<T> reply(std::move(result));
    for_owner(reply, [this, reply, answer] {
        answer_ ? reply.give(answer(*answer_)) : reply.refuse(not_ended(facts_.number).error());
    });
}

void JobObject::Problems(sdbus::Result<std::vector<bus::WireProblem>>&& result,
                         std::uint64_t first) {
    answer_once_ended(std::move(result), [first](const Answer& answer) {
        return bus::page_of(answer.report.problems, first);
    });
}

void JobObject::Notes(sdbus::Result<std::vector<std::string>>&& result, std::uint64_t first) {
    answer_once_ended(std::move(result), [first](const Answer& answer) {
        return bus::page_of(answer.status ? answer.status->notes : answer.report.notes, first);
    });
}

void JobObject::Devices(sdbus::Result<std::vector<std::string>>&& result, std::uint64_t first) {
    answer_once_ended(std::move(result), [first](const Answer& answer) {
        return bus::page_of(answer.report.devices, first);
    });
}

void JobObject::Text(sdbus::Result<std::string>&& result, std::uint64_t first) {
    answer_once_ended(std::move(result), [first](const Answer& answer) {
        return std::string(bus::page_of(answer.text, first, text_at_once));
    });
}

void JobObject::Cancel(sdbus::Result<>&& result) {
    const Reply<> reply(std::move(result));
    for_owner(reply, [this, reply] {
        cancel_(facts_.number);
        reply.give();
    });
}

void JobObject::Close(sdbus::Result<>&& result) {
    const Reply<> reply(std::move(result));
    for_owner(reply, [this, reply] {
        if (!answer_) {
            reply.refuse(not_ended(facts_.number).error());
            return;
        }
        expires_ = Clock::now();  // this very call is still the object's
        reply.give();
    });
}

std::string JobObject::State() {
    return answer_ ? "ended" : has_begun_ ? "running" : "waiting";
}

void JobObject::begin() {
    has_begun_ = true;
    tell("State");
}

void JobObject::progress(const nanotune::Progress& progress) {
    progress_ = bus::WireProgress(bus::bus_text(progress.doing), std::uint64_t{progress.done},
                                  std::uint64_t{progress.total});
    tell("Progress");
}

void JobObject::end(Answer answer) {
    Answer& kept = answer_.emplace(std::move(answer));
    kept.text = bus::bus_text(kept.text);
    if (kept.report.verb.empty()) {
        kept.report.verb = facts_.verb;
    }
    if (!facts_.shows_rows && kept.status) {
        kept.status->rows.clear();
        kept.status->left.clear();
        kept.status->stranded.clear();
    }
    ended_ = Clock::now();
    expires_ = ended_ + kept_for;
    tell("State");
    for (const Reply<bus::Facts>& waiter : std::exchange(waiters_, {})) {
        waiter.give(facts_of(kept));
    }
}

void JobObject::tell(const std::string& property) {
    bus::tell_changed(getObject(), bus::job_interface, {bus::PropertyName(property)});
}

}  // namespace nanotune::daemon
