// The behaviours that tests ask for by name, made of checks, adjustments and effects.
#include "support/fake_host.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace nanotune::test {

namespace {

long long leading_number(const std::string& text) {
    return std::strtoll(text.c_str(), nullptr, 10);
}

}  // namespace

FakeHost& FakeHost::with(const std::string& key, std::string text) {
    cells[key] = std::move(text);
    return *this;
}

FakeHost& FakeHost::without(std::string_view pattern) {
    std::erase_if(cells, [&](const auto& cell) { return fits(pattern, cell.first); });
    return *this;
}

FakeHost& FakeHost::with_symlink(const std::string& path, const std::string& to) {
    cells["symlink:" + path] = to;
    if (!followed(cells, path)) {
        cells[to + "/"] = "";
    }
    return *this;
}

FakeHost& FakeHost::refuse(const std::string& pattern, const Refusal& refusal) {
    return check(
        pattern,
        [refusal, seen = 0U](const Cells&, const Write& write) mutable -> std::optional<Refusal> {
            if (!fits(refusal.when, write.text)) {
                return std::nullopt;
            }
            const unsigned number = seen++;
            if (number < refusal.after || number - refusal.after >= refusal.times) {
                return std::nullopt;
            }
            return refusal;
        });
}

FakeHost& FakeHost::check(const std::string& pattern, Check check) {
    behaviours.checks.push_back({pattern, std::move(check)});
    return *this;
}

FakeHost& FakeHost::ignore_writes_to(const std::string& pattern) {
    behaviours.ignored.push_back(pattern);
    return *this;
}

FakeHost& FakeHost::clamp(const std::string& pattern, long long maximum) {
    return adjust(pattern, [maximum](const Cells&, const Write& write) {
        return with_number(write.text, std::min(leading_number(write.text), maximum));
    });
}

FakeHost& FakeHost::round_down(const std::string& pattern, long long multiple) {
    return adjust(pattern, [multiple](const Cells&, const Write& write) {
        const long long number = leading_number(write.text);
        return with_number(write.text, std::max(number - (number % multiple), multiple));
    });
}

FakeHost& FakeHost::adjust(const std::string& pattern, Adjustment adjustment) {
    behaviours.adjustments.push_back({pattern, std::move(adjustment)});
    return *this;
}

FakeHost& FakeHost::show_choices(const std::string& pattern) {
    check(pattern, [](const Cells& held, const Write& write) -> std::optional<Refusal> {
        if (with_choice(text_of(held, write.key), write.text)) {
            return std::nullopt;
        }
        return Refusal{.error = EINVAL};
    });
    return adjust(pattern, [](const Cells& held, const Write& write) {
        return with_choice(text_of(held, write.key), write.text).value_or(write.text);
    });
}

FakeHost& FakeHost::on_write(const std::string& pattern, Effect effect) {
    behaviours.effects.push_back({pattern, std::move(effect)});
    return *this;
}

FakeHost& FakeHost::lose_carrier_on_write(const std::string& pattern, const std::string& device,
                                          unsigned looks) {
    with(link_cell(device, "away"), "0");
    return on_write(pattern, [device, looks](Edit& edit, const Write&) {
        edit.set(link_cell(device, "carrier"), "0");
        edit.set(link_cell(device, "away"), std::to_string(looks));
    });
}

FakeHost& FakeHost::reset_on_write(const std::string& pattern, const std::string& lost,
                                   const std::string& text) {
    return on_write(pattern, [lost, text](Edit& edit, const Write&) {
        std::vector<std::string> keys;
        for (const auto& [key, held] : edit.cells()) {
            if (fits(lost, key) && held != text) {
                keys.push_back(key);
            }
        }
        for (const std::string& key : keys) {
            edit.set(key, text);
        }
    });
}

FakeHost& FakeHost::hang(const std::string& pattern) {
    behaviours.hanging.push_back(pattern);
    return *this;
}

FakeHost& FakeHost::hang_reads(const std::string& pattern) {
    behaviours.hanging_reads.push_back(pattern);
    return *this;
}

FakeHost& FakeHost::read_only(const std::string& pattern) {
    behaviours.read_only.push_back(pattern);
    return *this;
}

FakeHost& FakeHost::unreadable(const std::string& pattern) {
    behaviours.unreadable.push_back(pattern);
    return *this;
}

