#include "engine/quiet_system.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace nanotune {

namespace {

constexpr std::string_view not_asked = "not asked, as that would disturb the device or a CPU";
constexpr std::size_t most_files = 4096;

std::unexpected<Error> left_alone() {
    return failure(ErrorCode::busy, std::string(not_asked));
}

class QuietFiles final : public Files {
  public:
    QuietFiles(Files& files, GazeState& state) : files_(files), state_(state) {}

    Result<std::string> read(const std::string& path) override {
        if (state_.is_quiet && is_disturbing(path)) {
            return left_alone();
        }
        state_.note(path);
        return files_.read(path);
    }
    Status write(const std::string& path, std::string_view text) override {
        return files_.write(path, text);
    }
    Result<std::vector<std::string>> list(const std::string& folder) override {
        return files_.list(folder);
    }
    Result<std::string> link_name(const std::string& path) override {
        return files_.link_name(path);
    }
    Result<std::string> resolved(const std::string& path) override { return files_.resolved(path); }
    bool exists(const std::string& path) override { return files_.exists(path); }
    Status may_write(const std::string& path) override { return files_.may_write(path); }
    void expect_writes(bool are_expected) override { files_.expect_writes(are_expected); }

  private:
    Files& files_;
    GazeState& state_;
};

/// A question to the driver, where drivers may be asked.
class QuietEthtool final : public Ethtool {
  public:
    QuietEthtool(Ethtool& ethtool, GazeState& state) : ethtool_(ethtool), state_(state) {}

    Result<EthtoolNumbers> get(std::uint8_t command, const std::string& device) override {
        return asked([&] { return ethtool_.get(command, device); });
    }
    Status set(std::uint8_t command, const std::string& device,
               const EthtoolNumbers& numbers) override {
        return ethtool_.set(command, device, numbers);
    }
    Result<Features> features(const std::string& device) override {
        return ethtool_.features(device);  // the kernel's own, which no driver is asked for
    }
    Status set_features(const std::string& device,
                        const std::map<std::string, bool>& wanted) override {
        return ethtool_.set_features(device, wanted);
    }
    Result<EthtoolBits> bits(std::uint8_t command, const std::string& device,
                             std::uint16_t attribute) override {
        return asked([&] { return ethtool_.bits(command, device, attribute); });
    }
    Status set_bits(std::uint8_t command, const std::string& device, std::uint16_t attribute,
                    const EthtoolBits& bits, const EthtoolNumbers& numbers) override {
        return ethtool_.set_bits(command, device, attribute, bits, numbers);
    }
    Result<ReceiveHash> receive_hash(const std::string& device) override {
        return asked([&] { return ethtool_.receive_hash(device); });
    }
    Status set_receive_hash(const std::string& device, const ReceiveHashChange& change) override {
        return ethtool_.set_receive_hash(device, change);
    }
    Result<HardwareStamps> hardware_stamps(const std::string& device) override {
        return asked([&] { return ethtool_.hardware_stamps(device); });
    }
    Status set_hardware_stamps(const std::string& device, const HardwareStamps& stamps) override {
        return ethtool_.set_hardware_stamps(device, stamps);
    }
    Result<std::vector<FlowRule>> flow_rules(const std::string& device) override {
        return asked([&] { return ethtool_.flow_rules(device); });
    }
    Status put_flow_rule(const std::string& device, const FlowRule& rule) override {
        return ethtool_.put_flow_rule(device, rule);
    }
    Status remove_flow_rule(const std::string& device, std::uint32_t location) override {
        return ethtool_.remove_flow_rule(device, location);
    }
    Result<DriverInfo> driver(const std::string& device) override {
        return asked([&] { return ethtool_.driver(device); });
    }
    Result<Counters> counters(const std::string& device) override {
        return asked([&] { return ethtool_.counters(device); });
    }
    Result<EthtoolNumbers> queue_coalesce(const std::string& device, unsigned queue) override {
        return asked([&] { return ethtool_.queue_coalesce(device, queue); });
    }
    Status set_queue_coalesce(const std::string& device, unsigned queue,
                              const EthtoolNumbers& numbers) override {
        return ethtool_.set_queue_coalesce(device, queue, numbers);
    }

  private:
    template <typename F>
    auto asked(F ask) -> decltype(ask()) {
        if (state_.is_quiet) {
            return left_alone();
        }
        return ask();
    }

    Ethtool& ethtool_;
    GazeState& state_;
};

class QuietDevlink final : public Devlink {
  public:
    QuietDevlink(Devlink& devlink, GazeState& state) : devlink_(devlink), state_(state) {}

    Result<std::vector<DevlinkParameter>> parameters(const std::string& bus,
                                                     const std::string& device) override {
        if (state_.is_quiet) {
            return left_alone();
        }
        return devlink_.parameters(bus, device);
    }
    Status set(const std::string& bus, const std::string& device,
               const DevlinkParameter& parameter) override {
        return devlink_.set(bus, device, parameter);
    }

  private:
    Devlink& devlink_;
    GazeState& state_;
};

class QuietSystem final : public System {
  public:
    QuietSystem(std::unique_ptr<System> system, std::shared_ptr<GazeState> state)
        : system_(std::move(system)),
          state_(std::move(state)),
          files_(system_->files(), *state_),
          ethtool_(system_->ethtool(), *state_),
          devlink_(system_->devlink(), *state_) {}

    Files& files() override { return files_; }
    Ethtool& ethtool() override { return ethtool_; }
    Links& links() override { return system_->links(); }
    Tasks& tasks() override { return system_->tasks(); }
    Workers& workers() override { return system_->workers(); }
    Devlink& devlink() override { return devlink_; }
    [[nodiscard]] bool has(Capability capability) const override {
        return system_->has(capability);
    }
    [[nodiscard]] std::string session_address() const override {
        return system_->session_address();
    }
    Result<std::string> ask(const std::string& socket, std::string_view request) override {
        return system_->ask(socket, request);
    }

  private:
    std::unique_ptr<System> system_;
    std::shared_ptr<GazeState> state_;
    QuietFiles files_;
    QuietEthtool ethtool_;
    QuietDevlink devlink_;
};

}  // namespace

std::set<std::string> GazeState::take_files() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(files_, {});
}

void GazeState::note(const std::string& file) {
    const bool is_changing = file.starts_with("/sys/") || file.starts_with("/proc/sys/") ||
                             file.starts_with("/proc/irq/");
    const std::scoped_lock lock(mutex_);
    if (is_changing && files_.size() < most_files) {
        files_.insert(file);
    }
}

bool is_left_alone(const Error& error) {
    return error.code == ErrorCode::busy && error.message.ends_with(not_asked);
}

bool is_disturbing(std::string_view file) {
    // These read a register of the CPU that they are about, on that CPU, or ask a driver.
    constexpr std::array<std::string_view, 8> endings = {"/energy_performance_preference",
                                                         "/energy_perf_bias",
                                                         "/scaling_cur_freq",
                                                         "/cpuinfo_cur_freq",
                                                         "/speed",
                                                         "/duplex",
                                                         "/current_link_speed",
                                                         "/current_link_width"};
    return file.contains("/intel_uncore_frequency/") || file.contains("/statistics/") ||
           std::ranges::any_of(endings,
                               [file](std::string_view end) { return file.ends_with(end); });
}

std::unique_ptr<System> quiet_system(std::unique_ptr<System> system,
                                     std::shared_ptr<GazeState> state) {
    return std::make_unique<QuietSystem>(std::move(system), std::move(state));
}

}  // namespace nanotune
