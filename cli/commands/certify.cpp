// nanotune certify: tries every setting of a NIC, or of the host, and has other programs look.
#include <algorithm>

#include <fmt/core.h>

#include "../beforehand.hpp"
#include "../certification_json.hpp"
#include "../certification_text.hpp"
#include "../certified_drivers.hpp"
#include "../context.hpp"
#include "../hint.hpp"
#include "../interruption.hpp"
#include "../progress.hpp"
#include "../text_file.hpp"
#include "../words.hpp"
#include "commands.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "nic", .value = "NIC", .help = "every setting of this network device"},
    {.name = "system", .help = "every setting that belongs to no network device"},
    {.name = "allow",
     .value = "WORDS",
     .help = "what trials may do besides: drops, bounces, moves, clock, management, all",
     .repeatable = true},
    {.name = "html", .value = "FILE", .help = "write the result to FILE as a page, too"},
    {.name = "limit", .value = "TIME", .help = "begin no trial after TIME (default 30m)"},
    {.name = "wait", .value = "TIME", .help = "wait for another nanotune that is at work"},
};

Result<CertifyRequest> request_of(const Context& context) {
    const Arguments& arguments = context.arguments();
    if (arguments.has("nic") == arguments.has("system")) {
        return failure(ErrorCode::invalid,
                       "certify takes one of --nic NIC and --system: what is to be tried");
    }
    CertifyRequest request{.nic = arguments.text("nic"), .consent = {}};
    if (arguments.has("nic") && request.nic.empty()) {
        return failure(ErrorCode::invalid, "--nic: expected the name of a network device");
    }
    NT_TRY(request.consent, context.consent());
    NT_TRY(request.timeout, context.timeout());
    NT_TRY(request.limit, duration_of("--limit", arguments.text("limit", "30m")));
    return request;
}

/// The words that trials were left out for.
std::string missing_words(const Certification& done) {
    std::string words;
    for (const Trial& trial : done.trials) {
        std::string_view rest = trial.allow;
        while (!rest.empty()) {
            const std::string_view word = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(word.size() + 1, rest.size()));
            if (!fmt::format(",{},", words).contains(fmt::format(",{},", word))) {
                words += fmt::format("{}{}", words.empty() ? "" : ",", word);
            }
        }
    }
    return words;
}

constexpr OwnText a_certification{.option = "--html",
                                  .what = "a certification",
                                  .limit = std::size_t{16} << 20U,
                                  .is_own = is_certification_page};

Ended run(Context& context) {
    NT_TRY(CertifyRequest request, request_of(context));
    const std::string file = context.arguments().text("html");
    if (context.arguments().has("html")) {
        NT_CHECK(may_be_written(file, a_certification));
    }
    NT_TRY(const auto service, context.service());
    NT_CHECK(alone_on_host(context, *service));
    Certification done;
    {
        const Interruption interruption;
        ProgressLine progress(context.screen());
        request.progress = progress.sink();
        done = service->certify(request);
    }
    const std::string standing =
        standing_of(request.nic.empty() ? "host" : done.driver, certified_runs(shipped_runs()));
    // What took half an hour is told, also where it cannot be kept.
    if (!file.empty() && !done.trials.empty()) {
        if (Status kept = write_text_file(file, html_of(done, standing)); !kept) {
            done.problems.push_back(std::move(kept).error());
            done.exit = worse(done.exit, Exit::refused);
        }
    }
    if (context.look().json) {
        context.screen().raw(json_of(done, standing));
        return status_of(done.exit);
    }
    print_certification(context.screen(), done, standing);
    if (const std::string words = missing_words(done); !words.empty()) {
        print_error_hint(context.screen(), "Try the rest with", context.again_allowing(words));
    }
    return status_of(done.exit);
}

}  // namespace

constinit const Command certify_command = {
    .name = "certify",
    .help = "try every setting of a NIC or of the host, and have other programs look",
    .options = options,
    .details =
        "Each setting is given another value, read by another program (ethtool, ip, sysctl, cat), "
        "taken back and read again; what is only checked, and what belongs to processes, is left "
        "out. Nothing may be applied meanwhile. A trial that is cut off is taken back by the next "
        "nanotune rollback. "
        "Outcomes: certified; clamped, where the driver rounded; pending, where it takes effect at "
        "a "
        "later event; kept, where no other program tells; refused; contradicted, where another "
        "program says something else; not restored; not tried. "
        "Exit status 2 where a setting that is there does not do what it should, 6 where some were "
        "left out for want of --allow.",
    .run = run};

}  // namespace nanotune::cli
