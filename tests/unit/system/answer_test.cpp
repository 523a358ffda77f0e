// What counts as an answer, and what the kernel's acknowledgements say.
#include "system/answer.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>

#include "octets.hpp"
#include "support/catch.hpp"
#include "system/datagrams.hpp"
#include "system/netlink_limits.hpp"

using namespace nanotune;
using namespace octets;

namespace {

Answer fresh() {
    return {"RINGS_SET", sequence, port};
}

Octets acknowledgement(int flags, const Octets& body) {
    return message({.type = NLMSG_ERROR, .flags = flags}, body);
}

Octets words(std::string_view said) {
    return attribute(NLMSGERR_ATTR_MSG, text(said));
}

constexpr int part = 20;

}  // namespace

TEST_CASE("an acknowledgement of zero completes an answer", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(acknowledgement(NLM_F_CAPPED, verdict(0))));
    CHECK(answer.is_complete());
}

TEST_CASE("a negative error is the kernel's refusal, not a success", "[answer]") {
    const Status status = fresh().take_datagram(acknowledgement(NLM_F_CAPPED, verdict(-EINVAL)));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::refused);
    CHECK(status.error().kernel_errno == EINVAL);
    CHECK(status.error().message == "RINGS_SET: Invalid argument (EINVAL)");
}

TEST_CASE("a positive error is no success either", "[answer]") {
    const Status status = fresh().take_datagram(acknowledgement(NLM_F_CAPPED, verdict(EPERM)));
    REQUIRE_FALSE(status);
    CHECK(status.error().kernel_errno == EPERM);
}

TEST_CASE("the most negative error does not overflow", "[answer]") {
    const Status status = fresh().take_datagram(
        acknowledgement(NLM_F_CAPPED, verdict(std::numeric_limits<std::int32_t>::min())));
    REQUIRE_FALSE(status);
    CHECK(status.error().kernel_errno == EPROTO);
}

TEST_CASE("a capped acknowledgement has its words right behind the header", "[answer]") {
    // The length that it quotes is the request's, which is not there.
    const Status status = fresh().take_datagram(
        acknowledgement(NLM_F_CAPPED | NLM_F_ACK_TLVS,
                        verdict(-EINVAL, 64) + words("requested ring size exceeds maximum")));
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "RINGS_SET: requested ring size exceeds maximum (EINVAL)");
}

TEST_CASE("an uncapped acknowledgement has its words behind the echoed request", "[answer]") {
    const Octets echoed = attribute(1, text("eth0")) + number(5, std::uint32_t{16384});
    const auto size = static_cast<std::uint32_t>(sizeof(nlmsghdr) + echoed.size());
    const Status status = fresh().take_datagram(
        acknowledgement(NLM_F_ACK_TLVS, verdict(-EINVAL, size) + echoed +
                                            number(NLMSGERR_ATTR_OFFS, std::uint32_t{36}) +
                                            words("requested ring size exceeds maximum")));
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "RINGS_SET: requested ring size exceeds maximum (EINVAL)");
}

TEST_CASE("a missing attribute is named where the kernel has no words for it", "[answer]") {
    const Status status = fresh().take_datagram(
        acknowledgement(NLM_F_CAPPED | NLM_F_ACK_TLVS,
                        verdict(-EINVAL) + number(NLMSGERR_ATTR_MISS_TYPE, std::uint32_t{3})));
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "RINGS_SET: attribute 3 is missing (EINVAL)");
}

TEST_CASE("words that cannot be read leave the error as it is", "[answer]") {
    const Octets torn = first(words("requested ring size exceeds maximum"), 9);
    const Status status = fresh().take_datagram(
        acknowledgement(NLM_F_CAPPED | NLM_F_ACK_TLVS, verdict(-EBUSY) + torn));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::busy);
    CHECK(status.error().message == "RINGS_SET: Device or resource busy (EBUSY)");
}

TEST_CASE("an echoed request that reaches beyond the end is not followed", "[answer]") {
    const Status status =
        fresh().take_datagram(acknowledgement(NLM_F_ACK_TLVS, verdict(-EINVAL, 0xFFFFFFFF)));
    REQUIRE_FALSE(status);
    CHECK(status.error().kernel_errno == EINVAL);
}

TEST_CASE("the kernel's words stay on one line", "[answer]") {
    const Status status = fresh().take_datagram(acknowledgement(
        NLM_F_CAPPED | NLM_F_ACK_TLVS, verdict(-EINVAL) + words("two\nlines\x1b[31m")));
    REQUIRE_FALSE(status);
    CHECK(status.error().message == "RINGS_SET: two lines [31m (EINVAL)");
}

TEST_CASE("an acknowledgement too short for its code is invalid", "[answer]") {
    const Status status =
        fresh().take_datagram(acknowledgement(NLM_F_CAPPED, first(verdict(-EINVAL), 3)));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::invalid);
}

TEST_CASE("a reply and its acknowledgement may share a datagram", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(message({.type = part}, text("rings")) +
                                 acknowledgement(NLM_F_CAPPED, verdict(0))));
    CHECK(answer.is_complete());
    const Bodies bodies = std::move(answer).bodies();
    CHECK(bodies == Bodies{text("rings")});
}

