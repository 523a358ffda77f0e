// What the plugins declare, for verbs that are about that alone.
#pragma once

#include "model/catalog.hpp"

namespace nanotune::cli {

/// A service that has the plugins in this process is this, too. One thread uses it at a time.
class Declarations {
  public:
    virtual ~Declarations() = default;

    /// Asking it may load plugins. It lives as long as the service.
    [[nodiscard]] virtual const Catalog& catalog() const = 0;
};

}  // namespace nanotune::cli
