// Writes changes straight from old to new, grouped as the kernel takes them, and reads back what
// they came to.
#pragma once

#include <functional>
#include <vector>

#include "engine/survey.hpp"
#include "model/plan.hpp"
#include "model/requests.hpp"

namespace nanotune {

class Carriers;
struct TargetGroup;
struct Turn;

/// A change after its write.
struct Written {
    Change change;
    Outcome outcome = Outcome::not_done;
    std::optional<Value> got;
    std::string message;                     ///< the kernel's words and how things stand, or a note
    std::optional<Value> disturbed_to = {};  ///< found later instead of `got`
};

/// What a Writer does when a group of changes fails.
enum class OnFailure { stop, go_on };

/// How changes are written.
struct WriteOptions {
    OnFailure on_failure = OnFailure::stop;
    bool strict = false;                                 ///< adjusted counts as refused
    std::function<void(const std::string&)> doing = {};  ///< told before each call
    Carriers* carriers = nullptr;                        ///< waited for where there are such
};

class Writer {
  public:
    /// `survey` must outlive this.
    Writer(Survey& survey, WriteOptions options) : survey_(survey), options_(std::move(options)) {}

    /// Writes all of them in turns, as devices stacked on each other and the members of bonds need
    /// it; reads each turn back, and waits for the carriers that it took. Those after a failure
    /// are not_done, with OnFailure::stop. What a bank refuses for a conflict is written once more
    /// after the rest of its turn, which may have taken away what was in its way.
    std::vector<Written> write(std::vector<Change> changes);

  private:
    Status prepare(const Turn& turn, const std::vector<Written>& written) const;
    bool write(const Turn& turn, std::vector<Written>& written);
    bool write(const TargetGroup& group, std::vector<Written>& written);
    [[nodiscard]] bool goes_on_after(const TargetGroup& group, std::vector<Written>& written);
    void read_wanted(const TargetGroup& group, std::vector<Written>& written);
    bool write_once_more(std::vector<const TargetGroup*> groups, std::vector<Written>& written);
    static void refuse(const TargetGroup& group, const Error& why, std::vector<Written>& written);
    void read_back(const Turn& turn, std::vector<Written>& written);
    void judge(Written& written, Result<Reading> reading) const;

    Survey& survey_;
    WriteOptions options_;
};

/// Whether it ended otherwise than wanted, and its setting is not optional.
[[nodiscard]] bool is_fatal(const Written& written);
/// A process, or a thread of it, that ended while it was being set: nothing is left to be set.
[[nodiscard]] bool has_ended(const Written& written);
/// Whether it is another value now than before.
[[nodiscard]] bool has_moved(const Written& written);
/// Why a change did not come to what was wanted, with its place.
[[nodiscard]] Error reason_of(const Written& written);
/// A change's outcome as a report's row.
[[nodiscard]] Row row_of(const Written& written);
[[nodiscard]] Row row_of(const Change& change, Outcome outcome);

}  // namespace nanotune
