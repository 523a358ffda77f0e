#include "layers.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>

namespace nanotune::test {

namespace {

/// Words are separated by blanks.
struct Layer {
    std::string_view name;
    std::string_view folder;  ///< the longest that a path begins with is the path's layer
    std::string_view layers;  ///< whose headers it may include, besides its own
    std::string_view libraries = "fmt";
    bool calls_the_system = false;  ///< may include unistd.h and its like
};

constexpr Layer layers[] = {
    {.name = "fmt", .folder = "framework/fmt/", .layers = ""},
    {.name = "sdk", .folder = "framework/sdk/", .layers = ""},
    {.name = "sdk headers", .folder = "framework/sdk/include/", .layers = "", .libraries = ""},
    {.name = "seal",
     .folder = "framework/seal/",
     .layers = "sdk_headers",
     .libraries = "boost.crc"},
    {.name = "model",
     .folder = "framework/model/",
     .layers = "sdk_headers",
     .libraries = "fmt toml++"},
    {.name = "facts", .folder = "framework/facts/", .layers = "sdk_headers model"},
    {.name = "process",
     .folder = "framework/process/",
     .layers = "",
     .libraries = "",
     .calls_the_system = true},
    {.name = "storage",
     .folder = "framework/system/storage/",
     .layers = "sdk_headers process",
     .calls_the_system = true},
    {.name = "system",
     .folder = "framework/system/",
     .layers = "sdk_headers storage",
     .libraries = "fmt libmnl libnl",
     .calls_the_system = true},
    {.name = "engine",
     .folder = "framework/engine/",
     .layers = "sdk_headers model storage seal",
     .libraries = "fmt boost.dll"},
    {.name = "service",
     .folder = "framework/service/",
     .layers = "sdk_headers model storage",
     .libraries = "fmt nlohmann",
     .calls_the_system = true},
    {.name = "bus",
     .folder = "framework/service/bus/",
     .layers = "sdk_headers model",
     .libraries = "fmt sdbus-c++ libsystemd"},
    {.name = "daemon",
     .folder = "framework/daemon/",
     .layers = "sdk_headers model storage system service bus cli cli/direct",
     .libraries = "fmt sdbus-c++ libsystemd",
     .calls_the_system = true},
    {.name = "plugins", .folder = "plugins/", .layers = "sdk_headers datapath_settings"},
    {.name = "datapath_settings", .folder = "plugins/datapath/settings/", .layers = "sdk_headers"},
    {.name = "packet", .folder = "plugins/datapath/packet/", .layers = "", .libraries = ""},
    {.name = "processor",
     .folder = "plugins/datapath/processor/",
     .layers = "packet",
     .libraries = ""},
    {.name = "tracker",
     .folder = "plugins/datapath/tracker/",
     .layers = "packet processor",
     .libraries = ""},
    {.name = "ports",
     .folder = "plugins/datapath/ports/",
     .layers = "sdk_headers storage packet processor tracker",
     .calls_the_system = true},
    {.name = "xdp",
     .folder = "plugins/datapath/xdp/",
     .layers = "sdk_headers storage packet processor",
     .libraries = "libbpf",
     .calls_the_system = true},
    {.name = "worker process",
     .folder = "framework/worker/",
     .layers = "sdk_headers process storage",
     .libraries = "fmt libseccomp libsystemd",
     .calls_the_system = true},
    {.name = "worker",
     .folder = "plugins/datapath/worker/",
     .layers =
         "sdk_headers storage packet processor tracker ports xdp worker_process datapath_settings",
     .calls_the_system = true},
    {.name = "cli",
     .folder = "cli/",
     .layers = "sdk_headers model service process",
     .libraries = "fmt boost.program_options nlohmann",
     .calls_the_system = true},
    {.name = "cli/datapath",
     .folder = "cli/datapath/",
     .layers = "sdk_headers model service cli worker_process",
     .libraries = "fmt nlohmann",
     .calls_the_system = true},
    {.name = "cli/doctor",
     .folder = "cli/doctor/",
     .layers = "sdk_headers model service cli cli/datapath worker_process",
     .libraries = "fmt nlohmann",
     .calls_the_system = true},
    {.name = "cli/bench",
     .folder = "cli/bench/",
     .layers = "sdk_headers model service cli storage packet processor",
     .libraries = "fmt nlohmann",
     .calls_the_system = true},
    {.name = "cli/prove",
     .folder = "cli/prove/",
     .layers = "sdk_headers model service cli cli/bench storage",
     .libraries = "fmt nlohmann",
     .calls_the_system = true},
    {.name = "cli/direct",
     .folder = "cli/direct/",
     .layers =
         "sdk_headers model service cli cli/doctor engine facts storage system worker_process",
     .calls_the_system = true},
    {.name = "cli/bus",
     .folder = "cli/bus/",
     .layers = "sdk_headers model service cli cli/direct cli/bus/client",
     .calls_the_system = true},
    {.name = "cli/bus/client",
     .folder = "cli/bus/client/",
     .layers = "sdk_headers model service bus cli cli/direct",
     .libraries = "fmt sdbus-c++",
     .calls_the_system = true},
    {.name = "program",
     .folder = "cli/main.cpp",
     .layers = "sdk_headers cli cli/bus",
     .libraries = "",
     .calls_the_system = true},
};

constexpr std::pair<std::string_view, std::string_view> libraries[] = {
    {"bpf/", "libbpf"},
    {"boost/dll/", "boost.dll"},
    {"boost/crc.hpp", "boost.crc"},
    {"boost/program_options/", "boost.program_options"},
    {"fmt/", "fmt"},
    {"libmnl/", "libmnl"},
    {"netlink/", "libnl"},
    {"nlohmann/", "nlohmann"},
    {"org.nanotune1-", "sdbus-c++"},  // generated for it
    {"sdbus-c++/", "sdbus-c++"},
    {"seccomp.h", "libseccomp"},
    {"systemd/", "libsystemd"},
    {"toml++/", "toml++"},
};

// Constants and functions of text: free for all, like the kernel's own headers.
constexpr std::string_view harmless[] = {"asm/resource.h", "elf.h", "fnmatch.h", "stdint.h"};

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
