// What sysctl.d says: the files that sysctl --system and systemd-sysctl read, as they read them.
#pragma once

#include <string>
#include <vector>

namespace nanotune::cli {

/// One line, the one that wins for its key.
struct SysctlLine {
    std::string key;  ///< with dots: "net.ipv4.tcp_sack"; may be a glob
    std::string value;
    std::string file;
    unsigned line = 0;
};

/// By sysctl.d(5): a file hides those of its name in later folders, and of one key the last line in
/// the order of the files' names counts; /etc/sysctl.conf comes last. Below `root`.
[[nodiscard]] std::vector<SysctlLine> sysctl_lines(const std::string& root);

}  // namespace nanotune::cli