FakeHost& FakeHost::idle_interrupt(unsigned irq) {
    return with("irq:" + std::to_string(irq) + ":idle", "1");
}

void FakeHost::interrupt(unsigned irq) {
    cells[irq_file(irq, "effective_affinity_list")] = text(irq_file(irq, "smp_affinity_list"));
    cells[irq_file(irq, "effective_affinity")] = text(irq_file(irq, "smp_affinity"));
}

FakeHost& FakeHost::lacks(Capability capability) {
    capabilities.erase(capability);
    return *this;
}

FakeHost& FakeHost::unprivileged() {
    capabilities.clear();
    return *this;
}

bool any_fits(const std::vector<std::string>& patterns, std::string_view key) {
    return std::ranges::any_of(patterns,
                               [&](const std::string& pattern) { return fits(pattern, key); });
}

std::string with_number(const std::string& text, long long number) {
    char* end = nullptr;
    static_cast<void>(std::strtoll(text.c_str(), &end, 10));
    return std::to_string(number) + std::string(end);
}

std::optional<std::string> with_choice(const std::string& shown, std::string_view word) {
    std::string result;
    bool found = false;
    std::size_t at = 0;
    while (at < shown.size()) {
        std::size_t end = shown.find(' ', at);
        end = end == std::string::npos ? shown.size() : end;
        std::string_view each = std::string_view(shown).substr(at, end - at);
        if (each.starts_with('[') && each.ends_with(']')) {
            each = each.substr(1, each.size() - 2);
        }
        result += result.empty() ? "" : " ";
        if (each == word) {
            result += "[" + std::string(each) + "]";
            found = true;
        } else {
            result += each;
        }
        at = end + 1;
    }
    return found ? std::optional(result) : std::nullopt;
}

std::string ethtool_cell(std::string_view device, unsigned get_command, unsigned attribute) {
    return "ethtool:" + std::string(device) + ":" + std::to_string(get_command) + ":" +
           std::to_string(attribute);
}

std::string feature_cell(std::string_view device, std::string_view feature) {
    return "feature:" + std::string(device) + ":" + std::string(feature);
}

std::string bit_cell(std::string_view device, unsigned get_command, unsigned attribute,
                     std::string_view bit) {
    return "bit:" + std::string(device) + ":" + std::to_string(get_command) + ":" +
           std::to_string(attribute) + ":" + std::string(bit);
}

std::string rss_cell(std::string_view device, std::string_view field) {
    return "rss:" + std::string(device) + ":" + std::string(field);
}

std::string stamps_cell(std::string_view device, std::string_view field) {
    return "stamps:" + std::string(device) + ":" + std::string(field);
}

std::string flow_cell(std::string_view device, std::string_view location) {
    return "flow:" + std::string(device) + ":" + std::string(location);
}

std::string qdisc_cell(std::string_view device) {
    return "qdisc:" + std::string(device);
}

std::string devlink_cell(std::string_view bus, std::string_view device, std::string_view place) {
    return "devlink:" + std::string(bus) + ":" + std::string(device) + ":" + std::string(place);
}

std::string link_cell(std::string_view device, std::string_view field) {
    return "link:" + std::string(device) + ":" + std::string(field);
}

std::string link_number_cell(std::string_view device, unsigned attribute) {
    return link_cell(device, "number:" + std::to_string(attribute));
}

std::string napi_cell(unsigned napi, std::string_view field) {
    return "napi:" + std::to_string(napi) + ":" + std::string(field);
}

std::string counter_cell(std::string_view device, std::string_view name) {
    return "counter:" + std::string(device) + ":" + std::string(name);
}

std::string queue_coalesce_cell(std::string_view device, unsigned queue, unsigned attribute) {
    return "coalesce:" + std::string(device) + ":" + std::to_string(queue) + ":" +
           std::to_string(attribute);
}

std::string task_cell(unsigned thread, std::string_view field) {
    return "task:" + std::to_string(thread) + ":" + std::string(field);
}

std::string worker_cell(std::string_view name) {
    return "worker:" + std::string(name);
}

std::string irq_file(unsigned irq, std::string_view name) {
    return "/proc/irq/" + std::to_string(irq) + "/" + std::string(name);
}

}  // namespace nanotune::test
