#include "daemon/authority.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "service/bus/asking.hpp"

namespace nanotune::daemon {

namespace {

// The bus answers at once: who waits for that is bounded so that nobody fills the memory.
constexpr std::size_t most_of_one_sender = 16;
constexpr std::size_t most_senders = 1024;
constexpr std::size_t most_known = 256;
// polkit need not. The bus lets one connection wait for 128 answers.
constexpr std::size_t most_of_user = 8;
constexpr std::size_t most_questions = 64;
constexpr std::chrono::seconds patience_with_programs{25};
constexpr std::chrono::minutes patience_with_people{2};
constexpr std::uint32_t allow_user_interaction = 1;  // of polkit's CheckAuthorizationFlags

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
    : bus_(bus::proxy_of(connection, "org.freedesktop.DBus", "/org/freedesktop/DBus")),
      polkit_(bus::proxy_of(connection, "org.freedesktop.PolicyKit1",
                            "/org/freedesktop/PolicyKit1/Authority")) {}

void Authority::ask(const sdbus::Message& call, Right right, Decided decided,
                    BeforePolkit before_polkit) {
    const Question question{.sender = call.getSender(),
                            .may_ask = bus::may_ask_caller(call),
                            .right = right,
                            .before_polkit = std::move(before_polkit)};
    // Calls that the bus was asked about go before those that came after them.
    const auto known = known_.find(question.sender);
    if (known != known_.end() && !asking_.contains(question.sender)) {
        decide(question, Caller(known->second), decided);
        return;
    }
    ask_bus(question, std::move(decided));
}

void Authority::ask_bus(const Question& question, Decided decided) {
    const bool is_new = !asking_.contains(question.sender);
    if ((is_new && asking_.size() >= most_senders) ||
        asking_[question.sender] >= most_of_one_sender) {
        decided(failure(ErrorCode::exhausted,
                        "too many calls wait for a decision already; nothing was touched"));
        return;
    }
    ++asking_[question.sender];
    bus_->callMethodAsync("GetConnectionCredentials")
        .onInterface("org.freedesktop.DBus")
        .withArguments(question.sender)
        .uponReplyInvoke([this, question, decided = std::move(decided)](bus::Fault fault,
                                                                        const bus::Facts& facts) {
            const sdbus::Error* const error = bus::error_in(fault);
            if (--asking_[question.sender] == 0) {
                asking_.erase(question.sender);
            }
            const auto user = number_in(facts, "UnixUserID");
            if (error == nullptr && user) {
                const Caller caller{
                    .user = *user, .process = number_in(facts, "ProcessID").value_or(0), .may = {}};
                know(question.sender, caller);
                decide(question, caller, decided);
                return;
            }
            decided(failure(
                ErrorCode::denied,
                fmt::format("who calls is not known ({}); nothing was touched",
                            error == nullptr ? "the bus does not say" : error->getMessage())));
        });
}

void Authority::know(const std::string& sender, const Caller& caller) {
    if (known_.size() >= most_known) {
        known_.clear();
    }
    known_.insert_or_assign(sender, caller);
}

void Authority::decide(const Question& question, const Caller& caller, const Decided& decided) {
    if (caller.user == 0 || question.right == Right::none) {
        decided(caller);
        return;
    }
    std::size_t all = 0;
    for (const auto& [user, count] : questions_) {
        all += count;
    }
    const auto own = questions_.find(caller.user);
    if (all >= most_questions || (own != questions_.end() && own->second >= most_of_user)) {
        decided(
            failure(ErrorCode::exhausted,
                    fmt::format("user {}: polkit is asked too much already; nothing was touched",
                                caller.user)));
        return;
    }
    if (const Status may_wait = question.before_polkit ? question.before_polkit() : Status();
        !may_wait) {
        decided(std::unexpected(may_wait.error()));
        return;
    }
    ++questions_[caller.user];
    ask_polkit(question, caller, [this, decided](const Result<Caller>& decision) {
        if (--questions_[decision->user] == 0) {
            questions_.erase(decision->user);
        }
        decided(decision);
    });
}

/// Always decides about a caller, who may or may not.
void Authority::ask_polkit(const Question& question, const Caller& caller, const Decided& decided) {
    const Subject subject("system-bus-name", std::map<std::string, sdbus::Variant>{
                                                 {"name", sdbus::Variant(question.sender)}});
    const std::map<std::string, std::string> details;
    polkit_->callMethodAsync("CheckAuthorization")
        .onInterface("org.freedesktop.PolicyKit1.Authority")
        .withTimeout(question.may_ask ? std::chrono::seconds(patience_with_people)
                                      : patience_with_programs)
        .withArguments(subject, std::string(action_of(question.right)), details,
                       question.may_ask ? allow_user_interaction : 0, std::string())
        .uponReplyInvoke(
            [right = question.right, caller, decided](bus::Fault fault, const Decision& decision) {
                decided(Caller{.user = caller.user,
                               .process = caller.process,
                               .may = verdict(bus::error_in(fault), decision, right, caller.user)});
            });
}

}  // namespace nanotune::daemon
