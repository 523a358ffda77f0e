// Layers: one TOML file each, and the chain that `extends` makes of them.
#include "profile.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "layer_reader.hpp"
#include "toml_nodes.hpp"

namespace nanotune {
namespace {

// Deep enough for any real family of profiles; a bound for a source that never ends.
constexpr std::size_t layer_limit = 64;
constexpr std::size_t naming_limit = 256;

class Loader {
  public:
    explicit Loader(const ProfileSource& source) : source_(source) {}

    void load(std::string_view name, const Origin& asked_at) {
        if (!chain_.empty() && !take_naming(asked_at)) {
            return;
        }
        const std::string from = chain_.empty() ? std::string() : chain_.back();
        const Result<ProfileText> text = source_(name, from);
        if (!text) {
            fail(asked_at, text.error());
            return;
        }
        if (std::ranges::find(chain_, text->file) != chain_.end()) {
            fail(asked_at,
                 {ErrorCode::invalid,
                  fmt::format("extends-cycle: {} -> {}", fmt::join(chain_, " -> "), text->file)});
            return;
        }
        const auto same_file = [&](const Layer& layer) { return layer.file == text->file; };
        if (std::ranges::any_of(layers_, same_file) || unreadable_.contains(text->file)) {
            return;
        }
        if (chain_.size() + layers_.size() >= layer_limit) {
            fail(asked_at, {ErrorCode::invalid,
                            fmt::format("more than {} files extend each other", layer_limit)});
            return;
        }
        Checked<Layer> layer = layer_of(*text);
        if (!layer) {
            unreadable_.insert(text->file);
            broken_.insert(broken_.end(), layer.error().begin(), layer.error().end());
            return;
        }
        chain_.push_back(text->file);
        for (const auto& [extended, origin] : layer->extends) {
            load(extended, origin);
        }
        chain_.pop_back();
        layers_.push_back(*std::move(layer));
    }

    [[nodiscard]] std::vector<Layer> take_layers() { return std::move(layers_); }

    /// What could not be read, in the order of files and lines.
    [[nodiscard]] Problems take_problems() {
        std::vector<std::string> files;
        files.reserve(layers_.size());
        for (const Layer& layer : layers_) {
            files.push_back(layer.file);
        }
        Problems problems = std::move(broken_);
        std::ranges::move(problems_of(std::move(failures_), files), std::back_inserter(problems));
        return problems;
    }

  private:
    /// Each is asked for, as only its source knows which file it means.
    bool take_naming(const Origin& asked_at) {
        if (named_ < naming_limit) {
            ++named_;
            return true;
        }
        if (!std::exchange(is_told_, true)) {
            fail(asked_at, {ErrorCode::exhausted,
                            fmt::format("files are named more than {} times in extends: the rest "
                                        "is not read",
                                        naming_limit)});
        }
        return false;
    }

    void fail(const Origin& origin, Error error) {
        failures_.push_back({origin, std::move(error)});
    }

    const ProfileSource& source_;
    std::vector<std::string> chain_;
    std::vector<Layer> layers_;
    std::vector<Finding> failures_;
    Problems broken_;
    std::set<std::string, std::less<>> unreadable_;
    std::size_t named_ = 0;
    bool is_told_ = false;  ///< that there are too many
};

}  // namespace

const ProfileNode* ProfileNode::find(std::string_view name) const {
    const auto found = std::ranges::find(nodes, name, &ProfileNode::key);
    return found == nodes.end() ? nullptr : &*found;
}

Checked<Layer> layer_of(const ProfileText& text) {
    if (text.text.size() > text.most) {
        return std::unexpected(Problems{
            at({text.file, 0, 0},
               {ErrorCode::invalid,
                fmt::format("a profile of {} bytes is refused: the limit is {} bytes ({} MiB)",
                            text.text.size(), text.most, text.most >> 20U)})});
    }
    Checked<TomlNodes> toml = toml_nodes(text);
    if (!toml) {
        return std::unexpected(std::move(toml).error());
    }
    Layer layer;
    layer.file = text.file;
    layer.findings = std::move(toml->findings);
    LayerReader(layer).read(std::move(toml->nodes));
    return layer;
}

Checked<Profile> loaded_profile(std::string_view name, const ProfileSource& source,
                                std::vector<Override> overrides) {
    Loader loader(source);
    loader.load(name, {});
    Problems problems = loader.take_problems();
    std::vector<Layer> layers = loader.take_layers();
    if (layers.empty()) {
        return std::unexpected(std::move(problems));
    }
    return Profile{.name = std::string(name),
                   .layers = std::move(layers),
                   .overrides = std::move(overrides),
                   .missing = std::move(problems)};
}

}  // namespace nanotune
