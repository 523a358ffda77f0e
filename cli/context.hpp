// Everything that a verb works with, in one place, so that a verb is a function of it.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "arguments.hpp"
#include "screen.hpp"
#include "surroundings.hpp"

namespace nanotune::cli {

/// References outlive the verb; the service is opened when a verb first asks for it.
class Context {
  public:
    Context(const Arguments& arguments, const Screen& screen, const Surroundings& surroundings,
            const ServiceSource& source, std::string_view verb)
        : arguments_(arguments),
          screen_(screen),
          surroundings_(surroundings),
          source_(source),
          verb_(verb) {}

    /// The same, printing elsewhere. The screen outlives it.
    [[nodiscard]] Context on(const Screen& screen) const {
        return {arguments_, screen, surroundings_, source_, verb_};
    }

    [[nodiscard]] const Arguments& arguments() const { return arguments_; }
    [[nodiscard]] const Screen& screen() const { return screen_; }
    [[nodiscard]] const Look& look() const { return screen_.look(); }
    [[nodiscard]] const Surroundings& surroundings() const { return surroundings_; }
    [[nodiscard]] std::string_view verb() const { return verb_; }

    /// Waits for the lock as long as --wait says. Errors: as the source.
    [[nodiscard]] Result<std::unique_ptr<Service>> service() const;
    /// The same, waiting this long.
    [[nodiscard]] Result<std::unique_ptr<Service>> service(
        std::chrono::milliseconds patience) const;

    /// --state-dir and --plugin-dir, or where they are by default; absolute.
    [[nodiscard]] std::string state_folder() const;
    [[nodiscard]] std::string plugin_folder() const;
    /// "nanotune WORDS" for the operator to paste, with the folders that were given.
    [[nodiscard]] std::string command(std::string_view words) const;
    /// The operator's own command once more, allowing these words besides ("drops,bounces", or "").
    [[nodiscard]] std::string again_allowing(std::string_view words) const;

    /// --allow, all of them. Errors: invalid.
    [[nodiscard]] Result<Consent> consent() const;
    /// --timeout. Errors: invalid.
    [[nodiscard]] Result<std::chrono::milliseconds> timeout() const;
    /// The profile named by an operand, with --set.
    [[nodiscard]] Result<ProfileRequest> profile(std::string_view name) const;
    /// The same of a name that is known to be no saved plan's.
    [[nodiscard]] Result<ProfileRequest> request_of(std::string_view name) const;

  private:
    /// --direct and --bus. Errors: invalid.
    [[nodiscard]] Result<Reach> reach() const;

    const Arguments& arguments_;
    const Screen& screen_;
    const Surroundings& surroundings_;
    const ServiceSource& source_;
    std::string_view verb_;
};

}  // namespace nanotune::cli
