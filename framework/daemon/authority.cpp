#include "daemon/authority.hpp"

#include <optional>
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

std::optional<std::uint32_t> number_in(const bus::Facts& facts, const std::string& name) {
    const auto found = facts.find(name);
    return found != facts.end() && found->second.containsValueOfType<std::uint32_t>()
               ? std::optional(found->second.get<std::uint32_t>())
               : std::nullopt;
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
        case Right::freeze:
            return "org.nanotune1.freeze";
        case Right::datapath:
            return "org.nanotune1.datapath";
        case Right::enable_orders:
            return "org.nanotune1.enable-orders";
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
    bus_->callMethodAsync("GetConnectionCredentials")
        .onInterface("org.freedesktop.DBus")
        .withArguments(sender)
        .uponReplyInvoke([this, sender, right, once](const sdbus::Error* error,
                                                     const bus::Facts& facts) {
            const Caller caller{.user = number_in(facts, "UnixUserID").value_or(0),
                                .process = number_in(facts, "ProcessID").value_or(0),
                                .may = {}};
            if (error != nullptr || !number_in(facts, "UnixUserID")) {
                once(failure(
                    ErrorCode::denied,
                    fmt::format("who calls is not known ({}); nothing was touched",
                                error == nullptr ? "the bus does not say" : error->getMessage())));
            } else if (caller.user == 0 || right == Right::none) {
                once(caller);
            } else {
                ask_polkit(sender, right, caller, once);
            }
        });
}

void Authority::ask_polkit(const std::string& sender, Right right, const Caller& caller,
                           const Decided& decided) {
    const Subject subject("system-bus-name",
                          std::map<std::string, sdbus::Variant>{{"name", sdbus::Variant(sender)}});
    const std::map<std::string, std::string> details;
    polkit_->callMethodAsync("CheckAuthorization")
        .onInterface("org.freedesktop.PolicyKit1.Authority")
        .withArguments(subject, std::string(action_of(right)), details, std::uint32_t{0},
                       std::string())
        .uponReplyInvoke(
            [right, caller, decided](const sdbus::Error* error, const Decision& decision) {
                decided(Caller{.user = caller.user,
                               .process = caller.process,
                               .may = verdict(error, decision, right, caller.user)});
            });
}

}  // namespace nanotune::daemon
