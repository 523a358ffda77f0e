// What belongs to no single interface: rights, the operator's session, and irqbalance's socket.
#include "support/fake_system.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>

namespace nanotune::test {

FakeSystem::~FakeSystem() {
    if (!is_first_) {
        return;
    }
    kernel_->close();
    using std::chrono::steady_clock;
    const auto patience = steady_clock::now() + std::chrono::seconds(5);
    while (kernel_.use_count() > 1 && steady_clock::now() < patience) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

bool FakeSystem::has(Capability capability) const {
    return kernel_->look(
        [&](const FakeHost& host) { return host.capabilities.contains(capability); });
}

std::string FakeSystem::session_address() const {
    return kernel_->look([](const FakeHost& host) { return host.session_address; });
}

Result<std::string> FakeSystem::ask(const std::string& socket, std::string_view request) {
    const std::string key = "socket:" + socket;
    const auto banned = kernel_->look([&](const FakeHost& host) -> Result<std::string> {
        if (!host.cells.contains(key)) {
            return kernel_failure("connect to " + socket, ECONNREFUSED);
        }
        if (!host.capabilities.contains(Capability::dac_override)) {
            return kernel_failure("connect to " + socket, EACCES,
                                  "Permission denied, needs CAP_DAC_OVERRIDE");
        }
        return host.text(key);
    });
    NT_CHECK(banned);
    request = request.substr(0, 500);  // as irqbalance reads it
    constexpr std::string_view ban = "settings ban irqs ";
    if (request.starts_with(ban)) {
        const std::string irqs(request.substr(ban.size()));
        NT_CHECK(kernel_->write("ask " + socket, {{key, irqs == "NONE" ? "" : irqs}}));
        return "";
    }
    if (request != "setup") {
        return "";
    }
    std::string answer = "SLEEP 10 ";
    for (std::size_t at = 0; at < banned->size();) {
        const std::size_t end = std::min(banned->find(' ', at), banned->size());
        answer += "IRQ " + banned->substr(at, end - at) + " LOAD 0 DIFF 0 CLASS 0 ";
        at = end + 1;
    }
    return answer + "BANNED 00";
}

}  // namespace nanotune::test
