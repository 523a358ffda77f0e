// Devices of which nothing is held, under the names that were told: each is news once.
#pragma once

#include <cstddef>
#include <set>
#include <string>

namespace nanotune::daemon {

/// A value.
class Strangers {
  public:
    explicit Strangers(std::size_t most = 4096) : most_(most) {}

    /// Whether it has not been told of. Nobody tells which name a device had before it was renamed,
    /// so that of many names none is remembered for ever.
    bool is_new(const std::string& name) {
        if (names_.size() >= most_) {
            names_.clear();
        }
        return names_.insert(name).second;
    }
    /// It is one no more.
    void forget(const std::string& name) { names_.erase(name); }

  private:
    std::size_t most_;
    std::set<std::string> names_;
};

}  // namespace nanotune::daemon
