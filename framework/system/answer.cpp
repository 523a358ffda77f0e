// Acknowledgements carry a negative errno; zero alone is success. The kernel's words follow the
// echoed request, which NLM_F_CAPPED says was left out.
#include "system/answer.hpp"

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <linux/netlink.h>

namespace nanotune {

namespace {

/// The size of struct nlmsgerr with as much of the echoed request as was sent.
Result<std::size_t> acknowledgement_size(const Message& message) {
    const std::optional<nlmsgerr> header = header_of<nlmsgerr>(message.body);
    if (!header) {
        return failure(ErrorCode::invalid, "the acknowledgement is cut short");
    }
    if ((message.flags & NLM_F_CAPPED) != 0) {
        return sizeof(nlmsgerr);
    }
    if (header->msg.nlmsg_len < sizeof(nlmsghdr) ||
        header->msg.nlmsg_len - sizeof(nlmsghdr) > message.body.size() - sizeof(nlmsgerr)) {
        // A success echoes the header alone, and older kernels do not say so.
        return header->error == 0 ? message.body.size() : sizeof(nlmsgerr);
    }
    return sizeof(nlmsgerr) + header->msg.nlmsg_len - sizeof(nlmsghdr);
}

std::string one_line(std::string_view words) {
    std::string line(words);
    for (char& letter : line) {
        if (std::iscntrl(static_cast<unsigned char>(letter)) != 0) {
            letter = ' ';
        }
    }
    return line;
}

/// The kernel's own words, "" where it gave none or they cannot be read.
std::string words_of(Bytes tlvs) {
    const Result<Attributes> attributes = Attributes::of(tlvs);
    if (!attributes) {
        return {};
    }
    if (const auto text = attributes->find(NLMSGERR_ATTR_MSG)) {
        return one_line(text->text());
    }
    if (const auto missing = attributes->find(NLMSGERR_ATTR_MISS_TYPE)) {
        return fmt::format("attribute {} is missing", missing->number().value_or(0));
    }
    return {};
}

}  // namespace

Ending ending_for(std::uint16_t flags) {
    return (flags & (NLM_F_ACK | NLM_F_DUMP)) != 0 ? Ending::is_said : Ending::at_first_message;
}

Result<std::vector<Message>> messages_of(Bytes datagram) {
    std::vector<Message> messages;
    while (!datagram.empty()) {
        const std::optional<nlmsghdr> header = header_of<nlmsghdr>(datagram);
        if (!header || header->nlmsg_len < sizeof(nlmsghdr) ||
            header->nlmsg_len > datagram.size()) {
            return failure(ErrorCode::invalid, "a message of the reply is cut short");
        }
        messages.push_back({.type = header->nlmsg_type,
                            .flags = header->nlmsg_flags,
                            .sequence = header->nlmsg_seq,
                            .port = header->nlmsg_pid,
                            .body = datagram.first(header->nlmsg_len).subspan(sizeof(nlmsghdr))});
        datagram = after_header(datagram, header->nlmsg_len);
    }
    return messages;
}

Status Answer::verdict(const Message& message, std::size_t tlv_offset) const {
    const std::optional<std::int32_t> code = header_of<std::int32_t>(message.body);
    if (!code) {
        return failure(ErrorCode::invalid, operation_ + ": the acknowledgement is cut short");
    }
    if (*code == 0) {
        return {};
    }
    const int reason = *code == std::numeric_limits<std::int32_t>::min() ? EPROTO : std::abs(*code);
    const bool has_words = (message.flags & NLM_F_ACK_TLVS) != 0;
    return kernel_failure(
        operation_, reason,
        has_words ? words_of(after_header(message.body, tlv_offset)) : std::string());
}

Status Answer::take(const Message& message) {
    // A late answer to an earlier request, or one to another socket.
    if (is_complete_ || message.sequence != sequence_ || message.port != port_) {
        return {};
    }
    is_inconsistent_ = is_inconsistent_ || (message.flags & NLM_F_DUMP_INTR) != 0;
    switch (message.type) {
        case NLMSG_NOOP:
            return {};
        case NLMSG_OVERRUN:
            return failure(ErrorCode::invalid, operation_ + ": the reply was overrun");
        case NLMSG_DONE:
            is_complete_ = true;
            // An empty body is how old dumps end: with nothing wrong.
            return message.body.empty() ? Status() : verdict(message, sizeof(std::int32_t));
        case NLMSG_ERROR: {
            is_complete_ = true;
            Result<std::size_t> size = acknowledgement_size(message);
            if (!size) {
                return std::unexpected(std::move(size).error().within(operation_));
            }
            return verdict(message, *size);
        }
        default:
            is_complete_ = ending_ == Ending::at_first_message;
            bodies_.emplace_back(message.body.begin(), message.body.end());
            return {};
    }
}

Status Answer::take_datagram(Bytes datagram) {
    Result<std::vector<Message>> messages = messages_of(datagram);
    if (!messages) {
        return std::unexpected(std::move(messages).error().within(operation_));
    }
    for (const Message& message : *messages) {
        NT_CHECK(take(message));
    }
    return {};
}

}  // namespace nanotune
