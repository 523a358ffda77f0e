#include "places.hpp"

#include "text_file.hpp"

namespace nanotune::cli {

namespace {

std::string_view folder_of(std::string_view path) {
    const std::size_t slash = path.rfind('/');
    return path.substr(0, slash == std::string_view::npos ? 0 : slash);
}

/// An install folder: absolute, or seen from the prefix.
std::string installed(std::string_view prefix, std::string_view folder, std::string_view part) {
    std::string path;
    if (!folder.starts_with('/')) {
        path += prefix;
        path += '/';
    }
    path += folder;
    path += part;
    return path;
}

}  // namespace

Places places_of(std::string_view program) {
    constexpr std::string_view administrators = "/etc/nanotune/profiles";
    const std::string prefix(folder_of(folder_of(program)));
    // The build writes this file beside bin/; it holds the folder of the shipped profiles.
    if (auto shipped = read_text_file(prefix + "/nanotune-build-tree", 4096)) {
        return {.plugins = prefix + "/plugins",
                .profiles = {std::string(administrators), *std::move(shipped)},
                .lock_object = prefix + "/lib/lock_memory.so",
                .bus_client = prefix + "/lib/bus_client.so",
                .worker = prefix + "/bin/nanotune-worker",
                .daemon = prefix + "/bin/nanotuned"};
    }
    return {.plugins = installed(prefix, NANOTUNE_LIBDIR, "/nanotune/plugins"),
            .profiles = {std::string(administrators),
                         installed(prefix, NANOTUNE_DATADIR, "/nanotune/profiles")},
            .lock_object = installed(prefix, NANOTUNE_LIBDIR, "/nanotune/lock_memory.so"),
            .bus_client = installed(prefix, NANOTUNE_LIBDIR, "/nanotune/bus_client.so"),
            .worker = installed(prefix, NANOTUNE_BINDIR, "/nanotune-worker"),
            .daemon = installed(prefix, NANOTUNE_SBINDIR, "/nanotuned")};
}

}  // namespace nanotune::cli
