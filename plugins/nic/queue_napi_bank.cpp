#include "queue_napi_bank.hpp"

#include <algorithm>
#include <limits>

#include "permission.hpp"
#include "queue_name.hpp"

namespace nanotune::nic {
namespace {

constexpr std::int64_t largest_s32 = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t largest_s64 = std::numeric_limits<std::int64_t>::max();

/// `file` is the device's own in sysfs; "" where there is none.
struct Row {
    Tunable tunable;
    std::optional<std::uint64_t> NapiTimes::* time;
    RowText file;
};

template <typename With>
constexpr void each_text(Row& row, std::size_t at, const With& with) {
    each_text(row.tunable, at + offsetof(Row, tunable), with);
    with(row.file, at + offsetof(Row, file));
}

constexpr std::string_view by_nobody = "of single queues it is told by the kernel's own ynl alone";

constexpr Row rows[] = {
    {{.name = "per_queue.napi.defer_hard_irqs",
      .domain = integer(0, largest_s32),
      .summary = "Empty polls of this queue after which its interrupt is enabled again.",
      .written_as = "napi.defer_hard_irqs",
      .witness = {.none = by_nobody}},
     &NapiTimes::defer_hard_irqs,
     "napi_defer_hard_irqs"},
    {{.name = "per_queue.napi.gro_flush_timeout",
      .domain = integer(0, largest_s64, Unit::nanoseconds),
      .summary = "Time after which this queue is polled without an interrupt.",
      .written_as = "napi.gro_flush_timeout",
      .witness = {.none = by_nobody}},
     &NapiTimes::gro_flush_timeout,
     "gro_flush_timeout"},
    {{.name = "per_queue.napi.irq_suspend_timeout",
      .domain = integer(0, largest_s64, Unit::nanoseconds),
      .summary = "Time for which this queue's interrupt stays off while an application polls it.",
      .written_as = "napi.irq_suspend_timeout",
      .witness = {.none = by_nobody}},
     &NapiTimes::irq_suspend_timeout,
     ""},
};

const Row& row_of(const Tunable& tunable) {
    return *std::ranges::find_if(packed<rows>,
                                 [&](const Row& row) { return &row.tunable == &tunable; });
}

std::string file_of(const Row& row, const Target& queue) {
    return "/sys/class/net/" + std::string(queue.device()) + "/" + std::string(row.file);
}

/// Errors: unsupported where the kernel does not say which instance that is, or has no times of it.
Result<unsigned> napi_of(System& system, const Target& queue) {
    NT_TRY(const auto served, system.links().queue_interrupts(std::string(queue.device())));
    const auto found = std::ranges::find_if(served, [&](const QueueInterrupt& one) {
        return one.is_receive && one.queue == number_of(queue) && one.napi != 0;
    });
    return found == served.end()
               ? failure(ErrorCode::unsupported,
                         "the kernel does not say which NAPI instance serves " + queue.name)
               : Result<unsigned>(found->napi);
}

struct Times {
    unsigned napi = 0;
    NapiTimes now;
};

Result<Times> times_of(System& system, const Target& queue) {
    NT_TRY(const unsigned napi, napi_of(system, queue));
    NT_TRY(const NapiTimes now, system.links().napi_times(napi));
    return Times{.napi = napi, .now = now};
}

bool is_only_queue(System& system, const Target& queue) {
    const auto names =
        system.files().list("/sys/class/net/" + std::string(queue.device()) + "/queues");
    return names && std::ranges::count_if(*names, [](const std::string& name) {
                        return name.starts_with("rx-");
                    }) == 1;
}

/// Errors: unsupported, saying what sets it instead.
Status has_file(System& system, const Target& queue, const Row& row, const Error& why) {
    if (!row.file.empty() && is_only_queue(system, queue)) {
        return {};
    }
    return failure(
        ErrorCode::unsupported,
        row.file.empty()
            ? why.message
            : why.message + "; nic." +
                  std::string(row.tunable.name.substr(std::string_view("per_queue.").size())) +
                  " sets it for all queues of " + std::string(queue.device()));
}

Result<Value> value_of(System& system, const Target& queue, const Row& row,
                       const Result<Times>& times) {
    if (!times) {
        NT_CHECK(has_file(system, queue, row, times.error()));
        NT_TRY(const std::string text, system.files().read(file_of(row, queue)));
        return from_kernel(row.tunable.domain, text);
    }
    const auto& number = times->now.*row.time;
    return number ? from_number(row.tunable.domain, *number)
                  : failure(ErrorCode::unsupported,
                            "this kernel does not have " + std::string(row.tunable.name));
}

}  // namespace

std::vector<const Tunable*> QueueNapiBank::tunables() const {
    return {&packed<rows>[0].tunable, &packed<rows>[1].tunable, &packed<rows>[2].tunable};
}

std::vector<Result<Reading>> QueueNapiBank::read(System& system, const Target& target,
                                                 std::span<const Tunable* const> wanted) const {
    const auto times = times_of(system, target);
    std::vector<Result<Reading>> readings;
    readings.reserve(wanted.size());
    for (const Tunable* tunable : wanted) {
        readings.push_back([&]() -> Result<Reading> {
            NT_TRY(Value value, value_of(system, target, row_of(*tunable), times));
            return Reading{.value = std::move(value)};
        }());
    }
    return readings;
}

std::vector<Status> QueueNapiBank::write(System& system, const Target& target,
                                         std::span<const Assignment> assignments) const {
    const auto times = times_of(system, target);
    if (times) {
        NapiTimes wanted;
        for (const auto& [tunable, value] : assignments) {
            wanted.*row_of(*tunable).time = to_number(tunable->domain, value);
        }
        return {assignments.size(), system.links().set_napi_times(times->napi, wanted)};
    }
    std::vector<Status> outcomes;
    outcomes.reserve(assignments.size());
    for (const auto& [tunable, value] : assignments) {
        const Row& row = row_of(*tunable);
        Status outcome = has_file(system, target, row, times.error());
        if (outcome) {
            outcome = system.files().write(file_of(row, target), to_kernel(tunable->domain, value));
        }
        outcomes.push_back(std::move(outcome));
    }
    return outcomes;
}

Status QueueNapiBank::may_write(System& system, const Target& target,
                                const Tunable& tunable) const {
    NT_CHECK(may_administer(system, target, tunable));
    const Row& row = row_of(tunable);
    return !row.file.empty() && !napi_of(system, target)
               ? system.files().may_write(file_of(row, target))
               : Status();
}

}  // namespace nanotune::nic
