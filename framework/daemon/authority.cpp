#include "daemon/authority.hpp"

#include <utility>

#include <fmt/core.h>

namespace nanotune::daemon {

namespace {

constexpr std::size_t most_of_one = 16;
constexpr std::size_t most_senders = 256;

/// Is authorized, is a challenge, details.
using Decision = sdbus::Struct<bool, bool, std::map<std::string, std::string>>;
using Subject = sdbus::Struct<std::string, std::map<std::string, sdbus::Variant>>;

std::unexpected<Error> denied(Right right, std::uint32_t user, std::string_view why) {
    return failure(ErrorCode::denied, fmt::format("{}: user {} may not: {}; nothing was touched",
                                                  action_of(right), user, why));
}

Status verdict(const sdbus::Error* error, const Decision& decision, Right right,
               std::uint32_t user) {
    if (error != nullptr) {
        return denied(right, user,
                      fmt::format("polkit, which would have to allow it, does not answer ({})",
                                  error->getMessage()));
    }
    if (!std::get<0>(decision)) {
        return denied(right, user,
                      std::get<1>(decision) ? "polkit wants an administrator's password first"
                                            : "polkit does not allow it");
    }
    return {};
}

}  // namespace

std::string_view action_of(Right right) {
    switch (right) {
        case Right::none:
            return "";
        case Right::inspect:
            return "org.nanotune1.inspect";
        case Right::apply:
            return "org.nanotune1.apply";
        case Right::rollback:
            return "org.nanotune1.rollback";
    }
    return "";
}

Authority::Authority(sdbus::IConnection& connection)
    : bus_(sdbus::createProxy(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus")),
      polkit_(sdbus::createProxy(connection, "org.freedesktop.PolicyKit1",
                                 "/org/freedesktop/PolicyKit1/Authority")) {}

void Authority::ask(const std::string& sender, Right right, Decided decided) {
    const bool is_new = !pending_.contains(sender);
    if ((is_new && pending_.size() >= most_senders) || pending_[sender] >= most_of_one) {
        decided(failure(ErrorCode::exhausted,
                        "too many calls wait for a decision already; nothing was touched"));
        return;
    }
    ++pending_[sender];
    const Decided once = [this, sender,
                          decided = std::move(decided)](const Result<Caller>& caller) {
        if (--pending_[sender] == 0) {
            pending_.erase(sender);
        }
        decided(caller);
    };
    bus_->callMethodAsync("GetConnectionUnixUser")
        .onInterface("org.freedesktop.DBus")
        .withArguments(sender)
        .uponReplyInvoke(
            [this, sender, right, once](const sdbus::Error* error, std::uint32_t user) {
                if (error != nullptr) {
                    once(failure(ErrorCode::denied,
                                 fmt::format("who calls is not known ({}); nothing was touched",
                                             error->getMessage())));
                } else if (user == 0 || right == Right::none) {
                    once(Caller{.user = user, .may = {}});
                } else {
                    ask_polkit(sender, right, user, once);
                }
            });
}

void Authority::ask_polkit(const std::string& sender, Right right, std::uint32_t user,
                           const Decided& decided) {
    const Subject subject("system-bus-name",
                          std::map<std::string, sdbus::Variant>{{"name", sdbus::Variant(sender)}});
    const std::map<std::string, std::string> details;
    polkit_->callMethodAsync("CheckAuthorization")
        .onInterface("org.freedesktop.PolicyKit1.Authority")
        .withArguments(subject, std::string(action_of(right)), details, std::uint32_t{0},
                       std::string())
        .uponReplyInvoke(
            [right, user, decided](const sdbus::Error* error, const Decision& decision) {
                decided(Caller{.user = user, .may = verdict(error, decision, right, user)});
            });
}

}  // namespace nanotune::daemon
