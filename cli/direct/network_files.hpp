// What programs that configure networks are told to set: the files of NetworkManager and of
// systemd-networkd, as those read them.
#pragma once

#include <string>
#include <vector>

#include "model/catalog.hpp"

namespace nanotune::cli {

/// One line that sets what is a setting here, too.
struct NetworkLine {
    std::string file = {};
    unsigned line = 0;
    /// For whom: globs of names, any of which fits. None: the file tells devices by something else,
    /// or takes all.
    std::vector<std::string> devices = {};
    std::vector<SettingRef> settings = {};  ///< several where the line's word stands for several
    std::string value = {};                 ///< as written; "" where only the network tells it
    std::string_view when = {};             ///< "when NetworkManager activates it"
};

/// Lines of /etc, /run and /usr below `root`, of those files that count: by
/// nm-settings-keyfile(5) the first folder's of one UUID, by systemd.network(5) the first folder's
/// of one name, with its drop-ins. Files that cannot be read say nothing.
[[nodiscard]] std::vector<NetworkLine> network_lines(const Catalog& catalog,
                                                     const std::string& root);

}  // namespace nanotune::cli
