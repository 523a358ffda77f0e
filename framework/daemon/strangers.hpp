// Devices of which nothing is held: each is news once, and again when it is renamed. They are known
// by their numbers, as nobody tells which name a device had before it was renamed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace nanotune::daemon {

/// A value, no larger than there are devices as long as each is told of that has gone.
class Strangers {
  public:
    /// Whether it has not been told of under that name.
    bool is_new(std::uint32_t number, const std::string& name) {
        const auto [known, is_first] = names_.try_emplace(number);
        return std::exchange(known->second, name) != name || is_first;
    }
    /// It is one no more.
    void forget(std::uint32_t number) { names_.erase(number); }
    [[nodiscard]] const std::map<std::uint32_t, std::string>& names() const { return names_; }
    /// Some may have gone of which nobody has told.
    void forget_all() { names_.clear(); }

  private:
    std::map<std::uint32_t, std::string> names_;
};

}  // namespace nanotune::daemon
