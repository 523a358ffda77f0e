// What a driver loses when its channels change, and the limits that it reports.
#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <linux/ethtool_netlink.h>
#include <linux/if_link.h>

#include <nanotune/words.hpp>

#include "support/kernel_habits.hpp"

namespace nanotune::test {

namespace {

constexpr std::size_t hash_entries = 8;

struct Limit {
    unsigned command;
    unsigned attribute;
    unsigned maximum;
    const char* words;
};
constexpr const char* ring_words = "requested ring size exceeds maximum";
constexpr const char* channel_words = "requested channel count exceeds maximum";
constexpr Limit limits[] = {
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX, ETHTOOL_A_RINGS_RX_MAX, ring_words},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_TX, ETHTOOL_A_RINGS_TX_MAX, ring_words},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_MINI, ETHTOOL_A_RINGS_RX_MINI_MAX, ring_words},
    {ETHTOOL_MSG_RINGS_GET, ETHTOOL_A_RINGS_RX_JUMBO, ETHTOOL_A_RINGS_RX_JUMBO_MAX, ring_words},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_RX_COUNT, ETHTOOL_A_CHANNELS_RX_MAX,
     channel_words},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_TX_COUNT, ETHTOOL_A_CHANNELS_TX_MAX,
     channel_words},
    {ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT, ETHTOOL_A_CHANNELS_COMBINED_MAX,
     channel_words},
};

std::string queue_folder(const std::string& device) {
    return "/sys/class/net/" + device + "/queues/";
}

unsigned channels(const Cells& cells, const std::string& device, unsigned attribute) {
    return static_cast<unsigned>(
        number_of(cells, ethtool_cell(device, ETHTOOL_MSG_CHANNELS_GET, attribute)));
}

void make_queue(Edit& edit, const std::string& device, const std::string& name) {
    const std::string folder = queue_folder(device) + name + "/";
    const std::string no_cpus = padded_mask(edit.cells(), CpuSet());
    if (name.starts_with("rx")) {
        const std::string born_with = text_of(edit.cells(), "/proc/sys/net/core/rps_default_mask");
        edit.set(folder + "rps_cpus", born_with.empty() ? no_cpus : born_with);
        edit.set(folder + "rps_flow_cnt", "0");
        return;
    }
    edit.set(folder + "xps_cpus", no_cpus);
    edit.set(folder + "xps_rxqs", "0");
    edit.set(folder + "tx_maxrate", "0");
    edit.set(folder + "tx_timeout", "0");
    edit.set(folder + "traffic_class", "");
    edit.set(folder + "byte_queue_limits/limit_max", "1879048192");
    edit.set(folder + "byte_queue_limits/limit_min", "0");
    edit.set(folder + "byte_queue_limits/hold_time", "1000");
}

void make_direction(Edit& edit, const std::string& device, const std::string& direction,
                    unsigned count, bool anew) {
    for (const std::string& name : names_in(edit.cells(), "/sys/class/net/" + device + "/queues")) {
        const bool ours = name.starts_with(direction);
        if (ours && (anew || std::stoul(name.substr(3)) >= count)) {
            edit.erase_below(queue_folder(device) + name + "/");
        }
    }
    for (unsigned queue = 0; queue < count; ++queue) {
        const std::string name = direction + "-" + std::to_string(queue);
        if (!is_folder(edit.cells(), queue_folder(device) + name)) {
            make_queue(edit, device, name);
        }
    }
}

std::string device_in(const std::string& key) {
    const std::size_t start = key.find(':') + 1;
    return key.substr(start, key.find(':', start) - start);
}

/// As the kernel numbers them: above every CPU's.
unsigned napi_of(unsigned irq) {
    return 8112 + irq;
}

std::string device_file(const std::string& device, const std::string& name) {
    return "/sys/class/net/" + device + "/" + name;
}

/// What a NAPI instance keeps, and the device's file that sets it for all of them.
constexpr std::pair<const char*, const char*> napi_files[] = {
    {"defer_hard_irqs", "napi_defer_hard_irqs"},
    {"gro_flush_timeout", "gro_flush_timeout"},
    {"irq_suspend_timeout", nullptr}};

/// A write to the device's file reaches every NAPI instance.
void set_napis(Edit& edit, const Write& write) {
    const std::size_t slash = write.key.rfind('/');
    const std::string file = write.key.substr(slash + 1);
    const std::string folder = write.key.substr(0, slash);
    const std::string queues = "queue:" + folder.substr(folder.rfind('/') + 1) + ":";
    for (const auto& [field, name] : napi_files) {
        for (const std::string& key : keys_below(edit.cells(), queues)) {
            const auto napi = static_cast<unsigned>(number_of(edit.cells(), key));
            if (name != nullptr && file == name && edit.cells().contains(napi_cell(napi, field))) {
                edit.set(napi_cell(napi, field), write.text);
            }
        }
    }
}

