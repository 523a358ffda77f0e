// What the kernel changes along with another setting (Tunable::carries): while it only follows, it
// has no value of its own.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "engine/ledger.hpp"
#include "engine/survey.hpp"
#include "model/catalog.hpp"

namespace nanotune {

/// Whether what is written to `whole` reaches `part`, too. Another setting of the same target is no
/// part: it had a value of its own.
[[nodiscard]] bool carries(const Key& whole, const Key& part, const Catalog& catalog);

/// Ledger::undoing_from, for who knows the settings: what followed another one when it was first
/// touched goes back to where that goes. It was journalled with the value that nanotune had given
/// both.
[[nodiscard]] std::vector<Touched> undoing_from(const Ledger& ledger, std::uint64_t oldest,
                                                const Catalog& catalog);

/// What settings that a profile wants make of others that it does not mention.
class Carried {
  public:
    /// `planned` is what is to become of them; what it does not have is read. Both must outlive it.
    Carried(const KeySet& wanted, const ByKey<Value>& planned, const Catalog& catalog);

    /// Whether something that is wanted takes it along, whether or not it follows that.
    [[nodiscard]] bool takes_along(const Key& part) const;
    /// The value that `part` follows; nothing where nothing that is wanted carries it, that cannot
    /// be read, or by what it was before nanotune it does not follow. Errors: timed_out.
    [[nodiscard]] Result<std::optional<Value>> value_for(const Touched& part, const Ledger& ledger,
                                                         Survey& survey) const;

  private:
    const ByKey<Value>& planned_;
    const Catalog& catalog_;
    std::vector<Key> carriers_;
};

}  // namespace nanotune
