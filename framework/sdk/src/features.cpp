#include <algorithm>

#include <nanotune/ethtool.hpp>

namespace nanotune {

Features::Features(std::map<std::string, Feature> features) {
    const auto owned = std::make_shared<const std::map<std::string, Feature>>(std::move(features));
    entries_.assign(owned->begin(), owned->end());
    names_ = owned;
}

Features::const_iterator Features::find(std::string_view name) const {
    return std::ranges::find(entries_, name, &Entry::first);
}

}  // namespace nanotune
