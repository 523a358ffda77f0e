// Taking back, journalled: what the operator asks for, what a killed process left open, and what
// nobody confirmed in time.
#pragma once

#include <memory>

#include "engine/engine.hpp"
#include "engine/session.hpp"
#include "engine/undo.hpp"

namespace nanotune {

/// Lives for one verb. Everything that it is made of must outlive it.
class Rollback {
  public:
    /// What is done and found goes into `report`.
    Rollback(const EngineParts& parts, CallRunner& calls, std::shared_ptr<Session> session,
             Report& report)
        : parts_(parts), calls_(calls), session_(std::move(session)), report_(report) {}

    /// Finishes what was left open or not confirmed, if anything was and `request` allows all of
    /// it, with every row in the report. Whether the host is in order again.
    bool recover(const RollbackRequest& request);
    /// The operator's rollback; recovers first.
    void run(const RollbackRequest& request);

  private:
    void take_back(const RollbackRequest& request);
    Undone undo_from(std::uint64_t oldest, const RollbackRequest& request);
    [[nodiscard]] Status record(const Undone& undone);
    /// What is cut off is restored as far as may be: what cannot be written keeps nothing else
    /// from it.
    enum class Asks { consent, consent_and_permission };
    /// Whether what is to be written is allowed; else the report says what is missing.
    bool may_undo(std::uint64_t oldest, const RollbackRequest& request, Asks asks);
    void say_lost(std::uint64_t oldest);
    void say_left(const Undone& undone);
    [[nodiscard]] const Ledger& ledger() const { return session_->journal.ledger(); }

    const EngineParts& parts_;
    CallRunner& calls_;
    std::shared_ptr<Session> session_;
    Report& report_;
    bool has_away_ = false;
};

/// What undoing the applies from `oldest` on restores.
[[nodiscard]] Restores restores_for(const Ledger& ledger, std::uint64_t oldest,
                                    const RollbackRequest& request);
/// The oldest apply that a rollback as asked for undoes; 0 where there is nothing to undo.
[[nodiscard]] std::uint64_t oldest_to_undo(const Ledger& ledger, const RollbackRequest& request);

}  // namespace nanotune
