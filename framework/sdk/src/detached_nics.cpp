// Cards that are bound to a driver for programs of the user's. The bus still lists them.
#include <array>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include <nanotune/owners.hpp>

#include "process_files.hpp"

namespace nanotune {
namespace {

constexpr std::array<std::string_view, 4> drivers = {"vfio-pci", "uio_pci_generic", "igb_uio",
                                                     "mlx5_vfio_pci"};

/// "0000:03:00.1" in numbers.
struct PciAddress {
    unsigned domain = 0;
    unsigned bus = 0;
    unsigned slot = 0;
    unsigned function = 0;
};

std::optional<PciAddress> address_in(std::string_view text) {
    PciAddress address;
    const std::pair<unsigned*, char> parts[] = {
        {&address.domain, ':'}, {&address.bus, ':'}, {&address.slot, '.'}, {&address.function, 0}};
    for (const auto& [number, end] : parts) {
        constexpr int hexadecimal = 16;
        const auto [rest, error] =
            std::from_chars(text.data(), text.data() + text.size(), *number, hexadecimal);
        if (error != std::errc() ||
            (end != 0 && (rest == text.data() + text.size() || *rest != end))) {
            return std::nullopt;
        }
        text.remove_prefix(static_cast<std::size_t>(rest - text.data()) + (end != 0 ? 1U : 0U));
    }
    return text.empty() ? std::optional(address) : std::nullopt;
}

/// As udev names a port by its place (ID_NET_NAME_PATH): the function is only said where the card
/// has several.
std::vector<std::string> names_at(const PciAddress& at) {
    const std::string domain = at.domain == 0 ? "" : fmt::format("P{}", at.domain);
    const std::string slot = fmt::format("en{}p{}s{}", domain, at.bus, at.slot);
    std::vector<std::string> names = {fmt::format("{}f{}", slot, at.function)};
    if (at.function == 0) {
        names.push_back(slot);
    }
    return names;
}

/// The file by which a program has the card: of its IOMMU group, or of the UIO device.
std::string file_of(Files& files, const std::string& device) {
    if (const auto group = files.link_name(device + "/iommu_group")) {
        return "/dev/vfio/" + *group;
    }
    const auto uio = files.list(device + "/uio");
    return uio && !uio->empty() ? "/dev/" + uio->front() : std::string();
}

std::string holder_of(Files& files, const std::string& device) {
    const std::string file = file_of(files, device);
    std::string holder;
    if (file.empty()) {
        return holder;
    }
    for_each_descriptor(files, [&](const HeldFile& open) {
        if (holder.empty() && file.ends_with("/" + open.name) &&
            files.resolved(open.link) == file) {
            holder = text_of(open.process);
        }
    });
    return holder;
}

}  // namespace

std::vector<DetachedNic> detached_nics(System& system) {
    Files& files = system.files();
    std::vector<DetachedNic> nics;
    for (const std::string_view driver : drivers) {
        const std::string folder = "/sys/bus/pci/drivers/" + std::string(driver);
        for (const std::string& name : files.list(folder).value_or(std::vector<std::string>{})) {
            const auto address = address_in(name);
            const std::string device = "/sys/bus/pci/devices/" + name;
            constexpr std::string_view network_class = "0x02";
            if (!address ||
                !files.read(device + "/class").value_or("").starts_with(network_class)) {
                continue;
            }
            nics.push_back({.pci = name,
                            .driver = std::string(driver),
                            .names = names_at(*address),
                            .held_by = holder_of(files, device)});
        }
    }
    return nics;
}

}  // namespace nanotune
