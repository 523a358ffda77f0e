#include "daemon/actor.hpp"

#include <string>

#include <fmt/core.h>

#include "service/freeze.hpp"
#include "system/storage/file_facts.hpp"

namespace nanotune::daemon {

Actor actor_of(const Caller& caller) {
    const auto name = file_head(fmt::format("/proc/{}/comm", caller.process), 64);
    std::string client = name ? name->substr(0, name->find('\n')) : "a program that has ended";
    return {.user = caller.user,
            .login_user = login_user_of(caller.process),
            .client = fmt::format("{} (process {})", client, caller.process)};
}

}  // namespace nanotune::daemon
