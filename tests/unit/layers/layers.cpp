#include "layers.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "layer_table.hpp"

namespace nanotune::test {

namespace {

/// Names with a blank stand in the table with a "_".
std::string word_of(std::string_view name) {
    std::string word(name);
    std::ranges::replace(word, ' ', '_');
    return word;
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (words.substr(0, end) == word) {
            return true;
        }
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

const Layer* layer_of(std::string_view path) {
    const Layer* found = nullptr;
    for (const Layer& layer : layers) {
        if (path.starts_with(layer.folder) &&
            (found == nullptr || layer.folder.size() > found->folder.size())) {
            found = &layer;
        }
    }
    return found;
}

struct Include {
    std::string_view name;
    bool is_quoted = false;
};

std::optional<Include> include_in(std::string_view line) {
    constexpr std::string_view word = "#include ";
    if (!line.starts_with(word) || line.size() < word.size() + 2) {
        return std::nullopt;
    }
    const bool is_quoted = line[word.size()] == '"';
    line.remove_prefix(word.size() + 1);
    return Include{line.substr(0, line.find(is_quoted ? '"' : '>')), is_quoted};
}

/// The place in the tree of a header that is ours; nothing for one that is not.
std::optional<std::string> place_of(const std::string& tree, const std::string& path,
                                    const Include& include) {
    std::vector<std::string> folders = {"framework/sdk/include/"};
    if (include.is_quoted) {
        const std::string own = path.substr(0, path.rfind('/') + 1);
        folders = {own, "framework/", "plugins/", ""};
    }
    for (const std::string& folder : folders) {
        std::string place =
            std::filesystem::path(folder + std::string(include.name)).lexically_normal().string();
        if (std::filesystem::exists(std::filesystem::path(tree) / place)) {
            return place;
        }
    }
    return std::nullopt;
}

std::string fault_of_ours(const Layer& layer, const std::string& path, const std::string& place) {
    const Layer* other = layer_of(place);
    // A plugin knows nothing of another.
    const auto plugin_of = [](std::string_view of) { return of.substr(0, of.find('/', 8)); };
    const bool is_own =
        other == &layer && (layer.name != "plugins" || plugin_of(path) == plugin_of(place));
    // What is installed includes nothing else of the SDK; the rest of the SDK includes it.
    const bool is_sdk = layer.name == "sdk" && other != nullptr && other->name == "sdk headers";
    if (is_own || is_sdk || (other != nullptr && has_word(layer.layers, word_of(other->name)))) {
        return {};
    }
    return std::string(layer.name) + " may not include " + place + " of " +
           (other == nullptr ? "no layer" : std::string(other->name));
}

std::string fault_of_others(const Layer& layer, std::string_view name) {
    for (const auto& [prefix, library] : libraries) {
        if (name.starts_with(prefix)) {
            return has_word(layer.libraries, library)
                       ? std::string()
                       : std::string(layer.name) + " may not include " + std::string(library);
        }
    }
    const bool is_cpp = !name.contains('.') && !name.contains('/');
    if (is_cpp || name.starts_with("linux/") ||
        std::ranges::find(harmless, name) != std::end(harmless)) {
        return {};
    }
    if (!name.ends_with(".h")) {
        return std::string(name) + " is of no library that the table of layers knows";
    }
    return layer.calls_the_system
               ? std::string()
               : std::string(layer.name) + " makes no system calls: " + std::string(name);
}

}  // namespace

std::vector<std::string> include_faults(const std::string& tree, const std::string& path,
                                        std::string_view text) {
    const Layer* layer = layer_of(path);
    if (layer == nullptr) {
        return {path + ": is of no layer"};
    }
    std::vector<std::string> faults;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto include = include_in(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!include) {
            continue;
        }
        const auto place = place_of(tree, path, *include);
        std::string fault = place                ? fault_of_ours(*layer, path, *place)
                            : include->is_quoted ? std::string(include->name) + " is not there"
                                                 : fault_of_others(*layer, include->name);
        if (!fault.empty()) {
            faults.push_back(path + ":" + std::to_string(number) + ": " + std::move(fault));
        }
    }
    return faults;
}

std::vector<std::string> sources_of(const std::string& tree) {
    std::vector<std::string> places;
    for (const char* folder : {"framework", "plugins", "cli"}) {
        for (const auto& entry :
             std::filesystem::recursive_directory_iterator(tree + "/" + folder)) {
            const std::string ending = entry.path().extension().string();
            if (ending == ".cpp" || ending == ".hpp" || ending == ".h") {
                places.push_back(std::filesystem::relative(entry.path(), tree).string());
            }
        }
    }
    std::ranges::sort(places);
    return places;
}

}  // namespace nanotune::test
