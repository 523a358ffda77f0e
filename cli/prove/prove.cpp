// nanotune prove: whether a profile makes a difference here, by how much, and by which of its
// lines.
#include <algorithm>
#include <concepts>
#include <iterator>

#include <fmt/core.h>
#include <sys/random.h>

#include "../context.hpp"
#include "../interruption.hpp"
#include "../progress.hpp"
#include "../prove_verb.hpp"
#include "../report_text.hpp"
#include "../text.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "ablation.hpp"
#include "beforehand.hpp"
#include "decimal.hpp"
#include "proof_text.hpp"
#include "result.hpp"

namespace nanotune::cli::prove {

namespace {

constexpr Option options[] = {
    {.name = "set",
     .value = "NAME=VALUE",
     .help = "a variable of the profile, or cpus.NAME",
     .repeatable = true},
    {.name = "allow",
     .value = "WORDS",
     .help = "what changes may do besides: drops, bounces, moves, clock, management, all",
     .repeatable = true},
    {.name = "jitter", .help = "measure how long a busy thread is kept from each CPU"},
    {.name = "timer", .help = "measure how late a sleeping thread wakes up on each CPU"},
    {.name = "ping",
     .value = "ADDRESS:PORT",
     .help = "measure round trips to what answers there by UDP: a datapath, an echo"},
    {.name = "measure",
     .value = "COMMAND",
     .help = "measure what this program prints, by a shell: one number a line"},
    {.name = "unit", .value = "WORD", .help = "the unit of --measure's numbers"},
    {.name = "higher-is-better", .help = "call it better where numbers rise"},
    {.name = "cpus",
     .value = "CPUS",
     .help = "where --jitter and --timer measure (default datapath, of the profile's CPU plan)"},
    {.name = "duration",
     .value = "TIME",
     .help = "of --jitter, --timer and --ping in each round (default 1s)"},
    {.name = "limit", .value = "TIME", .help = "kill a --measure that takes longer (default 60s)"},
    {.name = "settle",
     .value = "TIME",
     .help = "wait after each change before anything is measured (default 200ms)"},
    {.name = "rounds", .value = "N", .help = "rounds (default 12, or what --ablate takes)"},
    {.name = "confidence",
     .value = "PERCENT",
     .help = "how often all that is claimed is true together (default 95)"},
    {.name = "seed", .value = "N", .help = "draw the same order again"},
    {.name = "ablate", .help = "also leave out each line of the profile by itself, and rank them"},
    {.name = "html", .value = "FILE", .help = "write the result to FILE as a page, too"},
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

template <std::integral Number>
Result<Number> number_in(const Arguments& arguments, std::string_view option, Number otherwise,
                         Number least, Number most) {
    return arguments.has(option) ? number_within<Number>(fmt::format("--{}", option),
                                                         arguments.text(option), least, most)
                                 : Result<Number>(otherwise);
}

/// Of 1.
Result<double> confidence_in(const Arguments& arguments) {
    const std::string text = arguments.text("confidence", "95");
    const double percent = decimal_number(text).value_or(0);
    if (percent < 50 || percent > 99.99) {
        return out_of_bounds("--confidence", text, "50", "99.99");
    }
    return percent / 100;
}

Result<std::uint64_t> seed_in(const Arguments& arguments) {
    std::uint64_t drawn = 0;
    if (::getrandom(&drawn, sizeof drawn, 0) != sizeof drawn) {
        drawn =
            static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
    }
    return number_in<std::uint64_t>(arguments, "seed", drawn % 1'000'000'000, 0, UINT64_MAX);
}

/// A time for which something is done, within what is sensible.
Result<std::chrono::milliseconds> time_in(const Arguments& arguments, std::string_view option,
                                          std::string_view otherwise,
                                          std::chrono::milliseconds least,
                                          std::chrono::milliseconds most) {
    const std::string text = arguments.text(option, std::string(otherwise));
    return duration_within(fmt::format("--{}", option), text, least, most);
}

Result<CpuSet> cpus_in(const Context& context, Service& service, const ProfileRequest& profile) {
    const std::string words = context.arguments().text("cpus", "datapath");
    const auto cpus = service.cpus(profile, words);
    if (!cpus) {
        return std::unexpected(cpus.error().front());
    }
    if (cpus->empty()) {
        return failure(ErrorCode::not_found, fmt::format("--cpus {}: no CPU is meant", words));
    }
    return *cpus;
}

Result<Measures> measures_in(const Context& context, Service& service,
                             const ProfileRequest& profile) {
    const Arguments& arguments = context.arguments();
    const bool is_free = !arguments.has("ping") && !arguments.has("measure");
    const bool is_both = is_free && !arguments.has("jitter") && !arguments.has("timer");
    constexpr std::chrono::milliseconds least{10};
    NT_TRY(const auto duration,
           time_in(arguments, "duration", "1s", least, std::chrono::minutes(1)));
    NT_TRY(const auto limit, time_in(arguments, "limit", "60s", least, std::chrono::hours(1)));
    Measures measures;
    if (arguments.has("timer") || arguments.has("jitter") || is_both) {
        NT_TRY(const CpuSet cpus, cpus_in(context, service, profile));
        if (arguments.has("timer") || is_both) {
            measures.push_back(timer_wake_up(cpus, duration));
        }
        if (arguments.has("jitter") || is_both) {
            measures.push_back(scheduler_jitter(cpus, duration));
        }
    }
    if (arguments.has("ping")) {
        measures.push_back(ping_pong(arguments.text("ping"), duration));
    }
    if (arguments.has("measure")) {
        if (arguments.text("measure").find_first_not_of(" \t\n") == std::string::npos) {
            return failure(ErrorCode::invalid, "--measure names no command");
        }
        measures.push_back(program_samples({.command = arguments.text("measure"),
                                            .unit = arguments.text("unit"),
                                            .folder = context.surroundings().working_folder,
                                            .limit = limit}));
    }
    return measures;
}

/// Enough to be able to tell something, and to bear a few rounds that went wrong.
Result<std::size_t> rounds_in(const Arguments& arguments, const ExperimentPlan& plan,
                              double confidence) {
    const std::size_t comparisons =
        std::size(all_figures) * plan.measures.size() * (plan.conditions.size() - 1);
    const std::size_t needed = rounds_needed(comparisons, 1 - confidence);
    constexpr std::size_t usual = 12;
    constexpr std::size_t spare = 4;
    NT_TRY(const std::size_t rounds,
           number_in<std::size_t>(arguments, "rounds", std::max(usual, needed + spare), 1,
                                  most_rounds));
    if (rounds < needed) {
        return failure(
            ErrorCode::invalid,
            fmt::format("--rounds {}: {} at {:g} % confidence take {} rounds before any "
                        "difference could be told from none",
                        rounds, counted(comparisons, "comparison"), confidence * 100, needed));
    }
    return rounds;
}

std::chrono::seconds longest_of(const ExperimentPlan& plan) {
    std::chrono::milliseconds longest = plan.settle + std::chrono::seconds(60);
    for (const auto& measure : plan.measures) {
        longest += measure->limit();
    }
    return std::min<std::chrono::seconds>(std::chrono::ceil<std::chrono::seconds>(longest),
                                          std::chrono::hours(24));
}

/// What cannot be measured is told before anything is touched, and not by the lot that is drawn.
Status can_measure(const Measures& measures) {
    for (const auto& one : measures) {
        NT_CHECK(one->samples(*Interruption::flag()));
    }
    return {};
}

constexpr OwnText a_proof{.option = "--html",
                          .what = "a proof",
                          .limit = std::size_t{16} << 20U,
                          .is_own = is_proof_page};

Ended run(Context& context) {
    const Arguments& arguments = context.arguments();
    NT_TRY(const ProfileRequest profile, context.profile(arguments.operand(0)));
    const std::string file = arguments.text("html");
    if (arguments.has("html")) {
        NT_CHECK(may_be_written(file, a_proof));
    }
    NT_TRY(const double confidence, confidence_in(arguments));
    NT_TRY(const auto service, context.service());
    ExperimentPlan plan;
    NT_TRY(plan.measures, measures_in(context, *service, profile));
    NT_TRY(plan.seed, seed_in(arguments));
    NT_TRY(plan.settle, time_in(arguments, "settle", "200ms", std::chrono::milliseconds(0),
                                std::chrono::minutes(10)));
    plan.conditions = {{.name = "before", .profile = {}},
                       {.name = called(profile.name), .profile = profile}};
    Ablation ablation;
    if (arguments.has("ablate")) {
        NT_TRY(ablation, Ablation::of(*service, profile));
        std::ranges::move(ablation.conditions(), std::back_inserter(plan.conditions));
    }
    NT_TRY(plan.rounds, rounds_in(arguments, plan, confidence));
    InterludeRequest how{.context = context, .service = *service, .consent = {}};
    NT_TRY(how.consent, context.consent());
    NT_TRY(how.timeout, context.timeout());
    NT_TRY(const std::string before, before_on(context, *service, profile));
    how.longest = longest_of(plan);
    std::expected<Observations, Setback> seen;
    {
        const Interruption interruption;
        NT_CHECK(can_measure(plan.measures));
        ProgressLine progress(context.screen());
        plan.progress = progress.sink();
        plan.stopped = Interruption::flag();
        seen = observe(plan,
                       [&how](const ProfileRequest& wanted, const std::function<Status()>& work) {
                           return interlude(how, wanted, work);
                       });
    }
    if (!seen) {
        return print_setback(context, seen.error(), called(profile.name));
    }
    Proof proof = proof_of(plan, std::move(*seen), ablation.tried(), confidence);
    proof.higher_is_better = arguments.has("higher-is-better");
    proof.not_tried = ablation.not_tried();
    if (!before.empty()) {
        proof.notes.insert(proof.notes.begin(), before);
    }
    return print_result(context, std::move(proof), file);
}

}  // namespace

}  // namespace nanotune::cli::prove

namespace nanotune::cli {

constinit const Command prove_command = {
    .name = "prove",
    .help = "measure before and after, many times, and say whether a profile makes a difference",
    .operands = {.usage = "PROFILE", .least = 1, .most = 1},
    .options = prove::options,
    .details =
        "Once it has seen that it can measure: in each round the host is measured as it is and "
        "with the profile, in an order drawn by lot; the profile is rolled back after each. "
        "Without a measure: --timer and --jitter. "
        "Where the intervals reach over zero it says \"no difference\": of all runs that prove "
        "nothing, at most 5 in 100 claim one. Whatever ends it, kill -9 too, ends in rollback. "
        "It works in its own process: where nanotuned lives, or the host is frozen, it is refused "
        "before anything is measured.",
    .run = prove::run,
    .acts = true};

}  // namespace nanotune::cli