TEST_CASE("what asks for no acknowledgement is answered by the first message to it", "[answer]") {
    Answer answer("RINGS_GET", sequence, port, ending_for(answered_at_once));
    REQUIRE(answer.take_datagram(message({.type = part, .sequence = sequence - 1}, text("late"))));
    CHECK_FALSE(answer.is_complete());
    REQUIRE(answer.take_datagram(message({.type = part}, text("rings"))));
    CHECK(answer.is_complete());
    CHECK(std::move(answer).bodies() == Bodies{text("rings")});
}

TEST_CASE("what asks for no acknowledgement may be answered by an error alone", "[answer]") {
    Answer answer("RINGS_GET", sequence, port, ending_for(answered_at_once));
    const Status status = answer.take_datagram(acknowledgement(NLM_F_CAPPED, verdict(-EOPNOTSUPP)));
    CHECK(answer.is_complete());
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::unsupported);
}

TEST_CASE("what asks for an acknowledgement or a dump says where its answer ends", "[answer]") {
    CHECK(ending_for(NLM_F_ACK) == Ending::is_said);
    CHECK(ending_for(NLM_F_DUMP) == Ending::is_said);
    CHECK(ending_for(NLM_F_ACK | NLM_F_CREATE) == Ending::is_said);
}

TEST_CASE("a dump whose parts lack NLM_F_MULTI goes on until it says that it is done", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(message({.type = part}, text("first"))));
    CHECK_FALSE(answer.is_complete());
    REQUIRE(answer.take_datagram(message({.type = part}, text("second"))));
    CHECK_FALSE(answer.is_complete());
    REQUIRE(answer.take_datagram(message({.type = NLMSG_DONE}, of(std::int32_t{0}))));
    CHECK(answer.is_complete());
    const Bodies bodies = std::move(answer).bodies();
    CHECK(bodies == Bodies{text("first"), text("second")});
}

TEST_CASE("a dump that ends with an error is one", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(message({.type = part, .flags = NLM_F_MULTI}, text("first"))));
    const Status status =
        answer.take_datagram(message({.type = NLMSG_DONE, .flags = NLM_F_MULTI | NLM_F_ACK_TLVS},
                                     of(std::int32_t{-EOPNOTSUPP}) + words("no such table")));
    REQUIRE_FALSE(status);
    CHECK(status.error().code == ErrorCode::unsupported);
    CHECK(status.error().message == "RINGS_SET: no such table (EOPNOTSUPP)");
}

TEST_CASE("a dump that ends without a code is whole", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(message({.type = NLMSG_DONE, .flags = NLM_F_MULTI}, {})));
    CHECK(answer.is_complete());
}

TEST_CASE("a dump that raced with a change says so", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(
        message({.type = part, .flags = NLM_F_MULTI | NLM_F_DUMP_INTR}, text("first")) +
        message({.type = NLMSG_DONE, .flags = NLM_F_MULTI}, of(std::int32_t{0}))));
    CHECK(answer.is_inconsistent());
}

TEST_CASE("messages to other requests and other sockets are passed over", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(
        message({.type = NLMSG_ERROR, .flags = NLM_F_CAPPED, .sequence = sequence - 1},
                verdict(-EINVAL)) +
        message({.type = NLMSG_ERROR, .flags = NLM_F_CAPPED, .port = port + 1}, verdict(-EPERM)) +
        message({.type = part, .sequence = 0}, text("a notification"))));
    CHECK_FALSE(answer.is_complete());
    const Bodies bodies = std::move(answer).bodies();
    CHECK(bodies.empty());
}

TEST_CASE("what follows the end of an answer does not belong to it", "[answer]") {
    Answer answer = fresh();
    REQUIRE(answer.take_datagram(acknowledgement(NLM_F_CAPPED, verdict(0)) +
                                 acknowledgement(NLM_F_CAPPED, verdict(-EINVAL)) +
                                 message({.type = part}, text("late"))));
    const Bodies bodies = std::move(answer).bodies();
    CHECK(bodies.empty());
}

TEST_CASE("a message that reaches beyond its datagram is invalid", "[answer]") {
    const Octets whole = message({.type = part}, text("a body of some length"));
    for (std::size_t size = 1; size < sizeof(nlmsghdr) + 4; ++size) {
        CAPTURE(size);
        const Status status = fresh().take_datagram(first(whole, size));
        REQUIRE_FALSE(status);
        CHECK(status.error().code == ErrorCode::invalid);
    }
}

TEST_CASE("a message shorter than its own header is invalid", "[answer]") {
    Octets broken = message({.type = part}, {});
    broken[0] = std::byte{15};
    CHECK_FALSE(messages_of(broken));
    broken[0] = std::byte{0};
    CHECK_FALSE(messages_of(broken));
}

TEST_CASE("one answer after the other comes into the same room, as long as any may be",
          "[answer]") {
    DatagramRoom room;
    for (int i = 0; i < 2; ++i) {
        const Octets datagram = acknowledgement(NLM_F_CAPPED, verdict(0));
        Answer answer = fresh();
        std::span<std::byte> given;
        REQUIRE(take_datagrams(answer, room, "RINGS_SET", [&](std::span<std::byte> into) {
            given = into;
            std::ranges::copy(datagram, into.begin());
            return static_cast<ssize_t>(datagram.size());
        }));
        CHECK(answer.is_complete());
        CHECK(given.size() == datagram_limit);
        CHECK(given.data() == room.bytes()->data());
    }
}
