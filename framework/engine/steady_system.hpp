// The host as several discoveries in a row see it: devices, routes and queues are asked for once,
// since each question walks all devices of the namespace.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <nanotune/system.hpp>

namespace nanotune {

/// What was answered until now, for discoveries and for banks that say what a target can hold.
/// Settings are never among it.
struct SteadyAnswers {
    std::optional<std::vector<Link>> links;
    bool do_links_tell_limits = true;  ///< no queues were made anew since, nor a device with them
    std::optional<std::vector<std::string>> default_route_devices;
    /// Not which device sysfs shows by a name: two may exchange their names, and what is found by
    /// one of them then is the other's.
    std::optional<std::vector<XdpSocket>> xdp_sockets;
    /// By the folder that has them.
    std::map<std::string, std::optional<std::vector<std::string>>> queues;
};

/// Passes everything on but what `SteadyAnswers` holds. Errors are not kept. Both arguments must
/// outlive it.
class SteadySystem final : public System {
  public:
    /// Who asks for limits is told of one device what was listed: a discovery asks for that to see
    /// whether a name is another device's by now.
    enum class For : std::uint8_t { discoveries, limits };
    SteadySystem(System& system, SteadyAnswers& answers, For whom = For::discoveries)
        : system_(system), files_(system.files(), answers), links_(system, answers, whom) {}

    nanotune::Files& files() override { return files_; }
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
    class Files final : public nanotune::Files {
      public:
        Files(nanotune::Files& files, SteadyAnswers& answers) : files_(files), answers_(answers) {}

        Result<std::string> read(const std::string& path) override;
        Status write(const std::string& path, std::string_view text) override;
        Result<std::vector<std::string>> list(const std::string& folder) override;
        Result<std::string> link_name(const std::string& path) override;
        Result<std::string> resolved(const std::string& path) override;
        bool exists(const std::string& path) override;
        Status may_write(const std::string& path) override;

      private:
        nanotune::Files& files_;
        SteadyAnswers& answers_;
    };

    class Links final : public nanotune::Links {
      public:
        Links(System& system, SteadyAnswers& answers, For whom)
            : system_(system), answers_(answers), whom_(whom) {}

        Result<std::vector<Link>> list() override;
        Result<Link> link(const std::string& device) override;
        Result<std::string> name(unsigned index) override;
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
        For whom_;
    };

    System& system_;
    Files files_;
    Links links_;
};

}  // namespace nanotune
