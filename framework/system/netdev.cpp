// Two dumps joined by the NAPI number. The constants are linux/netdev.h's, which is newer than the
// oldest headers that we build with.
#include "system/netdev.hpp"

#include <cerrno>

#include <linux/genetlink.h>
#include <net/if.h>

namespace nanotune {

namespace {

constexpr std::uint8_t dev_get = 1;     // NETDEV_CMD_DEV_GET
constexpr std::uint8_t queue_get = 10;  // NETDEV_CMD_QUEUE_GET
constexpr std::uint8_t napi_get = 11;   // NETDEV_CMD_NAPI_GET
constexpr std::uint8_t napi_set = 14;   // NETDEV_CMD_NAPI_SET

constexpr std::uint16_t dev_ifindex = 1;       // NETDEV_A_DEV_IFINDEX
constexpr std::uint16_t dev_xdp_features = 3;  // NETDEV_A_DEV_XDP_FEATURES

constexpr std::uint16_t queue_id = 1;       // NETDEV_A_QUEUE_ID
constexpr std::uint16_t queue_ifindex = 2;  // NETDEV_A_QUEUE_IFINDEX
constexpr std::uint16_t queue_type = 3;     // NETDEV_A_QUEUE_TYPE: 0 receives, 1 transmits
constexpr std::uint16_t queue_napi_id = 4;  // NETDEV_A_QUEUE_NAPI_ID

constexpr std::uint16_t napi_ifindex = 1;  // NETDEV_A_NAPI_IFINDEX
constexpr std::uint16_t napi_id = 2;       // NETDEV_A_NAPI_ID
constexpr std::uint16_t napi_irq = 3;      // NETDEV_A_NAPI_IRQ

constexpr std::uint16_t napi_defer_hard_irqs = 5;      // NETDEV_A_NAPI_DEFER_HARD_IRQS
constexpr std::uint16_t napi_gro_flush_timeout = 6;    // NETDEV_A_NAPI_GRO_FLUSH_TIMEOUT
constexpr std::uint16_t napi_irq_suspend_timeout = 7;  // NETDEV_A_NAPI_IRQ_SUSPEND_TIMEOUT

Result<Attributes> attributes_in(Bytes body) {
    return Attributes::of(after_header(body, sizeof(genlmsghdr)));
}

unsigned narrow(std::uint64_t number) {
    return static_cast<unsigned>(number);
}

}  // namespace

Result<QueueInterrupt> netdev_queue_of(Bytes body) {
    NT_TRY(const Attributes queue, attributes_in(body));
    if (!queue.find(queue_id) || !queue.find(queue_type)) {
        return failure(ErrorCode::invalid, "a queue of the reply has no number or type");
    }
    return QueueInterrupt{.is_receive = queue.number(queue_type, 0) == 0,
                          .queue = narrow(queue.number(queue_id, 0)),
                          .napi = narrow(queue.number(queue_napi_id, 0)),
                          .irq = 0};
}

Result<std::pair<unsigned, unsigned>> netdev_napi_of(Bytes body) {
    NT_TRY(const Attributes napi, attributes_in(body));
    return std::pair(narrow(napi.number(napi_id, 0)), narrow(napi.number(napi_irq, 0)));
}

Result<std::vector<QueueInterrupt>> netdev_queues_of(const Bodies& queues, const Bodies& napis) {
    std::map<unsigned, unsigned> interrupts;
    for (const auto& body : napis) {
        NT_TRY(const auto napi, netdev_napi_of(body));
        interrupts.insert(napi);
    }
    std::vector<QueueInterrupt> found;
    for (const auto& body : queues) {
        NT_TRY(QueueInterrupt queue, netdev_queue_of(body));
        if (queue.napi != 0) {
            const auto interrupt = interrupts.find(queue.napi);
            queue.irq = interrupt == interrupts.end() ? 0 : interrupt->second;
            found.push_back(queue);
        }
    }
    return found;
}

Result<NapiTimes> napi_times_of(Bytes body) {
    NT_TRY(const Attributes napi, attributes_in(body));
    const auto number = [&napi](std::uint16_t type) {
        const auto attribute = napi.find(type);
        return attribute ? attribute->number() : std::nullopt;
    };
    const NapiTimes times{.defer_hard_irqs = number(napi_defer_hard_irqs),
                          .gro_flush_timeout = number(napi_gro_flush_timeout),
                          .irq_suspend_timeout = number(napi_irq_suspend_timeout)};
    return times == NapiTimes{}
               ? failure(ErrorCode::unsupported, "this kernel keeps no times of NAPI instances")
               : Result<NapiTimes>(times);
}

Result<std::vector<std::byte>> Netdev::ask(std::uint8_t command, std::uint16_t attribute,
                                           unsigned number, const std::string& operation) {
    NT_CHECK(family_.prepare(command, operation));
    GenericRequest request(family_.number(), command, answered_at_once);
    request.put_number(attribute, number, sizeof(std::uint32_t));
    NT_TRY(Bodies bodies, family_.exchange(request, operation));
    return bodies.empty() ? failure(ErrorCode::invalid, operation + ": an empty reply")
                          : Result<std::vector<std::byte>>(std::move(bodies.front()));
}

Result<NapiTimes> Netdev::times(unsigned napi) {
    const std::string operation = "NAPI instance " + std::to_string(napi) + " (NAPI_GET)";
    NT_TRY(const auto body, ask(napi_get, napi_id, napi, operation));
    auto times = napi_times_of(body);
    return times ? times : std::unexpected(std::move(times).error().within(operation));
}

Status Netdev::set_times(unsigned napi, const NapiTimes& times) {
    const std::string operation = "NAPI instance " + std::to_string(napi) + " (NAPI_SET)";
    NT_CHECK(family_.prepare(napi_set, operation));
    GenericRequest request(family_.number(), napi_set);
    request.put_number(napi_id, napi, sizeof(std::uint32_t));
    if (times.defer_hard_irqs) {
        request.put_number(napi_defer_hard_irqs, *times.defer_hard_irqs, sizeof(std::uint32_t));
    }
    if (times.gro_flush_timeout) {
        request.put_number(napi_gro_flush_timeout, *times.gro_flush_timeout, sizeof(std::uint64_t));
    }
    if (times.irq_suspend_timeout) {
        request.put_number(napi_irq_suspend_timeout, *times.irq_suspend_timeout,
                           sizeof(std::uint64_t));
    }
    NT_CHECK(family_.exchange(request, operation));
    return {};
}

Result<std::uint64_t> Netdev::xdp_features(const std::string& device) {
    const std::string operation = "XDP features of " + device + " (DEV_GET)";
    const unsigned index = if_nametoindex(device.c_str());
    if (index == 0) {
        return kernel_failure(operation, errno);
    }
    NT_TRY(const auto body, ask(dev_get, dev_ifindex, index, operation));
    NT_TRY(const Attributes about, attributes_in(body));
    return about.find(dev_xdp_features)
               ? Result<std::uint64_t>(about.number(dev_xdp_features, 0))
               : failure(ErrorCode::unsupported, operation + ": this kernel does not say");
}

Result<Bodies> Netdev::dump(std::uint8_t command, std::uint16_t index_attribute, unsigned index,
                            std::string_view operation) {
    NT_CHECK(family_.prepare(command, operation));
    GenericRequest request(family_.number(), command, NLM_F_DUMP);
    request.put_number(index_attribute, index, sizeof(std::uint32_t));
    return family_.exchange(request, operation);
}

Result<std::vector<QueueInterrupt>> Netdev::queue_interrupts(const std::string& device) {
    const unsigned index = if_nametoindex(device.c_str());
    if (index == 0) {
        return kernel_failure("SIOCGIFINDEX", errno);
    }
    NT_TRY(const Bodies napis, dump(napi_get, napi_ifindex, index, "NAPI instances (NAPI_GET)"));
    if (napis.empty()) {
        return failure(ErrorCode::unsupported,
                       "NAPI instances (NAPI_GET): the driver names no NAPI instance");
    }
    NT_TRY(const Bodies queues, dump(queue_get, queue_ifindex, index, "queues (QUEUE_GET)"));
    NT_TRY(auto found, netdev_queues_of(queues, napis));
    if (found.empty()) {
        return failure(ErrorCode::unsupported,
                       "queues (QUEUE_GET): the driver names no NAPI instance");
    }
    return found;
}

}  // namespace nanotune
