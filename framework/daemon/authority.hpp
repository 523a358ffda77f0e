// Who may do what: asked of the bus and of polkit, for each call, without waiting for either.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "service/bus/wire.hpp"

namespace nanotune::daemon {

/// What a call needs.
enum class Right {
    none,           ///< everybody may
    inspect,        ///< what the daemon reads of the host as root
    apply,          ///< applying and confirming
    rollback,       ///< taking back
    freeze,         ///< freezing and thawing
    datapath,       ///< starting, stopping and disarming datapaths
    enable_orders,  ///< arming one
};

/// Who calls, and whether that user has the right.
struct Caller {
    std::uint32_t user = 0;
    long process = 0;  ///< 0 where it is not known
    Status may;        ///< or why not: denied
};
using Decided = std::function<void(const Result<Caller>&)>;
/// Before polkit, which may take its time, is asked; an error is the decision.
using BeforePolkit = std::function<Status()>;

/// Lives no longer than the connection; what it has not decided by its end is never decided.
class Authority {
  public:
    explicit Authority(sdbus::IConnection& connection);

    /// `decided` is called once, on the bus's thread, maybe before this returns, about the sender
    /// of the call; of one sender in the order of the calls until polkit is asked. Root has every
    /// right, and waits for the bus alone, where it has not said yet who that is; of others polkit
    /// decides, which may ask the user where the call allows that; without polkit they have none.
    /// Errors: denied: who calls is not known; exhausted: too many decisions are waited for.
    void ask(const sdbus::Message& call, Right right, Decided decided,
             BeforePolkit before_polkit = {});

  private:
    struct Question {
        std::string sender;
        bool may_ask = false;  ///< the user
        Right right = Right::none;
        BeforePolkit before_polkit;
    };
    void ask_bus(const Question& question, Decided decided);
    void know(const std::string& sender, const Caller& caller);
    void decide(const Question& question, const Caller& caller, const Decided& decided);
    void ask_polkit(const Question& question, const Caller& caller, const Decided& decided);

    /// By sender. What the bus says of a connection is as it was when that came, and it gives no
    /// name to another one.
    std::map<std::string, Caller> known_;
    std::map<std::string, std::size_t> asking_;       ///< the bus, by sender
    std::map<std::uint32_t, std::size_t> questions_;  ///< to polkit, by user
    std::unique_ptr<sdbus::IProxy> bus_;
    std::unique_ptr<sdbus::IProxy> polkit_;
};

/// "org.nanotune1.apply".
[[nodiscard]] std::string_view action_of(Right right);

}  // namespace nanotune::daemon
