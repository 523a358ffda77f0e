// A state folder for the time in which the one where the record belongs cannot take it: somebody
// has removed it, and what it stood in is full or read-only, or something else stands there.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/held_journal.hpp"

namespace nanotune::cli {

/// One thread's.
class StandIn {
  public:
    /// With the journal that is held, in the first of the folders that takes it. Errors: why the
    /// last one does not.
    static Result<std::unique_ptr<StandIn>> with(const HeldJournal& held,
                                                 const std::vector<std::string>& places);
    /// Gone with its life, unless something is on record in it that is nowhere else.
    ~StandIn();
    StandIn(const StandIn&) = delete;
    StandIn& operator=(const StandIn&) = delete;
    StandIn(StandIn&&) = delete;
    StandIn& operator=(StandIn&&) = delete;

    [[nodiscard]] const StateFolder& folder() const { return folder_; }
    [[nodiscard]] bool is_blank() const;
    /// What is on record in it is so where it belongs.
    void is_given_back() { is_given_back_ = true; }

  private:
    explicit StandIn(StateFolder folder) : folder_(std::move(folder)) {}
    StateFolder folder_;
    bool is_given_back_ = false;
};

}  // namespace nanotune::cli
