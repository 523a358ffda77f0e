// What the kernel tells by itself: that a network device or its settings have changed, that a file
// was written, and by whom, that a program has started. Nothing here asks for anything.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nanotune/device_identity.hpp>

#include "system/storage/storage.hpp"

namespace nanotune {

struct Notice {
    enum class Kind {
        link,     ///< the device came, goes, or is another way than it was
        ethtool,  ///< somebody set something of the device
        file,     ///< somebody wrote it
        started,  ///< the process runs another program, or has another name
        lost,     ///< more happened than could be told
    };
    /// Who would have told.
    enum class Source { links, ethtool, files, processes };
    Kind kind = Kind::lost;
    Source source = Source::links;  ///< of what is lost
    std::string device = {};
    std::uint32_t number = 0;  ///< of the device of a link's notice, in its network namespace
    bool is_gone = false;      ///< the device
    bool is_up = false;        ///< the device
    /// What the device was, where it is gone for good and not to another network namespace: nothing
    /// brings it back.
    DeviceIdentity removed = {};
    std::string file = {};
    long process = 0;  ///< that wrote, or that started; 0 where nobody says
    friend bool operator==(const Notice&, const Notice&) = default;
};

/// In the network namespace in which it is opened. One thread uses it.
class Notices {
  public:
    /// Opens what there is of devices. Errors: those of rtnetlink; without ethtool's notices it
    /// goes on.
    static Result<Notices> open();

    /// Waits for these files alone from now on, as they are now; those that are not there are
    /// passed by. A file that came anew under its old name has to be asked for again.
    void watch_files(const std::set<std::string>& files);
    /// Whether to be told of programs that start. In any but the first network namespace nobody is.
    void watch_processes(bool is_wanted);
    /// What has come, at most so much that others have their turn.
    [[nodiscard]] std::vector<Notice> take();
    /// Readable while something is there.
    [[nodiscard]] int number() const { return poll_.number(); }
    /// What nobody tells here and why, each once: "files: fanotify_init: Operation not permitted".
    [[nodiscard]] std::vector<std::string> take_lacking() { return std::exchange(lacking_, {}); }

  private:
    using FileNumber = std::pair<std::uint64_t, std::uint64_t>;  // device and inode

    Notices() = default;
    Status add(const Descriptor& source);
    void open_ethtool();
    Status open_files();
    Result<Descriptor> open_processes();
    void take_links(std::vector<Notice>& notices);
    void take_ethtool(std::vector<Notice>& notices);
    void take_files(std::vector<Notice>& notices);
    void take_processes(std::vector<Notice>& notices);

    Descriptor poll_;
    Descriptor links_;
    Descriptor ethtool_;
    Descriptor files_;
    Descriptor processes_;
    std::map<FileNumber, std::string> watched_;
    bool has_no_processes_ = false;
    bool has_no_files_ = false;  ///< the kernel tells nobody, or not us
    std::vector<std::string> lacking_;
};

/// What one datagram of rtnetlink's link group tells. What makes no sense tells that something was
/// lost.
[[nodiscard]] std::vector<Notice> link_notices_of(std::string_view datagram);
/// The same of ethtool's monitor group.
[[nodiscard]] std::vector<Notice> ethtool_notices_of(std::string_view datagram);
/// The same of the process connector.
[[nodiscard]] std::vector<Notice> process_notices_of(std::string_view datagram);

}  // namespace nanotune
