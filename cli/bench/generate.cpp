// nanotune bench generate: market data at a rate, or what was captured of it, for whoever listens.
#include <algorithm>
#include <cstring>
#include <string>

#include <fmt/core.h>

#include "../interruption.hpp"
#include "../json_document.hpp"
#include "../text.hpp"
#include "bench_options.hpp"
#include "capture.hpp"

namespace nanotune::cli::bench {

namespace {

struct Generated {
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;
    std::string refused_because = {};  ///< "" for none
    std::uint64_t answers = 0;
    std::uint64_t skipped = 0;  ///< of a capture: what is no whole UDP packet
    std::uint64_t began = 0;
    std::uint64_t ended = 0;

    [[nodiscard]] double seconds() const { return static_cast<double>(ended - began) / 1e9; }
};

struct Pace {
    std::uint64_t rate = 0;  ///< packets a second; 0: as fast as it goes
    std::uint64_t burst = 1;

    /// When a packet is due, in nanoseconds from the first.
    [[nodiscard]] std::uint64_t due(std::uint64_t packet) const {
        const std::uint64_t first = packet / burst * burst;
        return static_cast<std::uint64_t>(static_cast<double>(first) * 1e9 /
                                          static_cast<double>(rate));
    }
};

bool hear(Sender& sender, Generated& done) {
    const bool has_come = sender.answer().has_value();
    done.answers += has_come ? 1 : 0;
    return has_come;
}

/// Until none has come for a while. Of a session until the other side ends it, too: what is closed
/// with answers unread is broken, and takes along what the other side has not read.
void hear_the_last(Sender& sender, Generated& done) {
    const std::uint64_t moment = sender.has_sessions() ? 5'000'000'000 : 20'000'000;
    sender.end();
    for (std::uint64_t until = now() + moment;
         now() < until && !sender.has_ended() && !*Interruption::flag();) {
        until = hear(sender, done) ? now() + moment : until;
    }
}

Generated generated(Sender& sender, std::uint64_t count, const Pace& pace) {
    Generated done{.began = now()};
    for (std::uint64_t at = 0;
         at < count && wait_until(done.began + pace.due(at), *Interruption::flag()); ++at) {
        ++(sender.send(now()) ? done.sent : done.refused);
        hear(sender, done);
    }
    done.ended = now();
    hear_the_last(sender, done);
    return done;
}

/// As fast as the kernel takes them: many at a time, and answers once those have left. What finds
/// no room is tried again, as long as there is some now and then.
Generated flooded(Sender& sender, std::uint64_t count) {
    constexpr std::uint64_t patience = 1'000'000'000;
    Generated done{.began = now()};
    std::uint64_t left = count;
    for (std::uint64_t until = done.began + patience; left != 0 && !*Interruption::flag();) {
        const std::uint64_t moment = now();
        const std::size_t many = std::min<std::uint64_t>(left, Sender::most_at_once);
        const auto sent = sender.send_many(many, moment);
        left -= sent.value_or(many);
        done.sent += sent.value_or(0);
        until = sent == 0 ? until : moment + patience;
        if (moment > until) {
            break;
        }
        for (std::size_t heard = 0; heard < 2 * many && hear(sender, done); ++heard) {
        }
    }
    done.refused = *Interruption::flag() ? 0 : count - done.sent;
    done.ended = now();
    hear_the_last(sender, done);
    return done;
}

/// As it was captured, or at a rate.
Generated replayed(Sender& sender, const Capture& capture, std::uint64_t count,
                   const std::optional<Pace>& pace) {
    Generated done{.skipped = capture.others, .began = now()};
    for (std::uint64_t at = 0; at < count && !*Interruption::flag(); ++at) {
        const Captured& packet = capture.packets[at % capture.packets.size()];
        const std::uint64_t round = at / capture.packets.size();
        const std::uint64_t due = !pace ? packet.after + round * capture.packets.back().after
                                  : pace->rate != 0 ? pace->due(at)
                                                    : 0;
        if (!wait_until(done.began + due, *Interruption::flag())) {
            break;
        }
        ++(sender.send(packet.payload) ? done.sent : done.refused);
        hear(sender, done);
    }
    done.ended = now();
    hear_the_last(sender, done);
    return done;
}

void tell(const Context& context, const std::string& target, const Generated& done) {
    const double seconds = done.seconds();
    const double reached = seconds > 0 ? static_cast<double>(done.sent) / seconds : 0;
    if (context.look().json) {
        Json json = head("bench generate", false, 0);
        json["target"] = target;
        json["sent"] = done.sent;
        json["not_sent"] = done.refused;
        json["not_sent_because"] = done.refused_because;
        json["answers"] = done.answers;
        json["skipped"] = done.skipped;
        json["seconds"] = seconds;
        json["rate"] = reached;
        context.screen().raw(document(json));
        return;
    }
    context.screen().line(fmt::format(
        "{} packets sent to {} in {:.3f} s ({:.0f} a second); {} not taken by the kernel{}; "
        "{} answers seen{}",
        done.sent, target, seconds, reached, done.refused,
        done.refused_because.empty() ? "" : ": " + done.refused_because, done.answers,
        done.skipped == 0
            ? ""
            : fmt::format("; {} packets of the capture are no whole UDP packet", done.skipped)));
}

}  // namespace

std::string why_not_sent(std::uint64_t refused, int why) {
    if (refused == 0 || why == 0) {
        return refused == 0 ? "" : "there was no room for them";
    }
    const char* const known = ::strerrordesc_np(why);
    return fmt::format("{} ({})", known == nullptr ? "unknown error" : known, errno_name(why));
}

std::unexpected<Error> nothing_sent(const std::string& target, std::uint64_t refused, int why) {
    const std::string what = fmt::format("send to {}: none of {} packets left", target, refused);
    return why == 0 ? failure(ErrorCode::exhausted, what + ", as there is no room for them")
                    : kernel_failure(what, why);
}

Ended generate(const Context& context) {
    NT_TRY(const Feed feed, feed_in(context));
    const bool is_replay = context.arguments().has("replay");
    Pace pace;
    NT_TRY(pace.rate, number_in(context, "rate", 1000, 0, fastest));
    NT_TRY(pace.burst, number_in(context, "burst", 1, 1, 65'536));
    Capture capture;
    if (is_replay) {
        NT_TRY(capture, capture_in(context.arguments().text("replay")));
        if (capture.packets.empty()) {
            return failure(ErrorCode::invalid,
                           context.arguments().text("replay") + ": no UDP packet is in it");
        }
    }
    NT_TRY(
        const std::uint64_t count,
        number_in(context, "count", is_replay ? capture.packets.size() : 10'000, 1, most_packets));
    const Interruption interruption;
    NT_TRY(Sender sender, Sender::open(feed));
    const bool has_pace = context.arguments().has("rate");
    Generated done =
        is_replay ? replayed(sender, capture, count, has_pace ? std::optional(pace) : std::nullopt)
        : pace.rate == 0 ? flooded(sender, count)
                         : generated(sender, count, pace);
    done.refused_because = why_not_sent(done.refused, sender.refusal());
    if (done.sent == 0 && done.refused != 0) {
        return nothing_sent(feed.route.target, done.refused, sender.refusal());
    }
    tell(context, feed.route.target, done);
    return 0;
}

}  // namespace nanotune::cli::bench
