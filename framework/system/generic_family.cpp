// The running kernel is asked what it has; its version is never looked at.
#include "system/generic_family.hpp"

#include <fmt/format.h>
#include <linux/genetlink.h>

namespace nanotune {

Result<FamilyEntry> family_entry_of(Bytes body) {
    NT_TRY(const Attributes attributes, Attributes::of(after_header(body, sizeof(genlmsghdr))));
    FamilyEntry entry{
        .number = static_cast<std::uint16_t>(attributes.number(CTRL_ATTR_FAMILY_ID, 0)),
        .commands = {}};
    if (entry.number == 0) {
        return failure(ErrorCode::invalid, "the reply has no family number");
    }
    NT_TRY(const Attributes operations, attributes.nested(CTRL_ATTR_OPS));
    for (const Attribute operation : operations) {
        NT_TRY(const Attributes about, Attributes::of(operation.payload()));
        const std::uint64_t command = about.number(CTRL_ATTR_OP_ID, entry.commands.size());
        if (command < entry.commands.size()) {
            entry.commands.set(static_cast<std::size_t>(command));
        }
    }
    return entry;
}

Status GenericFamily::resolve() {
    const std::string operation = fmt::format("CTRL_CMD_GETFAMILY {}", name_);
    NT_TRY(socket_, NetlinkSocket::open());
    GenericRequest request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, answered_at_once);
    request.put_text(CTRL_ATTR_FAMILY_NAME, name_);
    Result<Bodies> bodies = socket_->exchange(request, operation);
    if (!bodies && bodies.error().code == ErrorCode::not_found) {
        return failure(ErrorCode::unsupported, fmt::format("this kernel has no {} netlink", name_));
    }
    if (!bodies) {
        return std::unexpected(std::move(bodies).error());
    }
    if (bodies->empty()) {
        return failure(ErrorCode::invalid, operation + ": an empty reply");
    }
    Result<FamilyEntry> entry = family_entry_of(bodies->front());
    if (!entry) {
        return std::unexpected(std::move(entry).error().within(operation));
    }
    entry_ = *entry;
    return {};
}

Status GenericFamily::prepare(std::uint8_t command, std::string_view operation) {
    // Asking again for an absent family would have the kernel look for a module each time.
    if (!resolved_ || (!*resolved_ && resolved_->error().code != ErrorCode::unsupported)) {
        resolved_ = resolve();
    }
    NT_CHECK(*resolved_);
    if (!entry_.commands.test(command)) {
        return failure(ErrorCode::unsupported,
                       fmt::format("{}: this kernel does not have it", operation));
    }
    return {};
}

Result<Bodies> GenericFamily::exchange(GenericRequest& request, std::string_view operation) {
    return socket_ ? socket_->exchange(request, operation)
                   : failure(ErrorCode::invalid, fmt::format("{}: not prepared", operation));
}

}  // namespace nanotune
