#include "interlude.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>

#include <fmt/core.h>
#include <sys/wait.h>

#include "../guard.hpp"
#include "../report_text.hpp"

namespace nanotune::cli::prove {

namespace {

Problems problems_of(const Report& report) {
    Problems problems = report.problems;
    for (const Row& row : report.rows) {
        if (is_failure(row)) {
            problems.push_back({.code = ErrorCode::refused, .message = failure_line(row)});
        }
    }
    return problems;
}

void add(Setback& setback, const Problems& problems, Exit exit) {
    setback.problems.insert(setback.problems.end(), problems.begin(), problems.end());
    setback.exit = worse(setback.exit, exit);
}

class Interlude {
  public:
    Interlude(const InterludeRequest& request, const ProfileRequest& profile)
        : request_(request), profile_(profile) {}

    std::expected<Applied, Setback> run(const std::function<Status()>& work) {
        if (const Status guarded = start_guard(); !guarded) {
            return std::unexpected(Setback{.problems = {guarded.error()}});
        }
        apply();
        const bool is_applied =
            done_.apply.exit == Exit::as_wanted || done_.apply.exit == Exit::reboot_needed;
        if (!is_applied) {
            return std::unexpected(not_applied());
        }
        const Status worked = work();
        std::optional<Setback> left = take_back();
        if (!worked) {
            Setback setback{.problems = {worked.error()},
                            .exit = done_.apply.changed ? Exit::rolled_back : Exit::refused};
            if (left) {
                add(setback, left->problems, left->exit);
            }
            left = std::move(setback);
        }
        return left ? std::expected<Applied, Setback>(std::unexpected(std::move(*left)))
                    : std::move(done_);
    }

  private:
    Status start_guard() {
        const Context& context = request_.context;
        if (request_.service.is_guard()) {
            return {};
        }
        NT_TRY(guard_, Guard::start({.program = context.surroundings().program,
                                     .state_folder = context.state_folder(),
                                     .plugin_folder = context.plugin_folder(),
                                     .deadline = request_.longest}));
        return {};
    }

    void apply() {
        ApplyRequest request;
        request.consent = request_.consent;
        request.timeout = request_.timeout;
        request.confirm_within = request_.longest;
        if (guard_) {
            request.guard = guard_->process();
        }
        request.begins = [this](std::uint64_t id) {
            transaction_ = id;
            return guard_ ? guard_->watch(id) : Status();
        };
        done_.apply = request_.service.apply(profile_, request);
    }

    /// What the apply itself took back needs nobody; what it left is rolled back.
    Setback not_applied() {
        Setback setback{.problems = problems_of(done_.apply), .exit = done_.apply.exit};
        if (done_.apply.exit == Exit::differs) {
            setback.exit = Exit::rolled_back;
            if (const auto left = take_back()) {
                add(setback, left->problems, left->exit);
            }
        } else if (done_.apply.state != HostState::interrupted) {
            dismiss();
        }
        return setback;
    }

    std::optional<Setback> take_back() {
        if (done_.apply.state != HostState::awaiting_confirmation) {
            dismiss();  // it was in force already: nothing was begun
            return std::nullopt;
        }
        const Report undone = request_.service.rollback(
            {.only = transaction_, .consent = request_.consent, .timeout = request_.timeout});
        if (undone.exit == Exit::as_wanted && undone.profile.empty()) {
            dismiss();
            return Setback{
                .problems = {{.code = ErrorCode::conflict,
                              .message = fmt::format("{} was confirmed, or taken back, by somebody "
                                                     "else while it was measured: status tells "
                                                     "what is in force",
                                                     called(profile_.name))}},
                .exit = Exit::not_restored};
        }
        if (undone.exit == Exit::as_wanted) {
            dismiss();
            std::ranges::copy_if(undone.rows, std::back_inserter(done_.overridden),
                                 [](const Row& row) { return row.outcome == Outcome::overridden; });
            return std::nullopt;
        }
        // The guard tries once more when this process has ended.
        return Setback{
            .problems = problems_of(undone),
            .exit = undone.exit == Exit::rolled_back ? Exit::rolled_back : Exit::not_restored};
    }

    void dismiss() {
        if (!guard_) {
            return;
        }
        guard_->dismiss();
        while (::waitpid(static_cast<pid_t>(guard_->process()), nullptr, 0) < 0 && errno == EINTR) {
        }
        guard_.reset();
    }

    const InterludeRequest& request_;
    const ProfileRequest& profile_;
    std::optional<Guard> guard_;
    std::uint64_t transaction_ = 0;
    Applied done_;
};

}  // namespace

std::expected<Applied, Setback> interlude(const InterludeRequest& request,
                                          const ProfileRequest& profile,
                                          const std::function<Status()>& work) {
    return Interlude(request, profile).run(work);
}

}  // namespace nanotune::cli::prove
