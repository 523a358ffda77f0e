// Workers that a change cannot be written beside: they end before it, and are there again after it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/survey.hpp"
#include "model/catalog.hpp"

namespace nanotune {

/// Of the thread that writes. Whether there are workers at all is asked once: whoever has had some
/// started or ended since takes another one.
class Pauses {
  public:
    /// Both must outlive this.
    Pauses(const Catalog& catalog, Survey& survey) : catalog_(catalog), survey_(survey) {}

    /// Of each worker that holds the device of the change, the setting by which it is there; none
    /// where the change pauses nobody. Errors: those of listing workers.
    Result<std::vector<Place>> on(const Change& change);
    /// Ends the worker. It is there again once the setting is written anew. Errors: the bank's.
    Status pause(const Place& place);
    /// What plans say of it, one line for each worker.
    [[nodiscard]] std::vector<std::string> notes(std::span<const Plan> stages);

  private:
    [[nodiscard]] bool are_there();

    const Catalog& catalog_;
    Survey& survey_;
    std::optional<bool> are_there_;
};

/// What a side effect takes away is a worker.
[[nodiscard]] inline bool is_of_worker(const Change& change) {
    return change.desired.setting.bank->stage() == Stage::datapath;
}

}  // namespace nanotune
