#include "strategy_file.hpp"

#include <utility>

#include <dlfcn.h>
#include <fmt/core.h>
#include <unistd.h>

#include "system/storage/file_facts.hpp"

namespace nanotune::datapath {

namespace {

constexpr unsigned group_and_others_write = 022;
constexpr unsigned sticky = 01000;

/// What is loaded as root is root's: file and folders alike.
Status belongs_here(const std::string& place, bool is_folder) {
    NT_TRY(const FileFacts facts, file_facts(place));
    if (!is_folder && !facts.is_regular) {
        return failure(ErrorCode::damaged, fmt::format("strategy {} is no file", place));
    }
    if (facts.owner != 0 && facts.owner != ::geteuid()) {
        return failure(ErrorCode::denied,
                       fmt::format("strategy: {} belongs to user {}, not to root: not loaded",
                                   place, facts.owner));
    }
    const bool only_adds = is_folder && (facts.mode & sticky) != 0;
    if ((facts.mode & group_and_others_write) != 0 && !only_adds) {
        return failure(ErrorCode::denied,
                       fmt::format("strategy: {} can be written by others than its owner (mode "
                                   "{:o}): not loaded",
                                   place, facts.mode));
    }
    return {};
}

}  // namespace

Result<const nanotune_strategy_calls*> loaded_strategy(const std::string& path) {
    NT_CHECK(belongs_here(path, false));
    for (const FolderOnWay& folder : way_to(path).folders) {
        NT_CHECK(belongs_here(folder.path, true));
    }
    void* const object = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (object == nullptr) {
        return failure(ErrorCode::damaged, fmt::format("strategy {}: {}", path, ::dlerror()));
    }
    const auto* const found =
        static_cast<const nanotune_strategy_calls*>(::dlsym(object, "nanotune_strategy"));
    if (found == nullptr) {
        return failure(ErrorCode::damaged,
                       fmt::format("strategy {}: it has no nanotune_strategy", path));
    }
    if (found->abi != NANOTUNE_STRATEGY_ABI) {
        return failure(ErrorCode::damaged,
                       fmt::format("strategy {}: it is built for ABI {}, and this is ABI {}", path,
                                   found->abi, NANOTUNE_STRATEGY_ABI));
    }
    if (found->size != sizeof(nanotune_strategy_calls) || found->decide == nullptr) {
        return failure(
            ErrorCode::damaged,
            fmt::format("strategy {}: {}", path,
                        found->decide == nullptr ? "it has no decide"
                                                 : "its size is not that of what it says to have"));
    }
    return found;
}

Result<StrategyState> StrategyState::start(const nanotune_strategy_calls& strategy,
                                           std::uint32_t worker) {
    void* const state = strategy.start == nullptr ? nullptr : strategy.start(worker);
    if (strategy.start != nullptr && state == nullptr) {
        return failure(ErrorCode::refused,
                       fmt::format("strategy {}: it does not start for worker {}",
                                   strategy.name == nullptr ? "" : strategy.name, worker));
    }
    return StrategyState(strategy, state);
}

StrategyState::StrategyState(StrategyState&& other) noexcept
    : strategy_(std::exchange(other.strategy_, nullptr)), state_(other.state_) {}

StrategyState::~StrategyState() {
    if (strategy_ != nullptr && strategy_->stop != nullptr) {
        strategy_->stop(state_);
    }
}

}  // namespace nanotune::datapath
