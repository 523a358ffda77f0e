// The host as several discoveries in a row see it: devices and routes are asked for once, since
// each question walks all devices of the namespace.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

namespace nanotune {

/// What was answered until now. Only values that discoveries look for; settings are never among
/// them.
struct SteadyAnswers {
    std::optional<std::vector<Link>> links;
    std::optional<std::vector<std::string>> default_route_devices;
};

/// Passes everything on but what `SteadyAnswers` holds. Errors are not kept. Both arguments must
/// outlive it.
class SteadySystem final : public System {
  public:
    SteadySystem(System& system, SteadyAnswers& answers)
        : system_(system), links_(system, answers) {}

    Files& files() override { return system_.files(); }
    Ethtool& ethtool() override { return system_.ethtool(); }
    nanotune::Links& links() override { return links_; }
    Tasks& tasks() override { return system_.tasks(); }
    Devlink& devlink() override { return system_.devlink(); }
    [[nodiscard]] bool has(Capability capability) const override { return system_.has(capability); }
    [[nodiscard]] std::string session_address() const override { return system_.session_address(); }
    Result<std::string> ask(const std::string& socket, std::string_view request) override {
        return system_.ask(socket, request);
    }
    Workers& workers() override { return system_.workers(); }

  private:
    class Links final : public nanotune::Links {
      public:
        Links(System& system, SteadyAnswers& answers) : system_(system), answers_(answers) {}

        Result<std::vector<Link>> list() override;
        Result<Link> link(const std::string& device) override;
        Status set(const std::string& device, std::uint16_t attribute,
                   std::uint32_t number) override;
        Result<std::vector<std::string>> default_route_devices() override;
        Result<std::string> device_of_address(const std::string& address) override;
        Result<std::vector<Link>> elsewhere() override;
        Result<std::vector<QueueInterrupt>> queue_interrupts(const std::string& device) override;
        Result<NapiTimes> napi_times(unsigned napi) override;
        Status set_napi_times(unsigned napi, const NapiTimes& times) override;
        Result<std::vector<XdpSocket>> xdp_sockets() override;
        Result<std::uint64_t> xdp_features(const std::string& device) override;
        Result<Qdisc> qdisc(const std::string& device) override;
        Status put_qdisc(const std::string& device, const Qdisc& qdisc) override;
        Status remove_qdisc(const std::string& device) override;

      private:
        System& system_;
        SteadyAnswers& answers_;
    };

    System& system_;
    Links links_;
};

}  // namespace nanotune
