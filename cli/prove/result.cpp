#include "result.hpp"

#include <fmt/core.h>
#include <sys/utsname.h>

#include "../json.hpp"
#include "../text_file.hpp"
#include "proof_text.hpp"
#include "service/time_text.hpp"

namespace nanotune::cli::prove {

namespace {

/// A page is looked at weeks later, and by others.
void sign(Proof& proof) {
    utsname names{};
    if (::uname(&names) == 0) {
        proof.host = names.nodename;
        proof.kernel = names.release;
    }
    proof.at = time_text(seconds_since_epoch());
}

}  // namespace

int print_result(const Context& context, Proof proof, const std::string& file) {
    sign(proof);
    Problems problems;
    if (!file.empty()) {
        if (const Status kept = write_text_file(file, html_of(proof)); !kept) {
            problems.push_back(kept.error());
        }
    }
    const int exit = status_of(problems.empty() ? Exit::as_wanted : Exit::refused);
    if (context.look().json) {
        context.screen().raw(json_of(proof, problems, exit));
        return exit;
    }
    print_proof(context.screen(), proof);
    for (const Error& problem : problems) {
        context.screen().error(problem);
    }
    return exit;
}

int print_setback(const Context& context, const Setback& setback, const std::string& name) {
    const Screen& screen = context.screen();
    if (context.look().json) {
        screen.raw(cli::json_of("prove", setback.problems, status_of(setback.exit)));
        return status_of(setback.exit);
    }
    for (const Error& problem : setback.problems) {
        screen.error(problem);
    }
    screen.error(fmt::format("Nothing is proved of {}; {}.", name,
                             setback.exit == Exit::rolled_back ? "this host is as it was before"
                             : setback.exit == Exit::not_restored
                                 ? "and not everything is as it was before: see status"
                                 : "nothing was touched"));
    return status_of(setback.exit);
}

}  // namespace nanotune::cli::prove