void make_interrupts(Edit& edit, const std::string& device, unsigned count) {
    const Cells& cells = edit.cells();
    const auto bus = followed(cells, "/sys/class/net/" + device + "/device");
    if (!bus) {
        return;
    }
    const auto node = static_cast<int>(number_of(cells, *bus + "/numa_node"));
    const bool tells_queues = text_of(cells, link_cell(device, "tells_queues")) == "1";
    const auto first =
        static_cast<unsigned>(16 + (32 * number_of(cells, link_cell(device, "index"))));
    for (unsigned irq = first; irq < first + 32; ++irq) {
        edit.erase_below("/proc/irq/" + std::to_string(irq) + "/");
        edit.erase_below(napi_cell(napi_of(irq), ""));
    }
    edit.erase_below(*bus + "/msi_irqs/");
    const std::string queues = "queue:" + device + ":";
    const std::string interrupts = device + "-TxRx-";
    const std::string receiving = queues + "rx-";
    const std::string sending = queues + "tx-";
    edit.erase_below(queues);
    for (unsigned queue = 0; queue < count; ++queue) {
        const std::string number = std::to_string(queue);
        const unsigned irq = first + queue;
        add_interrupt(edit, irq, interrupts + number, node);
        edit.set(*bus + "/msi_irqs/" + std::to_string(irq), "msix");
        if (tells_queues) {
            const std::string served = std::to_string(napi_of(irq)) + " " + std::to_string(irq);
            edit.set(receiving + number, served);
            edit.set(sending + number, served);
            for (const auto& [field, file] : napi_files) {
                edit.set(napi_cell(napi_of(irq), field),
                         file == nullptr ? "0" : text_of(cells, device_file(device, file)));
            }
        }
    }
    write_interrupt_table(edit);
}

/// Without scatter-gather the stack cuts no packets, whatever is wanted.
void settle_features(Edit& edit, const std::string& device) {
    const auto is_on = [&](const std::string& name) {
        return text_of(edit.cells(), feature_cell(device, name)).contains(" on");
    };
    const bool gathers = is_on("tx-scatter-gather");
    for (const char* name :
         {"tx-tcp-segmentation", "tx-tcp-ecn-segmentation", "tx-tcp-mangleid-segmentation",
          "tx-tcp6-segmentation", "tx-generic-segmentation"}) {
        const std::string cell = feature_cell(device, name);
        const std::string now = text_of(edit.cells(), cell);
        if (!now.empty() && !now.ends_with("fixed")) {
            const bool is_wanted = now.starts_with("on");
            edit.set(cell, std::string(is_wanted ? "on" : "off") +
                               (is_wanted && gathers ? " on" : " off"));
        }
    }
}

/// A driver that takes no rules any more has none.
void drop_rules(Edit& edit, const Write& write) {
    const std::string device = device_in(write.key);
    if (write.text.starts_with("on")) {
        return;
    }
    for (const std::string& key : keys_below(edit.cells(), flow_cell(device, ""))) {
        if (key != flow_cell(device, "rules")) {
            edit.erase(key);
        }
    }
}

}  // namespace

void make_queues(Edit& edit, const std::string& device) {
    const bool is_physical = edit.cells().contains("symlink:/sys/class/net/" + device + "/device");
    const unsigned both = channels(edit.cells(), device, ETHTOOL_A_CHANNELS_COMBINED_COUNT);
    const unsigned rx = both + channels(edit.cells(), device, ETHTOOL_A_CHANNELS_RX_COUNT);
    const unsigned tx = both + channels(edit.cells(), device, ETHTOOL_A_CHANNELS_TX_COUNT);
    make_direction(edit, device, "rx", rx, is_physical);
    make_direction(edit, device, "tx", tx, is_physical);
    make_interrupts(edit, device, std::max(rx, tx));
    if (const std::string table = rss_cell(device, "table"); edit.cells().contains(table)) {
        edit.set(table, table_in_turn(edit.cells(), device, hash_entries));
    }
}

namespace {

/// The kernel lets no queue go that a table of somebody's own sends to.
std::optional<Refusal> queues_still_hashed_to(const Cells& cells, const Write& write) {
    const std::string device = device_in(write.key);
    const std::string table = text_of(cells, rss_cell(device, "table"));
    if (table.empty() || table == table_in_turn(cells, device, hash_entries)) {
        return std::nullopt;
    }
    const auto left = std::strtoul(write.text.c_str(), nullptr, 10);
    for (const std::string_view queue : split_words(table)) {
        if (std::strtoul(std::string(queue).c_str(), nullptr, 10) >= left) {
            return Refusal{.error = EINVAL,
                           .words =
                               "requested channel counts are too low for existing "
                               "indirection table settings"};
        }
    }
    return std::nullopt;
}

}  // namespace

void add_nic_habits(FakeHost& host) {
    host.check(ethtool_cell("*", ETHTOOL_MSG_CHANNELS_GET, ETHTOOL_A_CHANNELS_COMBINED_COUNT),
               queues_still_hashed_to);
    for (const Limit& limit : limits) {
        host.check(ethtool_cell("*", limit.command, limit.attribute),
                   [limit](const Cells& cells, const Write& write) -> std::optional<Refusal> {
                       const auto most = number_of(
                           cells, ethtool_cell(device_in(write.key), limit.command, limit.maximum));
                       if (std::strtoll(write.text.c_str(), nullptr, 10) <= most) {
                           return std::nullopt;
                       }
                       return Refusal{.error = EINVAL, .words = limit.words};
                   });
    }
    host.on_write("ethtool:*:" + std::to_string(ETHTOOL_MSG_CHANNELS_GET) + ":*",
                  [](Edit& edit, const Write& write) { make_queues(edit, device_in(write.key)); });
    host.on_write(flow_cell("*", "*"), [](Edit& edit, const Write& write) {
        if (write.text.empty()) {
            edit.erase(write.key);
        }
    });
    host.on_write("feature:*:tx-*", [](Edit& edit, const Write& write) {
        settle_features(edit, device_in(write.key));
    });
    host.on_write("/sys/class/net/*/napi_defer_hard_irqs", set_napis);
    host.on_write("/sys/class/net/*/gro_flush_timeout", set_napis);
    host.on_write(feature_cell("*", "rx-ntuple-filter"), drop_rules);
    host.on_write(link_number_cell("*", IFLA_TXQLEN), [](Edit& edit, const Write& write) {
        edit.set("/sys/class/net/" + device_in(write.key) + "/tx_queue_len", write.text);
    });
}

}  // namespace nanotune::test
