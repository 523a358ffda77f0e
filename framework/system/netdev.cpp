// Two dumps joined by the NAPI number. The constants are linux/netdev.h's, which is newer than the
// oldest headers that we build with.
#include "system/netdev.hpp"

#include <cerrno>

#include <linux/genetlink.h>
#include <net/if.h>

namespace nanotune {

namespace {

constexpr std::uint8_t queue_get = 10;  // NETDEV_CMD_QUEUE_GET
constexpr std::uint8_t napi_get = 11;   // NETDEV_CMD_NAPI_GET

constexpr std::uint16_t queue_id = 1;       // NETDEV_A_QUEUE_ID
constexpr std::uint16_t queue_ifindex = 2;  // NETDEV_A_QUEUE_IFINDEX
constexpr std::uint16_t queue_type = 3;     // NETDEV_A_QUEUE_TYPE: 0 receives, 1 transmits
constexpr std::uint16_t queue_napi_id = 4;  // NETDEV_A_QUEUE_NAPI_ID

constexpr std::uint16_t napi_ifindex = 1;  // NETDEV_A_NAPI_IFINDEX
constexpr std::uint16_t napi_id = 2;       // NETDEV_A_NAPI_ID
constexpr std::uint16_t napi_irq = 3;      // NETDEV_A_NAPI_IRQ

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
