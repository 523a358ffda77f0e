// Every reader of netlink messages, on bytes that nobody vouches for. The input's first byte picks
// the reader; what is read must hold together, and no reader may look beyond its bytes.
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

#include "system/answer.hpp"
#include "system/ethtool_message.hpp"
#include "system/feature_message.hpp"
#include "system/generic_family.hpp"
#include "system/link_message.hpp"
#include "system/netdev.hpp"
#include "system/route_message.hpp"

using namespace nanotune;

namespace {

constexpr std::uint32_t sequence = 7;
constexpr std::uint32_t port = 4242;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

// All of them are in every answer, and nothing else.
const auto some_names =
    std::make_shared<const FeatureNames>(FeatureNames{{"rx-gro", 0}, {"rx-lro", 2}});

void read_every_way(Bytes body) {
    (void)ethtool_numbers_of(body);
    (void)features_of(body, some_names);
    (void)feature_names_of(body);
    (void)link_of(body);
    (void)default_route_of(body);
    (void)netdev_queue_of(body);
}

void read_answer(Bytes datagram, Ending ending) {
    Answer answer("FUZZ", sequence, port, ending);
    const Status status = answer.take_datagram(datagram);
    require(status || !status.error().message.empty());
    require(status || status.error().message.starts_with("FUZZ: "));
    require(status || status.error().message.find('\n') == std::string::npos);
    const bool was_complete = answer.is_complete();
    (void)answer.take_datagram(datagram);
    require(answer.is_complete() || !was_complete);
    for (const auto& body : std::move(answer).bodies()) {
        read_every_way(body);
    }
}

void read_numbers(Bytes body) {
    if (const auto numbers = ethtool_numbers_of(body)) {
        for (const auto& [type, number] : *numbers) {
            require(type != 1);
            require(number.width == 8 || number.number >> (8 * number.width) == 0);
        }
    }
}

void read_features(Bytes body) {
    if (const auto features = features_of(body, some_names)) {
        require(features->size() == 2 && features->find("rx-gro") != features->end() &&
                features->find("rx-lro") != features->end());
    }
    if (const auto names = untaken_features_of(body)) {
        for (const auto& name : *names) {
            require(!name.empty());
        }
    }
}

void read_names(Bytes body) {
    if (const auto names = feature_names_of(body)) {
        require(!names->empty() && names->size() <= 1024 && !names->front().first.empty());
    }
}

void read_link(Bytes body) {
    if (const auto link = link_of(body)) {
        require(link->name.find('\0') == std::string::npos);
        require(link->mac.size() % 3 == 2 || link->mac.empty());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) {
        return 0;
    }
    // A copy of the exact size, so that a sanitizer sees one byte too many.
    const std::vector<std::uint8_t> copy(data + 1, data + size);
    const Bytes bytes = std::as_bytes(std::span(copy));
    switch (data[0]) {
        case 'a':
            read_answer(bytes, Ending::is_said);
            read_answer(bytes, Ending::at_first_message);
            break;
        case 'n':
            read_numbers(bytes);
            break;
        case 'f':
            read_features(bytes);
            break;
        case 's':
            read_names(bytes);
            break;
        case 'l':
            read_link(bytes);
            break;
        case 'r':
            (void)default_route_of(bytes);
            (void)local_address_of(bytes);
            break;
        case 'q':
            (void)netdev_queue_of(bytes);
            (void)netdev_napi_of(bytes);
            break;
        case 'c':
            (void)family_entry_of(bytes);
            break;
        default:
            break;
    }
    return 0;
}
