// A discipline carries parameters, classes and filters of its own, which nothing could bring back.
// So only what the kernel put there by itself is replaced, and what stands there under our handle.
#include "sending.hpp"

#include <algorithm>

#include <nanotune/modules.hpp>
#include <nanotune/words.hpp>

namespace nanotune::nic {
namespace {

constexpr std::uint32_t own_handle = 0x7e170000;

bool is_replaceable(const Qdisc& qdisc) {
    return qdisc.handle == 0 || qdisc.handle == own_handle;
}

std::string handle_text(std::uint32_t handle) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::uint32_t major = handle >> 16U; major != 0; major >>= 4U) {
        text.insert(text.begin(), digits[major & 15U]);
    }
    return text + ":";
}

Result<std::string> read_qdisc(System& system, const Target& nic) {
    NT_TRY(Qdisc now, system.links().qdisc(nic.name));
    return std::move(now.kind);
}

Status is_free(const Qdisc& now, const Target& nic) {
    return is_replaceable(now)
               ? Status()
               : failure(ErrorCode::unsupported,
                         now.kind + " " + handle_text(now.handle) + " at the root of " + nic.name +
                             " is somebody's own, with parameters that could not be brought back");
}

Status holds_qdisc(System& system, const Target& nic, const std::string& kind) {
    NT_TRY(const Qdisc now, system.links().qdisc(nic.name));
    if (now.kind == kind) {
        return {};
    }
    NT_CHECK(is_free(now, nic));
    return has_qdisc(system.files(), kind);
}

Status write_qdisc(System& system, const Target& nic, const std::string& kind) {
    Links& links = system.links();
    NT_TRY(const Qdisc now, links.qdisc(nic.name));
    NT_CHECK(is_free(now, nic));
    if (now.handle == own_handle) {
        NT_CHECK(links.remove_qdisc(nic.name));
        NT_TRY(const Qdisc by_default, links.qdisc(nic.name));
        if (by_default.kind == kind) {
            return {};
        }
    }
    return links.put_qdisc(nic.name, {.kind = kind, .handle = own_handle});
}

Result<std::string> normal_kind(std::string_view text) {
    const bool is_word = !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
    return is_word ? Result<std::string>(std::string(text))
                   : failure(ErrorCode::invalid, "a discipline's name has letters, digits and _");
}

constexpr WordsRow rows[] = {
    {{.name = "qdisc",
      .domain =
          with_samples(normal_text(normal_kind, R"(a queueing discipline such as "fq" or "mq")"),
                       "fq | pfifo_fast"),
      .impact = Impact::drops_packets,
      .summary = "Queueing discipline at the device's root, with its default parameters.",
      .witness = {.command = "tc qdisc show dev {} root", .label = "qdisc"}},
     read_qdisc,
     holds_qdisc,
     write_qdisc},
};

}  // namespace

std::span<const WordsRow> sending_rows() {
    return packed<rows>;
}

}  // namespace nanotune::nic
