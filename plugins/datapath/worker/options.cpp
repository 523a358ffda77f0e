#include "options.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <arpa/inet.h>
#include <fmt/core.h>

#include <nanotune/cpu_set.hpp>
#include <nanotune/numbers.hpp>

#include "datapath/settings/combination.hpp"
#include "shared.hpp"

namespace nanotune::datapath {

namespace {

std::unexpected<Error> wrong(std::string_view option, std::string_view value,
                             std::string_view expected) {
    return failure(ErrorCode::invalid, fmt::format("{} {}: expected {}", option, value, expected));
}

template <typename Number>
Result<Number> number_of(std::string_view option, std::string_view text, Number least,
                         Number most) {
    const auto number = whole_number<Number>(text);
    if (!number || *number < least || *number > most) {
        return wrong(option, text, fmt::format("a number from {} to {}", least, most));
    }
    return *number;
}

template <typename T, std::size_t count>
Result<T> word_of(std::string_view option, std::string_view text,
                  const std::array<std::pair<std::string_view, T>, count>& words) {
    std::string names;
    for (const auto& [name, value] : words) {
        if (name == text) {
            return value;
        }
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    return wrong(option, text, "one of " + names);
}

constexpr std::array<std::pair<std::string_view, Backend>, 6> backends{
    {{"auto", Backend::automatic},
     {"xdp", Backend::xdp},
     {"af_xdp", Backend::af_xdp},
     {"packet", Backend::packet},
     {"udp", Backend::udp},
     {"tcp", Backend::tcp}}};
constexpr std::array<std::pair<std::string_view, Protocol>, 2> protocols{
    {{"udp", Protocol::udp}, {"tcp", Protocol::tcp}}};
constexpr std::array<std::pair<std::string_view, FullTable>, 2> full_tables{
    {{"half_open", FullTable::half_open}, {"refuse", FullTable::refuse}}};
constexpr std::array<std::pair<std::string_view, LogicName>, 3> logics{
    {{"threshold", LogicName::threshold},
     {"echo", LogicName::echo},
     {"discard", LogicName::discard}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> trusts{
    {{"verify", false}, {"trust", true}}};
constexpr std::array<std::pair<std::string_view, bool>, 2> switches{{{"0", false}, {"1", true}}};

/// Of a list such as "2-3,5".
Result<std::vector<unsigned>> cpus_of(std::string_view option, std::string_view list) {
    NT_TRY(const CpuSet cpus, CpuSet::from_list(list));
    if (cpus.empty() || cpus.size() > Shared::most_workers) {
        return wrong(option, list, fmt::format("a list of CPUs, {} at most", Shared::most_workers));
    }
    return cpus.members();
}

/// An address without a port, of either version.
Result<std::array<std::uint8_t, 16>> source_of(std::string_view text) {
    const bool is_ipv6 = text.find(':') != std::string_view::npos;
    NT_TRY(const Endpoint found,
           endpoint_of(is_ipv6 ? fmt::format("[{}]:1", text) : fmt::format("{}:1", text)));
    return found.address;
}

/// The word of a value that was one.
template <typename T, std::size_t count>
std::string_view word_for(T value, const std::array<std::pair<std::string_view, T>, count>& words) {
    const auto found = std::ranges::find(words, value, &std::pair<std::string_view, T>::second);
    return found == words.end() ? std::string_view() : found->first;
}

/// One option with its value.
Status take(WorkerOptions& options, std::string_view option, std::string_view value) {
    if (option == "--shared") {
        options.shared = value;
    } else if (option == "--listen") {
        NT_TRY(options.listen, endpoint_of(value));
        options.listen_text = value;
    } else if (option == "--respond") {
        if (value != "sender") {
            NT_TRY(options.respond, endpoint_of(value));
        }
        options.respond_text = value;
    } else if (option == "--respond-by") {
        NT_TRY(const Protocol by, word_of(option, value, protocols));
        options.responds_by_tcp = by == Protocol::tcp;
    } else if (option == "--interface") {
        options.device = value;
    } else if (option == "--source") {
        if (!value.empty()) {
            NT_TRY(options.source, source_of(value));
        }
        options.source_text = value;
    } else if (option == "--protocol") {
        NT_TRY(options.protocol, word_of(option, value, protocols));
    } else if (option == "--connections") {
        NT_TRY(options.connections, number_of<std::size_t>(option, value, 1, 65'536));
    } else if (option == "--idle-timeout") {
        NT_TRY(options.idle_timeout, number_of<std::uint64_t>(option, value, 0, 86'400));
    } else if (option == "--checksums") {
        NT_TRY(options.trusts_checksums, word_of(option, value, trusts));
    } else if (option == "--when-full") {
        NT_TRY(options.when_full, word_of(option, value, full_tables));
    } else if (option == "--backend") {
        NT_TRY(options.backend, word_of(option, value, backends));
    } else if (option == "--logic") {
        if (value.starts_with('/')) {
            options.logic = LogicName::strategy;
            options.strategy = value;
        } else {
            NT_TRY(options.logic, word_of(option, value, logics));
        }
    } else if (option == "--byte-order") {
        NT_TRY(options.network_order, word_of(option, value, switches));
    } else if (option == "--enabled") {
        NT_TRY(options.is_armed, word_of(option, value, switches));
    } else if (option == "--lock-memory") {
        NT_TRY(options.lock_memory, word_of(option, value, switches));
    } else if (option == "--price") {
        NT_TRY(options.price, number_of<std::uint32_t>(option, value, 0, UINT32_MAX));
    } else if (option == "--quantity") {
        NT_TRY(options.quantity, number_of<std::uint32_t>(option, value, 1, UINT32_MAX));
    } else if (option == "--flows") {
        NT_TRY(options.flows, number_of<std::size_t>(option, value, 1, 1 << 20));
    } else if (option == "--cpus") {
        NT_TRY(options.cpus, cpus_of(option, value));
    } else if (option == "--priority") {
        NT_TRY(options.real_time, number_of<int>(option, value, 0, 98));
    } else if (option == "--only-asleep") {
        NT_TRY(options.only_asleep, word_of(option, value, switches));
    } else {
        return failure(ErrorCode::invalid, fmt::format("{}: there is no such option", option));
    }
    return {};
}

}  // namespace

bool is_group(const Endpoint& endpoint) {
    return endpoint.is_ipv6 ? endpoint.address[0] == 0xFF : (endpoint.address[0] & 0xF0) == 0xE0;
}

Result<Endpoint> endpoint_of(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return wrong("endpoint", text, "ADDRESS:PORT");
    }
    std::string address(text.substr(0, colon));
    Endpoint endpoint;
    if (address.starts_with('[') && address.ends_with(']')) {
        endpoint.is_ipv6 = true;
        address = address.substr(1, address.size() - 2);
    }
    if (::inet_pton(endpoint.is_ipv6 ? AF_INET6 : AF_INET, address.c_str(),
                    endpoint.address.data()) != 1) {
        return wrong("endpoint", text, "192.0.2.1:8080 or [2001:db8::1]:8080");
    }
    if (std::ranges::count(endpoint.address, 0) == 16) {
        return wrong("endpoint", text, "an address other than zero");
    }
    NT_TRY(endpoint.port, number_of<std::uint16_t>("port", text.substr(colon + 1), 1, UINT16_MAX));
    return endpoint;
}

Status fit_together(const WorkerOptions& options) {
    if (options.shared.empty() || options.listen.port == 0) {
        return failure(ErrorCode::invalid, "--shared FILE and --listen ADDRESS:PORT are needed");
    }
    const Combination wanted{.backend = word_for(options.backend, backends),
                             .protocol = word_for(options.protocol, protocols),
                             .listen = options.listen_text,
                             .respond = options.respond_text,
                             .respond_by = options.responds_by_tcp ? "tcp" : "udp",
                             .interface = options.device,
                             .source = options.source_text,
                             .logic = options.logic == LogicName::strategy
                                          ? std::string_view(options.strategy)
                                          : word_for(options.logic, logics)};
    NT_CHECK(goes_together(wanted));
    return has_effect(wanted);
}

Result<WorkerOptions> worker_options(std::span<char* const> words) {
    WorkerOptions options;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string_view option = words[at];
        if (option == "--resume") {
            options.is_resumed = true;
        } else if (option == "--patient") {
            options.is_patient = true;
        } else if (at + 1 < words.size()) {
            NT_CHECK(take(options, option, words[++at]));
        } else {
            return failure(ErrorCode::invalid, fmt::format("{}: needs a value", option));
        }
    }
    NT_CHECK(fit_together(options));
    return options;
}

}  // namespace nanotune::datapath
