// What was done, as it is kept.
#include "service/history.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "service/journald.hpp"
#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

const Actor operator_as_root{.user = 0, .login_user = 1000, .client = "nanotune apply"};

Report applied() {
    Report report;
    report.verb = "apply";
    report.profile = "hft";
    report.state = HostState::tuned;
    report.changed = true;
    report.rows = {{.setting = "nic.mtu",
                    .target = Target::nic("eth0"),
                    .before = "1500",
                    .wanted = "9000",
                    .got = "9000",
                    .outcome = Outcome::changed,
                    .origin = {},
                    .message = {}},
                   {.setting = "nic.ring.rx",
                    .target = Target::nic("eth0"),
                    .before = "512",
                    .wanted = "512",
                    .got = "512",
                    .outcome = Outcome::unchanged,
                    .origin = {},
                    .message = {}}};
    return report;
}

HistoryRecord record_of(const Report& report) {
    return {.actor = operator_as_root, .profile_hash = "abc", .reason = {}, .report = report};
}

std::ptrdiff_t lines_in(const std::string& text) {
    return std::ranges::count(text, '\n');
}

}  // namespace

TEST_CASE("a record says who did what to which settings, and what it came to",
          "[service][history]") {
    const Report report = applied();
    const auto json = nlohmann::json::parse(line_of(record_of(report), "2026-11-28T08:00:00Z"));
    CHECK(json.at("at") == "2026-11-28T08:00:00Z");
    CHECK(json.at("verb") == "apply");
    CHECK(json.at("user") == 0);
    CHECK(json.at("login_user") == 1000);
    CHECK(json.at("client") == "nanotune apply");
    CHECK(json.at("recorded_by") == ::getpid());
    CHECK(json.at("profile_hash") == "abc");
    CHECK(json.at("outcome") == "as wanted");
    REQUIRE(json.at("settings").size() == 1);  // nothing was done to the other
    CHECK(json.at("settings")[0].at("target") == "eth0");
    CHECK(json.at("settings")[0].at("before") == "1500");
    CHECK(json.at("settings")[0].at("got") == "9000");
}

TEST_CASE("a record is one line, its members in one order, whatever bytes are in a name",
          "[service][history]") {
    Report report = applied();
    report.rows.front().before = "1\x1b\xff\"\n";
    report.problems = {{.message = "no"}, {.message = "way"}};
    HistoryRecord record = record_of(report);
    record.reason = "drift";
    CHECK(line_of(record, "2026") ==
          R"({"at":"2026","verb":"apply","user":0,"login_user":1000,"client":"nanotune apply",)"
          R"("recorded_by":)" +
              std::to_string(::getpid()) +
              R"(,"profile":"hft","profile_hash":"abc","outcome":"as wanted","exit":0,)"
              R"("state":"tuned","changed":true,"settings_changed":1,"reason":"drift",)"
              R"("problems":["no","way"],"settings":[{"setting":"nic.mtu","target":"eth0",)"
              R"("before":"1\u001b�\"\n","wanted":"9000","got":"9000",)"
              R"("outcome":"changed"}]})");
}

TEST_CASE("each setting of a record has its own values, also where another had more to say",
          "[service][history]") {
    Report report = applied();
    report.rows.back().outcome = Outcome::refused;
    report.rows.front().before = std::string(600, '1');
    report.rows.back().before = report.rows.back().got = "";
    const auto json = nlohmann::json::parse(line_of(record_of(report), ""));
    CHECK(json.at("settings") ==
          nlohmann::json::parse(
              R"([{"setting":"nic.mtu","target":"eth0","before":")" + std::string(512, '1') +
              R"( [88 bytes more]","wanted":"9000","got":"9000","outcome":"changed"},)" +
              R"({"setting":"nic.ring.rx","target":"eth0","before":"","wanted":"512","got":"",)" +
              R"("outcome":"refused"}])"));
}

TEST_CASE("any sign of a value is read from a record as it was", "[service][history]") {
    for (char sign = 0; sign != 127; ++sign) {
        Report report = applied();
        report.rows.front().got = report.profile = std::string("a") + sign + "b";
        CAPTURE(static_cast<int>(sign));
        const auto json = nlohmann::json::parse(line_of(record_of(report), ""));
        CHECK(json.at("settings")[0].at("got") == report.profile);
        CHECK(json.at("profile") == report.profile);
    }
}

TEST_CASE("a record of very many settings is of bounded size, and says what it leaves out",
          "[service][history]") {
    Report report = applied();
    report.rows.resize(1, report.rows.front());
    report.rows.insert(report.rows.end(), 999, report.rows.front());
    const auto json = nlohmann::json::parse(line_of(record_of(report), ""));
    CHECK(json.at("settings").size() == 256);
    CHECK(json.at("settings_left_out") == 744);
}

TEST_CASE("the newest records are told, oldest first", "[service][history]") {
    const ScratchFolder folder;
    const History history(folder.path() + "/lasting");
    CHECK(history.last(5) == Result<std::string>(""));
    Report report = applied();
    for (const char* verb : {"apply", "confirm", "rollback"}) {
        report.verb = verb;
        REQUIRE(history.add(record_of(report)));
    }
    const auto two = history.last(2);
    REQUIRE(two);
    CHECK(lines_in(*two) == 2);
    CHECK(two->find("\"confirm\"") < two->find("\"rollback\""));
    CHECK_FALSE(two->contains("\"apply\","));
    CHECK(lines_in(*history.last(9)) == 3);
}

