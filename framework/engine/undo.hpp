// Back to what was: the one way of undoing, for rollback, for a failed apply and for an interrupted
// one.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "engine/carriers.hpp"
#include "engine/pauses.hpp"
#include "engine/survey.hpp"
#include "engine/undo_step.hpp"
#include "engine/writer.hpp"

namespace nanotune {

struct Undone {
    std::vector<Row> rows;      ///< `before` is what was there, `wanted` what was to be restored
    std::vector<Touched> left;  ///< overridden, or away
    std::vector<std::string> notes;
    bool is_complete =
        true;  ///< everything is restored, gone with its target, or somebody else's by now
    bool has_changed = false;
    bool leaves_to_operator = false;  ///< what one has set so meanwhile
    bool has_away =
        false;  ///< something may still hold what nanotune set, where nobody can write it
};

/// What somebody else changed since is left.
enum class Restores {
    ours,            ///< what holds the value that nanotune gave it
    ours_and_reset,  ///< also what a rollback that was not finished may have reset
    just_made,       ///< everything, as it was set a moment ago; what an operator turned off stays
    everything,
    everything_for_good,  ///< what is away is not kept for when it is back
};

class Undo {
  public:
    Undo(const Catalog& catalog, Survey& survey, Restores restores,
         std::function<void(const std::string&)> doing, Carriers carriers)
        : catalog_(catalog),
          survey_(survey),
          restores_(restores),
          doing_(std::move(doing)),
          carriers_(std::move(carriers)) {}

    /// What `run` would do. Reads only.
    std::vector<UndoStep> steps(const std::vector<Touched>& touched);
    /// The changes that `steps` would write, for consent.
    std::vector<Change> changes(const std::vector<UndoStep>& steps);
    /// What could not be read, and would be written should it be read later: not what hangs.
    std::vector<Change> unread(const std::vector<UndoStep>& steps);
    /// Restores, stages backwards, then puts right what restoring reset, and reads all back. Can be
    /// begun again by another thread where a call in it hangs.
    Undone run(const std::vector<Touched>& touched);

  private:
    void look(std::vector<UndoStep>& steps);
    [[nodiscard]] bool has_lost_its_name(const UndoStep& step);
    void fail_to_read(UndoStep& step, const Error& why);
    void judge(UndoStep& step) const;
    void leave_to_operator(UndoStep& step) const;
    void look_at_left(std::vector<UndoStep>& steps);
    [[nodiscard]] bool is_back(const std::vector<UndoStep>& steps);
    void note(UndoStep& step, Value now);
    void recall(UndoStep& step, const Error& why);
    [[nodiscard]] bool is_forced() const { return restores_ >= Restores::just_made; }
    [[nodiscard]] bool is_ours(const UndoStep& step) const;
    [[nodiscard]] bool is_due_again(Outcome outcome) const;
    void recall_carriers(const std::vector<UndoStep>& steps);
    void restore(std::vector<UndoStep>& steps, Stage stage, bool again);
    void pause(const std::vector<Change>& changes);
    void go_on(const std::vector<UndoStep>& steps, Undone& undone);
    Change change_of(const UndoStep& step);
    Candidate candidate_of(const UndoStep& step);
    [[nodiscard]] bool may_hold_ours(const Touched& touched) const;
    void end(UndoStep& step);
    static void keep_what_went_along(std::vector<UndoStep>& steps);
    void tell(const UndoStep& step, Undone& undone) const;

    const Catalog& catalog_;
    Survey& survey_;
    Restores restores_;
    std::function<void(const std::string&)> doing_;
    Carriers carriers_;
    std::vector<Change> paused_;  ///< workers, as they were
    ByKey<Value> first_;          ///< as found by the first attempt
    ByKey<Value> latest_;         ///< as last read
    ByKey<Candidate> targets_;    ///< as last listed
    bool is_remade_ = false;      ///< what was refused may be possible now
};

}  // namespace nanotune
