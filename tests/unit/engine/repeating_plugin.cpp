// A plugin with a name that two of its settings have.
#include <nanotune/discover.hpp>
#include <nanotune/file_bank.hpp>
#include <nanotune/plugin.hpp>

namespace {

constexpr nanotune::FileRow once[] = {
    {{.name = "depth", .domain = nanotune::flag()}, "/proc/sys/a"}};
constexpr nanotune::FileRow again[] = {
    {{.name = "width", .domain = nanotune::flag()}, "/proc/sys/b"},
    {{.name = "depth", .domain = nanotune::flag()}, "/proc/sys/c"}};

void define(nanotune::PluginBuilder& repeating) {
    const nanotune::BankPlace place{nanotune::Stage::host, nanotune::discover::host};
    repeating.add<nanotune::FileBank>(nanotune::packed<once>, place);
    repeating.add<nanotune::FileBank>(nanotune::packed<again>, place);
}

}  // namespace

NANOTUNE_PLUGIN("repeating", "Declares a name twice.", define)
