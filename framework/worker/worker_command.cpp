#include "worker/worker_command.hpp"

#include <algorithm>
#include <utility>

namespace nanotune::worker {

std::vector<std::string> worker_command(const WorkerFolder& folder, const WorkerSettings& settings,
                                        bool is_anew, bool has_worked) {
    std::vector<std::string> words{"nanotune-worker", "run", "--shared", folder.shared()};
    for (const auto& [name, value] : settings) {
        if (is_keepers(name)) {
            continue;
        }
        std::string option = "--" + name.substr(is_starters(name) ? 1 : 0);
        std::ranges::replace(option, '_', '-');
        words.push_back(std::move(option));
        words.push_back(value);
    }
    if (!is_anew) {
        words.emplace_back("--resume");
    }
    if (has_worked) {
        words.emplace_back("--patient");
    }
    return words;
}

}  // namespace nanotune::worker
