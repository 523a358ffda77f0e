// Which process has which file open. As much of it as this process may see.
#pragma once

#include <functional>
#include <string>

#include <nanotune/system.hpp>

namespace nanotune {

struct Process {
    std::string number;
    std::string name;
};

/// "feed (process 77)"
[[nodiscard]] std::string text_of(const Process& process);

/// What one descriptor of a process is open on.
struct HeldFile {
    const Process& process;
    const std::string& name;  ///< its last component: "onload", "socket:[1234]"
    const std::string& link;  ///< the link to it in /proc
};

/// Calls `see` for every descriptor of every process.
void for_each_descriptor(Files& files, const std::function<void(const HeldFile&)>& see);

}  // namespace nanotune
