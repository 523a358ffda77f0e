// What a Service also is where it works in this process.
#pragma once

#include <nanotune/error.hpp>

namespace nanotune::cli {

class Occupant {
  public:
    virtual ~Occupant() = default;
    /// Keeps everybody else from changing the host, a daemon from starting too, as long as this
    /// lives. Errors: busy, naming who has done so; denied, io.
    virtual Status move_in() = 0;
};

}  // namespace nanotune::cli