TEST_CASE("the history does not grow for ever, and its newest records stay", "[service][history]") {
    const ScratchFolder folder;
    const History history(folder.path());
    Report report = applied();
    report.rows.front().setting = std::string(100'000, 'x');
    for (int i = 0; i < 25; ++i) {
        report.profile = "number " + std::to_string(i);
        REQUIRE(history.add(record_of(report)));
    }
    CHECK(std::filesystem::file_size(folder.path() + "/history") < (1U << 20U));
    CHECK(std::filesystem::file_size(folder.path() + "/history.older") < (1U << 20U));
    const auto last = history.last(1);
    REQUIRE(last);
    CHECK_THAT(*last, Contains("number 24"));
    CHECK(lines_in(*history.last(1000)) > 10);
}

TEST_CASE("a record that is damaged or cut off is told as that, and hides no other",
          "[service][history]") {
    const ScratchFolder folder;
    const History history(folder.path());
    const Report report = applied();
    REQUIRE(history.add(record_of(report)));
    std::ofstream(folder.path() + "/history", std::ios::app) << R"({"at": "20)";
    CHECK(history.last(1) == Result<std::string>("{\"outcome\":\"damaged record\"}\n"));
    REQUIRE(history.add(record_of(report)));
    std::ofstream(folder.path() + "/history", std::ios::app) << "neither\n[1]\n";
    REQUIRE(history.add(record_of(report)));
    const auto all = history.last(9);
    REQUIRE(all);
    CHECK(lines_in(*all) == 6);
    CHECK(lines_in(*history.last(2)) == 2);
    std::size_t whole = 0;
    std::istringstream lines(*all);
    for (std::string line; std::getline(lines, line);) {
        whole += nlohmann::json::parse(line).contains("verb") ? 1U : 0U;
    }
    CHECK(whole == 3);
    std::filesystem::create_directory(folder.path() + "/history.older");
    const auto rest = history.last(9);
    REQUIRE(rest);
    CHECK(*rest == "{\"outcome\":\"damaged record\"}\n" + *all);
}

TEST_CASE("only what was changed counts as that", "[service][history]") {
    Report report = applied();
    Row away = report.rows.front();
    away.outcome = Outcome::away;
    report.rows.push_back(away);
    const auto json = nlohmann::json::parse(line_of(record_of(report), ""));
    CHECK(json.at("settings_changed") == 1);
    CHECK_FALSE(json.contains("recovered"));
    report.has_recovered = true;  // what was left open before is in no other record
    CHECK(nlohmann::json::parse(line_of(record_of(report), "")).at("recovered") == true);
    CHECK(json.at("settings").size() == 2);
}

namespace {

/// A socket as journald has it.
class Journald {
  public:
    explicit Journald(std::string path) : path_(std::move(path)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::ranges::copy(path_, static_cast<char*>(address.sun_path));
        REQUIRE(::bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address),
                       sizeof address) == 0);
    }
    [[nodiscard]] const char* path() const { return path_.c_str(); }
    /// The next datagram, or the file that came instead of one.
    [[nodiscard]] std::string heard() const {
        std::string bytes(300'000, '\0');
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        iovec into{.iov_base = bytes.data(), .iov_len = bytes.size()};
        msghdr message{};
        message.msg_iov = &into;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        ssize_t size = ::recvmsg(socket_.number(), &message, MSG_DONTWAIT);
        if (size == 0 && CMSG_FIRSTHDR(&message) != nullptr) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof number);
            const Descriptor file(number);
            size = ::pread(file.number(), bytes.data(), bytes.size(), 0);
        }
        bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
        return bytes;
    }

  private:
    std::string path_;
    Descriptor socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

}  // namespace

TEST_CASE("journald hears fields, of one line and of more", "[service][journald]") {
    const ScratchFolder folder;
    const Journald journald(folder.path() + "/socket");
    const std::array<JournaldField, 2> fields = {{{"MESSAGE", "apply"}, {"TEXT", "a\nb"}}};
    send_to_journald(fields, journald.path());
    CHECK(journald.heard() ==
          std::string("MESSAGE=apply\nTEXT\n\x03\0\0\0\0\0\0\0a\nb\n", 14 + 5 + 8 + 4));
}

TEST_CASE("journald is handed what is too long for a datagram", "[service][journald]") {
    const ScratchFolder folder;
    const Journald journald(folder.path() + "/socket");
    const std::string text(250'000, 'x');
    const std::array<JournaldField, 1> fields = {{{"MESSAGE", text}}};
    send_to_journald(fields, journald.path());
    CHECK(journald.heard() == "MESSAGE=" + text + "\n");
}

TEST_CASE("where no journald runs nothing happens", "[service][journald]") {
    const std::array<JournaldField, 1> fields = {{{"MESSAGE", "x"}}};
    CHECK_NOTHROW(send_to_journald(fields, "/nonexistent/socket"));
}
