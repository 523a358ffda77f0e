// The arrows of ARCHITECTURE.md as a table: who may include whom, and which libraries.
#pragma once

#include <string_view>
#include <utility>

namespace nanotune::test {

/// Words are separated by blanks; a name with a blank is a word with a "_" there.
struct Layer {
    std::string_view name;
    std::string_view folder;  ///< the longest that a path begins with is the path's layer
    std::string_view layers;  ///< whose headers it may include, besides its own
    std::string_view libraries = "fmt";
    bool calls_the_system = false;  ///< may include unistd.h and its like
};

inline constexpr Layer layers[] = {
    {.name = "fmt", .folder = "framework/fmt/", .layers = ""},
    {.name = "sdk", .folder = "framework/sdk/", .layers = ""},
    {.name = "sdk headers", .folder = "framework/sdk/include/", .layers = "", .libraries = ""},
    {.name = "checksum", .folder = "framework/checksum/", .layers = "", .libraries = ""},
    {.name = "seal",
     .folder = "framework/seal/",
     .layers = "sdk_headers checksum",
     .libraries = ""},
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
     .layers = "sdk_headers model storage checksum seal",
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

/// Whose header it is, by what its name begins with.
inline constexpr std::pair<std::string_view, std::string_view> libraries[] = {
    {"bpf/", "libbpf"},
    {"boost/dll/", "boost.dll"},
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

/// Constants and functions of text: free for all, like the kernel's own headers.
inline constexpr std::string_view harmless[] = {"asm/resource.h", "elf.h", "fnmatch.h", "stdint.h"};

}  // namespace nanotune::test
