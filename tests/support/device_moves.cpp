// A device's cells are those that have its name between two of their separators.
#include "support/device_moves.hpp"

#include <optional>

namespace nanotune::test {

namespace {

const std::string gone_along = "away:";
const std::string elsewhere = "elsewhere:";
const std::string here = "link:";
const std::string sysctls = "/proc/sys/net/";

/// The key for another name; nothing where it has no part of that name.
std::optional<std::string> renamed(const std::string& key, const std::string& from,
                                   const std::string& to) {
    for (std::size_t at = key.find(from); at != std::string::npos; at = key.find(from, at + 1)) {
        const std::size_t end = at + from.size();
        const bool is_begin = at > 0 && std::string_view("/:").contains(key[at - 1]);
        const bool is_end = end == key.size() || std::string_view("/:").contains(key[end]);
        if (is_begin && is_end) {
            return key.substr(0, at) + to + key.substr(end);
        }
    }
    return std::nullopt;
}

Cells taken(FakeHost& host, const std::string& name) {
    Cells cells;
    std::erase_if(host.cells, [&](const auto& cell) {
        const bool is_its = renamed(cell.first, name, name).has_value();
        if (is_its) {
            cells.insert(cell);
        }
        return is_its;
    });
    return cells;
}

void put(FakeHost& host, const Cells& cells, const std::string& from, const std::string& to) {
    for (const auto& [key, text] : cells) {
        host.cells[renamed(key, from, to).value_or(key)] = text;
    }
}

void give_route(FakeHost& host, const std::string& from, const std::string& to) {
    if (host.text("route:default") == " " + from) {
        host.with("route:default", " " + to);
    }
}

std::string bus_of(const FakeHost& host, const std::string& name) {
    return host.text("symlink:/sys/class/net/" + name + "/device");
}

}  // namespace

void rename_nic(FakeHost& host, const std::string& from, const std::string& to) {
    put(host, taken(host, from), from, to);
    give_route(host, from, to);
}

void swap_nics(FakeHost& host, const std::string& one, const std::string& other) {
    rename_nic(host, one, "swapping");
    rename_nic(host, other, one);
    rename_nic(host, "swapping", other);
}

void move_nic_away(FakeHost& host, const std::string& name) {
    for (const auto& [key, text] : taken(host, name)) {
        if (key.starts_with(here)) {
            host.cells[elsewhere + key.substr(here.size())] = text;
        } else if (!key.starts_with(sysctls)) {
            host.cells[gone_along + key] = text;
        }
    }
}

void move_nic_back(FakeHost& host, const std::string& name) {
    for (const auto& [key, text] : taken(host, name)) {
        host.cells[key.starts_with(elsewhere) ? here + key.substr(elsewhere.size())
                                              : key.substr(gone_along.size())] = text;
    }
    if (is_folder(host.cells, "/proc/sys/net")) {
        host.with(sysctls + "ipv4/conf/" + name + "/rp_filter", "0");
    }
}

void remove_nic(FakeHost& host, const std::string& name) {
    const std::string bus = bus_of(host, name);
    taken(host, name);
    if (!bus.empty()) {
        host.cells.erase(bus + "/net/");
    }
}

void detach_nic(FakeHost& host, const std::string& name) {
    host.with(link_cell(name, "detached"), "1");
}

void attach_nic(FakeHost& host, const std::string& name) {
    host.without(link_cell(name, "detached"));
}

void reload_driver(FakeHost& host, const std::string& name, const NicOptions& options) {
    const std::string mac = host.text(link_cell(name, "mac"));
    const std::string bus = bus_of(host, name);
    remove_nic(host, name);
    NicOptions anew = options;
    anew.index = 40;
    host.with_nic(name, anew)
        .with(link_cell(name, "mac"), mac)
        .with_symlink("/sys/class/net/" + name + "/device", bus)
        .with(bus + "/net/", "");
}

}  // namespace nanotune::test
