// The parts of the running kernel, held together.
#include "system/kernel_system.hpp"

#include "system/capabilities.hpp"
#include "system/devlink.hpp"
#include "system/ethtool.hpp"
#include "system/files.hpp"
#include "system/links.hpp"
#include "system/local_socket.hpp"
#include "system/tasks.hpp"

namespace nanotune {

namespace {

class KernelSystem final : public System {
  public:
    KernelSystem(std::function<std::string()> session_address, std::unique_ptr<Workers> workers)
        : session_address_(std::move(session_address)), workers_(std::move(workers)) {}

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return ethtool_; }
    Links& links() override { return links_; }
    Tasks& tasks() override { return tasks_; }
    Devlink& devlink() override { return devlink_; }
    [[nodiscard]] bool has(Capability capability) const override {
        return capabilities_.has(capability);
    }
    [[nodiscard]] std::string session_address() const override { return session_address_(); }
    Result<std::string> ask(const std::string& socket, std::string_view request) override {
        return ask_local_socket(socket, request);
    }
    Workers& workers() override { return workers_ ? *workers_ : System::workers(); }

  private:
    std::shared_ptr<ControlSocket> control_ = std::make_shared<ControlSocket>();
    KernelFiles files_{control_};
    KernelEthtool ethtool_{control_};
    KernelLinks links_{control_};
    KernelTasks tasks_;
    KernelDevlink devlink_;
    Capabilities capabilities_{control_};
    std::function<std::string()> session_address_;
    std::unique_ptr<Workers> workers_;
};

}  // namespace

std::unique_ptr<System> kernel_system(std::function<std::string()> session_address,
                                      std::unique_ptr<Workers> workers) {
    return std::make_unique<KernelSystem>(std::move(session_address), std::move(workers));
}

std::unique_ptr<System> kernel_system(std::string session_address) {
    return kernel_system([address = std::move(session_address)] { return address; }, nullptr);
}

}  // namespace nanotune
