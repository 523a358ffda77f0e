#include "service/journald.hpp"

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

#include "service/sealed_text.hpp"

namespace nanotune {

namespace {

static_assert(std::endian::native == std::endian::little, "lengths travel in little endian");

/// Texts of more lines go with their length.
std::string datagram_of(std::span<const JournaldField> fields) {
    std::string bytes;
    std::size_t room = 0;
    for (const JournaldField& field : fields) {
        room += field.name.size() + sizeof(std::uint64_t) + field.text.size() + 2;
    }
    bytes.reserve(room);
    for (const JournaldField& field : fields) {
        bytes += field.name;
        if (field.text.contains('\n')) {
            const std::uint64_t size = field.text.size();
            std::array<char, sizeof size> length{};
            std::memcpy(length.data(), &size, sizeof size);
            bytes += '\n';
            bytes.append(length.data(), length.size());
        } else {
            bytes += '=';
        }
        bytes += field.text;
        bytes += '\n';
    }
    return bytes;
}

void send_file(const Descriptor& socket, const Descriptor& file) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = file.number();
    std::memcpy(CMSG_DATA(header), &number, sizeof number);
    static_cast<void>(::sendmsg(socket.number(), &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

}  // namespace

void send_to_journald(std::span<const JournaldField> fields, const char* path) {
    const Descriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (!socket.is_open() || ::connect(socket.number(), reinterpret_cast<const sockaddr*>(&address),
                                       sizeof address) != 0) {
        return;  // nothing is put together for nobody
    }
    const std::string bytes = datagram_of(fields);
    if (::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 ||
        (errno != EMSGSIZE && errno != ENOBUFS)) {
        return;
    }
    if (const auto file = sealed_text("a record", bytes)) {  // it wants what nobody can change
        send_file(socket, *file);
    }
}

}  // namespace nanotune
