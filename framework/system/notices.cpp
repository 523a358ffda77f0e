#include "system/notices.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/epoll.h>
#include <sys/fanotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/netlink_socket.hpp"
#include "system/process_events.hpp"

namespace nanotune {

namespace {

constexpr std::size_t longest_datagram = 32'768;
constexpr int datagrams_a_turn = 64;

Result<Descriptor> group_socket(int protocol, std::string_view what, unsigned groups) {
    Descriptor socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
    sockaddr_nl address{};
    address.nl_family = AF_NETLINK;
    address.nl_groups = groups;
    if (!socket.is_open() ||
        ::bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return kernel_failure(what, errno);
    }
    return socket;
}

/// The number of ethtool's monitor group; nothing where this kernel has none.
std::optional<unsigned> monitor_group() {
    auto socket = NetlinkSocket::open();
    GenericRequest request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
    request.put_text(CTRL_ATTR_FAMILY_NAME, "ethtool");
    const auto bodies = socket ? socket->exchange(request, "CTRL_CMD_GETFAMILY ethtool")
                               : Result<Bodies>(std::unexpected(socket.error()));
    if (!bodies || bodies->empty()) {
        return std::nullopt;
    }
    const auto family = Attributes::of(after_header(bodies->front(), sizeof(genlmsghdr)));
    const auto groups = family ? family->nested(CTRL_ATTR_MCAST_GROUPS) : family;
    for (const Attribute group : groups ? *groups : Attributes()) {
        const auto about = Attributes::of(group.payload());
        const auto name = about ? about->find(CTRL_ATTR_MCAST_GRP_NAME) : std::nullopt;
        if (name && name->text() == "monitor") {
            return static_cast<unsigned>(about->number(CTRL_ATTR_MCAST_GRP_ID, 0));
        }
    }
    return std::nullopt;
}

/// The datagrams that have come, each to `take`; false where some were lost.
template <typename Take>
bool drain(const Descriptor& socket, Take take) {
    std::array<char, longest_datagram> buffer{};
    for (int i = 0; i < datagrams_a_turn && socket.is_open(); ++i) {
        const ssize_t size = ::recv(socket.number(), buffer.data(), buffer.size(), MSG_TRUNC);
        if (size < 0) {
            return errno != ENOBUFS;
        }
        if (static_cast<std::size_t>(size) > buffer.size()) {
            return false;
        }
        take(std::string_view(buffer.data(), static_cast<std::size_t>(size)));
    }
    return true;
}

void append(std::vector<Notice>& notices, std::vector<Notice> more, Notice::Source source) {
    for (Notice& notice : more) {
        notice.source = source;
        notices.push_back(std::move(notice));
    }
}

Notice lost(Notice::Source source) {
    return {.kind = Notice::Kind::lost, .source = source};
}

/// Programs that start and names that are given: nobody is woken by every fork and exit.
void let_through_starts(const Descriptor& socket) {
    constexpr std::uint32_t what = NLMSG_HDRLEN + sizeof(cn_msg);  // of struct proc_event
    std::array<sock_filter, 5> program = {
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, what),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(process_executes), 1, 0),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(process_is_named), 0, 1),
         BPF_STMT(BPF_RET | BPF_K, 0xffffffffU), BPF_STMT(BPF_RET | BPF_K, 0)}};
    const sock_fprog filter{.len = program.size(), .filter = program.data()};
    static_cast<void>(
        ::setsockopt(socket.number(), SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter));
}

Status ask_to_listen(const Descriptor& socket) {
    constexpr std::uint32_t wish = PROC_CN_MCAST_LISTEN;
    alignas(nlmsghdr) std::array<char, NLMSG_SPACE(sizeof(cn_msg) + sizeof wish)> request{};
    const nlmsghdr head{.nlmsg_len = NLMSG_LENGTH(sizeof(cn_msg) + sizeof wish),
                        .nlmsg_type = NLMSG_DONE,
                        .nlmsg_flags = 0,
                        .nlmsg_seq = 0,
                        .nlmsg_pid = 0};
    cn_msg connector{};
    connector.id.idx = CN_IDX_PROC;
    connector.id.val = CN_VAL_PROC;
    connector.len = sizeof wish;
    std::memcpy(request.data(), &head, sizeof head);
    std::memcpy(request.data() + NLMSG_HDRLEN, &connector, sizeof connector);
    std::memcpy(request.data() + NLMSG_HDRLEN + sizeof connector, &wish, sizeof wish);
    if (::send(socket.number(), request.data(), head.nlmsg_len, 0) < 0) {
        return kernel_failure("ask for notices of processes", errno);
    }
    return {};
}

}  // namespace

Result<Notices> Notices::open() {
    Notices notices;
    notices.poll_ = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!notices.poll_.is_open()) {
        return kernel_failure("epoll_create1", errno);
    }
    NT_TRY(notices.links_,
           group_socket(NETLINK_ROUTE, "open a socket for notices of links", RTMGRP_LINK));
    NT_CHECK(notices.add(notices.links_));
    notices.open_ethtool();
    return notices;
}

Status Notices::add(const Descriptor& source) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = source.number();
    if (::epoll_ctl(poll_.number(), EPOLL_CTL_ADD, source.number(), &event) != 0) {
        return kernel_failure("epoll_ctl", errno);
    }
    return {};
}

