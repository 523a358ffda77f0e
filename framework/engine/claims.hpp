// What sections say about one setting of one target, and which of them wins.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/survey.hpp"
#include "model/resolved.hpp"

namespace nanotune {

/// One section's say.
struct Claim {
    std::size_t layer = 0;
    std::tuple<int, std::size_t> rank = {};
    std::optional<Value> value;  ///< nothing: the section unsets it
    std::vector<Settings> rows;
    const Tunable* tunable = nullptr;
    Origin origin;
    bool optional = false;
    bool at_least = false;
    bool by_exact_name = false;
    std::string group;

    [[nodiscard]] auto weight() const { return std::tie(layer, rank); }
};

/// Keeps the winner for each place. The place is whatever the caller tells settings apart by.
template <typename Place>
class Claims {
  public:
    /// Errors: conflict, naming both lines, when two of equal weight disagree.
    Status add(const Place& place, Claim claim);

    [[nodiscard]] const std::map<Place, Claim>& winners() const { return winners_; }
    [[nodiscard]] std::map<Place, Claim> take() { return std::move(winners_); }

  private:
    std::map<Place, Claim> winners_;
};

/// "hft.toml:14:3: mtu = 9000 contradicts hft.toml:9:3, mtu = 1500"
[[nodiscard]] std::unexpected<Error> contradiction(const Claim& earlier, const Claim& later);

template <typename Place>
Status Claims<Place>::add(const Place& place, Claim claim) {
    const auto at = winners_.lower_bound(place);
    if (at == winners_.end() || winners_.key_comp()(place, at->first)) {
        winners_.emplace_hint(at, place, std::move(claim));
        return {};
    }
    Claim& winner = at->second;
    if (winner.weight() == claim.weight()) {
        const bool agree = winner.value == claim.value && winner.at_least == claim.at_least &&
                           winner.rows.empty() && claim.rows.empty();
        if (!agree) {
            return contradiction(winner, claim);
        }
        return {};
    }
    if (winner.weight() < claim.weight()) {
        winner = std::move(claim);
    }
    return {};
}

}  // namespace nanotune
