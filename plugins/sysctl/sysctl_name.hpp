// A sysctl's name, whose separators may be dots or slashes: one spelling for each file.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nanotune::sysctl {

/// Two or more components below /proc/sys, none of which leads out of it.
class SysctlName {
  public:
    /// "net.core.rmem_max" or "net/core/rmem_max". The first separator is the name's; the other of
    /// the two stands for itself, as in sysctl(8): "net/ipv4/conf/eth0.100/rp_filter". Nothing
    /// where the text cannot name a file of /proc/sys.
    static std::optional<SysctlName> from(std::string_view text);

    /// The file of that name, at less cost than from(text)->path(), and nothing where there is
    /// none.
    static std::optional<std::string> path_of(std::string_view text);

    /// With dots; with slashes where a component has a dot.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] std::string path() const;
    /// Whether it is that name, in which "*" stands for one component: "net.ipv4.conf.*.rp_filter".
    [[nodiscard]] bool fits(std::string_view pattern) const;
    /// Without which it does not fit: a glance, for whoever has many patterns.
    [[nodiscard]] bool may_end_as(std::string_view pattern) const {
        return pattern.back() == components_.back().back() || pattern.back() == '*';
    }
    /// The interface that it is of ("eth0" for "net.ipv4.conf.eth0.rp_filter"); "" for none.
    [[nodiscard]] std::string device() const;
    /// Whether the kernel copies it to interfaces whose own was never set: what is for interfaces
    /// that come later, but IPv6's own.
    [[nodiscard]] bool is_given_to_devices() const;
    /// The same of another interface.
    [[nodiscard]] SysctlName of_device(std::string_view device) const;
    /// Another one of its folder.
    [[nodiscard]] SysctlName beside(std::string_view file) const;

  private:
    std::vector<std::string> components_;
};

}  // namespace nanotune::sysctl
