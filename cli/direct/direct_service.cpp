// How the engine of this process is opened: its state, its plugins, and who may change them.
#include "direct_service.hpp"

#include <memory>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "engine/registry.hpp"
#include "engine_service.hpp"
#include "profile_files.hpp"
#include "service/freeze.hpp"
#include "worker/kept_workers.hpp"

namespace nanotune::cli {

namespace {

/// For root, who runs no plugin that somebody may change who could not change this program too.
std::optional<unsigned> program_owner() {
    struct stat program{};
    if (::geteuid() != 0) {
        return std::nullopt;
    }
    return ::stat("/proc/self/exe", &program) == 0 ? program.st_uid : 0U;
}

Result<std::unique_ptr<EngineService>> opened(const ServiceOptions& options, SharedParts shared,
                                              bool is_guard) {
    NT_TRY(Identity identity, current_identity());
    // Root goes by what it remembers of plugins as it goes by its journal.
    const bool may_remember =
        ::geteuid() != 0 || StateFolder(options.state_folder, identity).prepare();
    auto registry = Registry::load(
        {.path = options.plugin_folder,
         .seen_file = may_remember ? options.state_folder + "/plugins-seen" : std::string(),
         .program_owner = program_owner()});
    if (!registry) {
        return std::unexpected(std::move(registry).error().within("folder of the plugins"));
    }
    std::string workers = worker::workers_folder(options.state_folder, identity);
    return std::make_unique<EngineService>(options, std::move(shared), is_guard,
                                           *std::move(registry), std::move(identity),
                                           std::move(workers));
}

}  // namespace

Status prepare_state_folder(const std::string& folder) {
    NT_TRY(Identity identity, current_identity());
    return StateFolder(folder, std::move(identity)).prepare();
}

Result<std::unique_ptr<Service>> direct_service(const ServiceOptions& options) {
    return opened(options,
                  {.session_address = options.session_address,
                   .profiles = profile_files(options.profile_folders, options.working_folder,
                                             options.timeout),
                   .actor = [command = options.command] { return own_actor(command); }},
                  false);
}

Result<std::unique_ptr<SharedService>> shared_service(const ServiceOptions& options,
                                                      SharedParts parts) {
    return opened(options, std::move(parts), true);
}

}  // namespace nanotune::cli
