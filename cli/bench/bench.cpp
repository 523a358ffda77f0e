// nanotune bench: market data for whoever listens, and how long answers take. It changes nothing on
// the host.
#include <cerrno>
#include <filesystem>
#include <fstream>

#include <fmt/core.h>

#include "../commands/commands.hpp"
#include "../context.hpp"
#include "../interruption.hpp"
#include "../json_document.hpp"
#include "../text.hpp"
#include "../words.hpp"
#include "bench_options.hpp"
#include "plot.hpp"
#include "round_trips_text.hpp"

namespace nanotune::cli {

namespace {

constexpr Option options[] = {
    {.name = "count", .value = "N", .help = "packets (10000)"},
    {.name = "rate",
     .value = "N",
     .help =
         "packets a second; latency without it sends one at a time, generate 1000 (0: as fast as "
         "it goes)"},
    {.name = "burst", .value = "N", .help = "generate: so many at a time, at the same rate (1)"},
    {.name = "price", .value = "CENTS,...", .help = "prices, taken in turns (9999)"},
    {.name = "flows", .value = "N", .help = "senders, each with a port of its own (1)"},
    {.name = "from", .value = "ADDRESS", .help = "an address of this host to send from"},
    {.name = "network-order", .help = "numbers in network byte order"},
    {.name = "warm-up",
     .value = "N",
     .help = "latency: packets before, which count for nothing (100)"},
    {.name = "patience",
     .value = "TIME",
     .help = "latency: an answer that takes longer is lost (200ms)"},
    {.name = "csv", .help = "latency: a line of names and a line of numbers"},
    {.name = "plot", .value = "FILE", .help = "latency: a picture of the times, too (SVG)"},
    {.name = "tcp", .help = "sessions instead of packets, one a flow"},
    {.name = "echo", .help = "tcp: answers are market data, not orders"},
    {.name = "interface",
     .value = "NAME",
     .help = "the device that a multicast group, or an address of one link (fe80::), is on"},
    {.name = "port",
     .value = "N",
     .help = "the first flow's own port, others follow: where answers to a group come"},
    {.name = "replay", .value = "FILE", .help = "generate: the UDP packets of a capture (pcap)"},
};

}  // namespace

Result<std::uint64_t> bench::number_in(const Context& context, std::string_view option,
                                       std::uint64_t otherwise, std::uint64_t least,
                                       std::uint64_t most) {
    return context.arguments().has(option)
               ? number_within<std::uint64_t>(fmt::format("--{}", option),
                                              context.arguments().text(option), least, most)
               : Result<std::uint64_t>(otherwise);
}

Result<bench::Feed> bench::feed_in(const Context& context) {
    bench::Feed feed;
    feed.route = {.target = context.arguments().operand(1),
                  .from = context.arguments().text("from"),
                  .interface = context.arguments().text("interface"),
                  .is_tcp = context.arguments().has("tcp")};
    NT_TRY(const std::uint64_t port, bench::number_in(context, "port", 0, 1, 65'535));
    feed.route.port = static_cast<std::uint16_t>(port);
    feed.is_echoed = context.arguments().has("echo");
    feed.network_order = context.arguments().has("network-order");
    NT_TRY(const std::uint64_t flows, bench::number_in(context, "flows", 1, 1, 1024));
    feed.flows = static_cast<std::uint32_t>(flows);
    if (port != 0 && port + flows - 1 > UINT16_MAX) {
        return failure(
            ErrorCode::invalid,
            fmt::format("--port {}: there are no ports for {} flows behind it", port, flows));
    }
    const std::string prices = context.arguments().text("price", "9999");
    feed.prices.clear();
    for (std::string_view rest = prices; !rest.empty();) {
        const std::string_view price = rest.substr(0, rest.find(','));
        rest.remove_prefix(std::min(price.size() + 1, rest.size()));
        NT_TRY(const std::uint32_t number,
               number_within<std::uint32_t>("--price", price, 0, UINT32_MAX));
        feed.prices.push_back(number);
    }
    if (feed.prices.empty()) {
        return failure(ErrorCode::invalid, "--price: expected prices in cents");
    }
    return feed;
}

namespace {

/// That which has the option alone, as its help says first; "" where both have it.
std::string_view only_verb_of(const Option& option) {
    const std::string_view first = option.help.substr(0, option.help.find(':'));
    return first == "latency" || first == "generate" ? first : std::string_view();
}

/// What would be left undone is refused: who asked for it would take the figures for something
/// else.
Status has_effect(const Context& context, std::string_view verb) {
    const Arguments& given = context.arguments();
    for (const Option& option : options) {
        const std::string_view only = only_verb_of(option);
        if (given.has(option.name) && !only.empty() && only != verb) {
            return failure(ErrorCode::invalid, fmt::format("--{}: it is for bench {}, not {}",
                                                           option.name, only, verb));
        }
    }
    for (const std::string_view option : {"price", "network-order"}) {
        if (given.has("replay") && given.has(option)) {
            return failure(ErrorCode::invalid,
                           fmt::format("--{}: what is replayed is as it was captured", option));
        }
    }
    const bool is_flood =
        given.has("rate") && given.text("rate").find_first_not_of('0') == std::string::npos;
    const bool has_no_pace = is_flood || (given.has("replay") && !given.has("rate"));
    if (given.has("burst") && has_no_pace) {
        return failure(ErrorCode::invalid,
                       is_flood
                           ? "--burst: with --rate 0 packets leave as fast as it goes"
                           : "--burst: what is replayed comes as it was captured, without --rate");
    }
    if (given.has("echo") && !given.has("tcp")) {
        return failure(ErrorCode::invalid,
                       "--echo: it is for --tcp; a packet says itself what it is");
    }
    if (given.has("csv") && context.look().json) {
        return failure(ErrorCode::invalid, "--csv and --json: one of them");
    }
    return {};
}

/// The picture's file, opened for writing; what is there stays until something is written.
Result<std::ofstream> picture(const std::string& path, std::ios::openmode mode) {
    std::ofstream file(path, mode);
    if (!file) {
        return kernel_failure("write " + path, errno);
    }
    return file;
}

/// Leaves nothing where nothing was.
Status may_draw(const std::string& path) {
    std::error_code error;
    const bool was_there = std::filesystem::exists(path, error);
    NT_CHECK(picture(path, std::ios::app));
    if (!was_there) {
        std::filesystem::remove(path, error);
    }
    return {};
}

/// What was measured is told, whatever becomes of its picture.
Problems drawn(const Context& context, const std::string& target, const bench::RoundTrips& trips) {
    if (!context.arguments().has("plot")) {
        return {};
    }
    const std::string path = context.arguments().text("plot");
    auto file = picture(path, std::ios::trunc);
    if (!file) {
        return {std::move(file).error()};
    }
    *file << bench::svg_of(target, trips);
    file->close();
    return *file ? Problems() : Problems{kernel_failure("write " + path, errno).error()};
}

Ended latency(const Context& context) {
    NT_TRY(const bench::Feed feed, bench::feed_in(context));
    if (context.arguments().has("plot")) {
        NT_CHECK(may_draw(context.arguments().text("plot")));
    }
    bench::RoundTripPlan plan;
    NT_TRY(plan.count, bench::number_in(context, "count", plan.count, 1, bench::most_packets));
    NT_TRY(plan.rate, bench::number_in(context, "rate", 0, 1, bench::fastest));
    NT_TRY(plan.warm_up,
           bench::number_in(context, "warm-up", plan.warm_up, 0, bench::most_packets));
    NT_TRY(const auto patience,
           duration_of("--patience", context.arguments().text("patience", "200ms")));
    plan.patience = static_cast<std::uint64_t>(std::chrono::nanoseconds(patience).count());
    const Interruption interruption;
    plan.stopped = Interruption::flag();
    NT_TRY(bench::Sender sender, bench::Sender::open(feed));
    bench::RoundTrips trips = bench::round_trips(sender, plan);
    trips.not_sent_because = bench::why_not_sent(trips.not_sent, sender.refusal());
    if (trips.sent == 0 && trips.not_sent != 0) {
        return bench::nothing_sent(feed.route.target, trips.not_sent, sender.refusal());
    }
    const Screen& screen = context.screen();
    Problems problems = drawn(context, feed.route.target, trips);
    const int status = !problems.empty()     ? status_of(problems)
                       : trips.times.empty() ? status_of(Exit::differs)
                                             : 0;
    if (context.look().json) {
        screen.raw(bench::json_of(feed.route.target, trips, problems, status));
    } else if (context.arguments().has("csv")) {
        screen.raw(bench::csv_of(feed.route.target, trips));
    } else {
        bench::print(screen, feed.route.target, trips);
    }
    if (!problems.empty() && !context.look().json) {
        return std::unexpected(Failure(std::move(problems)));
    }
    return status;
}

Ended run(Context& context) {
    const std::string verb = context.arguments().operand(0);
    if (verb != "latency" && verb != "generate") {
        return std::unexpected(
            Failure(Error{.code = ErrorCode::invalid,
                          .message = fmt::format("bench {}: it is generate or latency", verb)}));
    }
    NT_CHECK(has_effect(context, verb));
    return verb == "latency" ? latency(context) : bench::generate(context);
}

}  // namespace

constinit const Command bench_command = {
    .name = "bench",
    .help = "market data for a target, and how long its answers take",
    .operands = {.usage = "generate|latency ADDRESS:PORT", .least = 2, .most = 2},
    .options = options,
    .details =
        "The target may be a datapath of nanotune's or anybody else's: 24 bytes of market data go "
        "there by UDP, or by TCP in sessions, and whatever comes back is an answer. latency sends "
        "each packet after the "
        "answer to the one before; with --rate it sends at its own times, whatever the target "
        "does, "
        "and counts from the time at which a packet was to be sent. Run it on a CPU of its own: "
        "nanotune exec --cpus 2 -- nanotune bench latency 192.0.2.1:8080.",
    .run = run,
    .acts = true};

}  // namespace nanotune::cli
