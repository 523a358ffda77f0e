// The host's own file.
#include "model/host_file.hpp"

#include <fstream>
#include <sstream>

#include "support/catch.hpp"

using namespace nanotune;
using nanotune::test::Contains;

namespace {

HostFile read(const std::string& text) {
    auto file = host_file_of({.file = "host.toml", .text = text});
    REQUIRE(file);
    return *std::move(file);
}

std::string complaints(const std::string& text) {
    const auto file = host_file_of({.file = "host.toml", .text = text});
    REQUIRE_FALSE(file);
    std::string all;
    for (const Error& problem : file.error()) {
        all += problem.message + "\n";
    }
    return all;
}

std::string in_tree(const std::string& file) {
    std::ifstream stream(std::string(NANOTUNE_SOURCES) + "/" + file);
    REQUIRE(stream);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

/// The shipped file as it is once every line of it counts.
std::string shipped() {
    std::istringstream lines(in_tree("packaging/host.toml"));
    std::string text;
    for (std::string line; std::getline(lines, line);) {
        const bool is_prose = line.starts_with("# What this host");
        text += is_prose || line.empty() ? "\n" : line.substr(2) + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("the shipped file and the manual have every key of the host's file, and no other",
          "[model][host]") {
    const std::string text = shipped();
    const std::string manual = in_tree("docs/man/nanotuned.8.scd");
    static_cast<void>(read(text));  // which complains of a key that is none
    std::string table;
    std::string found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('[')) {
            table = line.substr(1, line.find(']') - 1) + ".";
            found += "\n" + table;
        }
        found += "\n" + table + line.substr(0, line.find(" ="));
    }
    for (const std::string& key : host_file_keys()) {
        INFO(key);
        const bool is_table = key == "vars" || key == "drift.settings";
        CHECK_THAT(found + "\n", Contains("\n" + key + (is_table ? "." : "") + "\n"));
        const std::size_t dot = key.find('.');
        CHECK_THAT(manual, Contains(dot == std::string::npos ? "\n*" + key + "*\n"
                                                             : "\n*[" + key.substr(0, dot) + "] " +
                                                                   key.substr(dot + 1) + "*\n"));
    }
}

TEST_CASE("what the shipped file says is the default, but for what it calls an example",
          "[model][host]") {
    const std::string text = shipped();
    const std::size_t vars = text.find("[vars]");
    const std::size_t drift = text.find("[drift]");
    const HostFile file = read(text.substr(text.find("mode ="), vars - text.find("mode =")) +
                               text.substr(drift, text.find("[drift.settings]") - drift));
    const HostFile untouched;
    CHECK(file.mode == untouched.mode);
    CHECK(file.device_patience == untouched.device_patience);
    CHECK(file.on_stop == untouched.on_stop);
    CHECK(file.drift == untouched.drift);
    CHECK(file.poll == untouched.poll);
}

TEST_CASE("an empty file of the host lets everything be tuned, and repairs nothing",
          "[model][host]") {
    const HostFile file = read("");
    CHECK(file.profile.empty());
    CHECK(file.mode == HostFile::Mode::tune);
    CHECK(file.on_stop == HostFile::OnStop::keep);
    CHECK(file.policy_of("nic.mtu", {}) == DriftPolicy::warn);
    CHECK(file.poll == std::chrono::seconds(30));
    CHECK(file.device_patience == std::chrono::seconds(30));
}

TEST_CASE("what stands behind comments counts, and what is wrong within one is told",
          "[model][host]") {
    CHECK(read(in_tree("packaging/host.toml")).mode == HostFile::Mode::tune);
    CHECK(read("# mode = 'tune'\n\t# so\n  mode = 'observe'").mode == HostFile::Mode::observe);
    CHECK(read("# f\xC3\xBCr\nmode = 'observe'").mode == HostFile::Mode::observe);
    CHECK(read("# one\r\n# other\r\n").mode == HostFile::Mode::tune);
    for (const std::string_view broken : {"\x01", "\x7f", "\xff", "\r "}) {
        INFO(static_cast<int>(broken.front()));
        CHECK_THAT(complaints("# mode" + std::string(broken)), Contains("host.toml:1:"));
    }
}

TEST_CASE("the host's file says profile, variables, mode and what becomes of drift",
          "[model][host]") {
    const HostFile file = read(
        "profile = 'hft'\nmode = 'observe'\non_stop = 'rollback'\nwait = '2m'\n"
        "[vars]\nfeeds = ['eth0', 'eth1']\nmtu = '9000'\n"
        "[drift]\npolicy = 'repair'\npoll = 10\n"
        "[drift.settings]\n'sysctl.*' = 'warn'\nsysctl.net.core.rmem_max = 'yield'\n");
    CHECK(file.profile == "hft");
    CHECK(file.mode == HostFile::Mode::observe);
    CHECK(file.mode_origin.text() == "host.toml:2:1");
    CHECK(file.on_stop == HostFile::OnStop::rollback);
    CHECK(file.device_patience == std::chrono::minutes(2));
    CHECK(file.overrides == std::vector<Override>{{.name = "feeds", .value = "eth0,eth1"},
                                                  {.name = "mtu", .value = "9000"}});
    CHECK(file.poll == std::chrono::seconds(10));
    CHECK(file.policy_of("nic.mtu", {}) == DriftPolicy::repair);
    CHECK(file.policy_of("sysctl.vm.swappiness", {}) == DriftPolicy::warn);
    CHECK(file.policy_of("sysctl.net.core.rmem_max", {}) == DriftPolicy::yield);
    // The profile that is applied comes before the host's policy for all, and after what the host
    // says of a setting.
    CHECK(file.policy_of("nic.mtu", DriftPolicy::warn) == DriftPolicy::warn);
    CHECK(file.policy_of("sysctl.net.core.rmem_max", DriftPolicy::repair) == DriftPolicy::yield);
}

TEST_CASE("all that is wrong with the host's file is told at its lines", "[model][host]") {
    const std::string said = complaints(
        "profil = 'hft'\nmode = 'obsrve'\nwait = '-9223372036854775807m'\non_stop = 3\n[vars]\nn = "
        "3\n"
        "[drift]\npolicy = 'mend'\npoll = -1\nsettings = { x = true }\n");
    CHECK_THAT(said, Contains("host.toml:1:1: the host's file has no key profil; did you mean "
                              "profile?"));
    CHECK_THAT(said,
               Contains(R"(host.toml:2:1: mode: "tune" or "observe" is expected, not "obsrve")"));
    CHECK_THAT(said, Contains("host.toml:3:1: wait: whole seconds from 0 to 3600"));
    CHECK_THAT(said, Contains("host.toml:4:1: on_stop"));
    CHECK_THAT(said, Contains("host.toml:6:1: vars.n"));
    CHECK_THAT(said, Contains(R"(host.toml:8:1: policy: "warn", "repair" or "yield")"));
    CHECK_THAT(said, Contains("host.toml:9:1: poll"));
    CHECK_THAT(said, Contains("host.toml:10:14: x: "));
}

TEST_CASE("the host's file says where metrics are to be had, for this host alone",
          "[model][host]") {
    const HostFile file =
        read("[metrics]\nlisten = '127.0.0.1:9808'\nfile = '/run/nanotune.prom'\n");
    CHECK(file.metrics.listen == "127.0.0.1:9808");
    CHECK(file.metrics.file == "/run/nanotune.prom");
    CHECK(read("").metrics.listen.empty());
    CHECK_THAT(complaints("[metrics]\nlisten = '0.0.0.0:9808'\n"),
               Contains("host.toml:2:1: listen: 127.0.0.1:PORT or [::1]:PORT is expected"));
    CHECK_THAT(complaints("[metrics]\nfile = 'nanotune.prom'\n"),
               Contains("host.toml:2:1: file: a whole path that ends with .prom"));
    CHECK_THAT(complaints("metrics = 3\n"), Contains("metrics: a table is expected"));
}