void Notices::open_ethtool() {
    const auto group = monitor_group();
    auto socket = group_socket(NETLINK_GENERIC, "open a socket for notices of ethtool", 0);
    const unsigned number = group.value_or(0);
    if (!group) {
        lacking_.emplace_back("ethtool: this kernel has no notices of it");
    } else if (!socket) {
        lacking_.push_back("ethtool: " + socket.error().message);
    } else if (::setsockopt(socket->number(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number,
                            sizeof number) != 0 ||
               !add(*socket)) {
        lacking_.push_back("ethtool: " + kernel_failure("join its notices", errno).error().message);
    } else {
        ethtool_ = *std::move(socket);
    }
}

Status Notices::open_files() {
    files_ = Descriptor(::fanotify_init(
        FAN_CLOEXEC | FAN_NONBLOCK | FAN_CLASS_NOTIF | FAN_UNLIMITED_MARKS, O_RDONLY | O_CLOEXEC));
    return files_.is_open() ? add(files_) : kernel_failure("fanotify_init", errno);
}

void Notices::watch_files(const std::set<std::string>& files) {
    if (!files_.is_open() && !has_no_files_) {
        const Status opened = open_files();
        if (!opened) {
            has_no_files_ = true;
            lacking_.push_back("files: " + opened.error().message);
        }
    }
    if (has_no_files_) {
        return;
    }
    const auto mark = [this](unsigned how, const std::string& file) {
        return ::fanotify_mark(files_.number(), how, FAN_MODIFY, AT_FDCWD, file.c_str()) == 0;
    };
    for (const auto& [number, file] : watched_) {
        if (!files.contains(file)) {
            mark(FAN_MARK_REMOVE, file);  // where it is gone, so is its mark
        }
    }
    std::map<FileNumber, std::string> watched;
    for (const std::string& file : files) {
        struct stat about{};
        if (::stat(file.c_str(), &about) == 0 && mark(FAN_MARK_ADD, file)) {
            watched.emplace(FileNumber(about.st_dev, about.st_ino), file);
        }
    }
    watched_ = std::move(watched);
}

Result<Descriptor> Notices::open_processes() {
    NT_TRY(Descriptor socket,
           group_socket(NETLINK_CONNECTOR, "open a socket for notices of processes", CN_IDX_PROC));
    let_through_starts(socket);
    NT_CHECK(ask_to_listen(socket));
    NT_CHECK(add(socket));
    return socket;
}

void Notices::watch_processes(bool is_wanted) {
    if (is_wanted == processes_.is_open() || (is_wanted && has_no_processes_)) {
        return;
    }
    processes_ = Descriptor();
    auto opened = is_wanted ? open_processes() : Result<Descriptor>(Descriptor());
    if (opened) {
        processes_ = *std::move(opened);
    } else {
        has_no_processes_ = true;
        lacking_.push_back("programs that start: " + opened.error().message);
    }
}

std::vector<Notice> Notices::take() {
    std::vector<Notice> notices;
    take_links(notices);
    take_ethtool(notices);
    take_files(notices);
    take_processes(notices);
    return notices;
}

void Notices::take_links(std::vector<Notice>& notices) {
    if (!drain(links_, [&](std::string_view datagram) {
            append(notices, link_notices_of(datagram), Notice::Source::links);
        })) {
        notices.push_back(lost(Notice::Source::links));
    }
}

void Notices::take_ethtool(std::vector<Notice>& notices) {
    if (!drain(ethtool_, [&](std::string_view datagram) {
            append(notices, ethtool_notices_of(datagram), Notice::Source::ethtool);
        })) {
        notices.push_back(lost(Notice::Source::ethtool));
    }
}

void Notices::take_processes(std::vector<Notice>& notices) {
    if (!drain(processes_, [&](std::string_view datagram) {
            append(notices, process_notices_of(datagram), Notice::Source::processes);
        })) {
        notices.push_back(lost(Notice::Source::processes));
    }
}

void Notices::take_files(std::vector<Notice>& notices) {
    alignas(fanotify_event_metadata) std::array<char, 4096> buffer{};
    ssize_t size = files_.is_open() ? ::read(files_.number(), buffer.data(), buffer.size()) : -1;
    std::size_t at = 0;
    while (size >= static_cast<ssize_t>(sizeof(fanotify_event_metadata))) {
        fanotify_event_metadata event{};
        std::memcpy(&event, buffer.data() + at, sizeof event);
        if (event.event_len < sizeof event || event.event_len > size) {
            break;
        }
        at += event.event_len;
        size -= event.event_len;
        const Descriptor file(event.fd);
        struct stat about{};
        if ((event.mask & FAN_Q_OVERFLOW) != 0) {
            notices.push_back(lost(Notice::Source::files));
        } else if (event.pid != ::getpid() && file.is_open() &&
                   ::fstat(file.number(), &about) == 0) {
            const auto found = watched_.find(FileNumber(about.st_dev, about.st_ino));
            if (found != watched_.end()) {
                notices.push_back({.kind = Notice::Kind::file,
                                   .source = Notice::Source::files,
                                   .file = found->second,
                                   .process = event.pid});
            }
        }
    }
}

}  // namespace nanotune
