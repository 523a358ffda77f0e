// The smallest useful plugin: one setting of every network device, in a file of sysfs.
#include <limits>

#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

namespace hello {

using namespace nanotune;

constexpr FileRow rows[] = {
    {{.name = "group",
      .domain = integer(0, std::numeric_limits<std::int32_t>::max()),
      .summary = "Number by which `ip link set group` and firewalls address the device."},
     "/sys/class/net/{}/netdev_group"},
};

void define(PluginBuilder& hello) {
    hello.sections_select(Selector::device);
    hello.add<FileBank>(packed<rows>, BankPlace{Stage::devices, discover::nics});
}

}  // namespace hello

NANOTUNE_PLUGIN("hello", "A plugin built outside nanotune's tree.", hello::define)
