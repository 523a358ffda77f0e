// depmod's indexes, as modprobe reads them.
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <nanotune/modules.hpp>
#include <nanotune/user_namespace.hpp>
#include <nanotune/words.hpp>

namespace nanotune {
namespace {

bool has_alias(Files& files, const std::string& folder, std::span<const std::string> aliases) {
    const auto loadable = files.read(folder + "/modules.alias");
    const auto builtin = files.read(folder + "/modules.builtin.modinfo");
    return std::ranges::any_of(aliases, [&](const std::string& alias) {
        return (loadable && loadable->contains(fmt::format("alias {} ", alias))) ||
               (builtin && builtin->contains(fmt::format(".alias={}", alias) + '\0'));
    });
}

}  // namespace

Module module_of(Files& files, std::string_view module, std::span<const std::string> aliases) {
    const auto release = files.read("/proc/sys/kernel/osrelease");
    if (!release) {
        return Module::not_known;
    }
    const std::string folder =
        fmt::format("/lib/modules/{}", release->substr(0, release->find_first_of(" \n")));
    const std::string file = fmt::format("/{}.ko", module);
    bool is_indexed = false;
    for (const std::string_view index : {"modules.builtin", "modules.dep"}) {
        const auto text = files.read(fmt::format("{}/{}", folder, index));
        if (text && text->contains(file)) {
            return Module::is_there;
        }
        is_indexed = is_indexed || (text && index == "modules.dep");
    }
    if (!aliases.empty() && has_alias(files, folder, aliases)) {
        return Module::is_there;
    }
    return is_indexed && (aliases.empty() || files.read(folder + "/modules.alias"))
               ? Module::is_not_there
               : Module::not_known;
}

Status has_qdisc(Files& files, std::string_view kind) {
    constexpr std::array<std::string_view, 6> always = {"pfifo_fast",      "pfifo", "bfifo",
                                                        "pfifo_head_drop", "mq",    "noqueue"};
    const std::string module = fmt::format("sch_{}", kind);
    // Asked for as sch_NAME before Linux 6.8; one module may have several.
    const std::string aliases[] = {fmt::format("net-sch-{}", kind), module};
    if (std::ranges::find(always, kind) != always.end() ||
        module_of(files, module, aliases) != Module::is_not_there) {
        return {};
    }
    return failure(
        ErrorCode::unsupported,
        fmt::format("this kernel has no queueing discipline {}, and no module {}", kind, module));
}

std::string_view why_none_is_loaded(Files& files) {
    const auto disabled = files.read("/proc/sys/kernel/modules_disabled");
    if (disabled ? disabled->starts_with('1') : disabled.error().code == ErrorCode::not_found) {
        return "this kernel loads no modules";
    }
    return is_in_user_namespace(files) ? "the kernel loads no modules for this user namespace" : "";
}

}  // namespace nanotune
