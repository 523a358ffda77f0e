// A service that can look at this host itself: `doctor` asks for no daemon's view, as what it looks
// at is the same for everybody.
#pragma once

#include "model/host_facts.hpp"
#include "model/problems.hpp"

namespace nanotune::doctor {

class FactsSource {
  public:
    virtual ~FactsSource() = default;

    /// Takes as long as the window. Never writes. Errors: those of reading; timed_out, naming what
    /// hangs.
    virtual Checked<HostFacts> facts(const FactsRequest& request) = 0;
};

}  // namespace nanotune::doctor
