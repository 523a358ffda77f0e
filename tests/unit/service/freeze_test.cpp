// The freeze as a file, and moments as text.
#include "service/freeze.hpp"

#include <fstream>
#include <limits>

#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <nanotune/host_error.hpp>

#include "service/time_text.hpp"
#include "support/catch.hpp"
#include "support/held.hpp"
#include "support/scratch_folder.hpp"
#include "system/storage/storage.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nanotune::test::Contains;

namespace {

const Frozen trading{.reason = "trading hours",
                     .by = "user 0, with nanotune freeze",
                     .since = "2026-11-28T08:00:00Z",
                     .until = {}};

Frozen until(std::int64_t seconds) {
    Frozen frozen = trading;
    frozen.until = time_text(seconds);
    return frozen;
}

struct FreezeScene {
    ScratchFolder scratch;
    std::string folder = scratch.path() + "/lasting";
    std::string host_file = scratch.path() + "/host.toml";
    FreezeFile file{folder};

    void write_host(const std::string& text) const { std::ofstream(host_file) << text; }
    void let_others_in(mode_t mode) const { REQUIRE(::chmod(scratch.path().c_str(), mode) == 0); }
};

}  // namespace

TEST_CASE_METHOD(FreezeScene, "a freeze is read as it was written, in one folder alone",
                 "[service][freeze]") {
    CHECK(file.read() == Result<std::optional<Frozen>>(std::nullopt));
    REQUIRE(file.write(trading));
    CHECK(file.read() == Result<std::optional<Frozen>>(trading));
    CHECK(FreezeFile(scratch.path() + "/other").read() ==
          Result<std::optional<Frozen>>(std::nullopt));
    REQUIRE(file.remove());
    CHECK(file.read() == Result<std::optional<Frozen>>(std::nullopt));
}

TEST_CASE_METHOD(FreezeScene, "a reason of several lines does not end the file's own",
                 "[service][freeze]") {
    Frozen frozen = trading;
    frozen.reason = "a\n2099-01-01T00:00:00Z\nb";
    REQUIRE(file.write(frozen));
    const Frozen read = held(file.read().value());
    CHECK(read.reason == "a 2099-01-01T00:00:00Z b");
    CHECK(read.until.empty());
}

TEST_CASE_METHOD(FreezeScene, "a freeze whose time is over is none", "[service][freeze]") {
    REQUIRE(file.write(until(seconds_since_epoch() + 3600)));
    CHECK_FALSE(may_write(folder, host_file));
    REQUIRE(file.write(until(seconds_since_epoch() - 1)));
    CHECK(may_write(folder, host_file));
}

TEST_CASE_METHOD(FreezeScene, "a freeze that cannot be understood keeps everybody out",
                 "[service][freeze]") {
    REQUIRE(make_folder(folder));
    REQUIRE(replace_file(folder + "/freeze", "nanotune freeze 1\nyesterday\n"));
    const Status may = may_write(folder, host_file);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == ErrorCode::damaged);
    CHECK_THAT(may.error().message, Contains("nanotune thaw") && Contains("nothing was touched"));
    const Frozen shown = held(freeze_in_force(folder, host_file));
    CHECK_THAT(text_of(shown), Contains("nanotune thaw"));
}

TEST_CASE_METHOD(FreezeScene, "a host whose file is broken is shown as frozen, with what is wrong",
                 "[service][freeze]") {
    CHECK_FALSE(freeze_in_force(folder, host_file));
    write_host("mode = 'obsrve'\n");
    let_others_in(0755);
    const Frozen shown = held(freeze_in_force(folder, host_file));
    CHECK_THAT(text_of(shown), Contains("host.toml:1:1: mode"));
    CHECK(shown.by.empty());  // there is nothing to thaw
}

TEST_CASE_METHOD(FreezeScene, "where root cannot read it, nothing may be changed, which is shown",
                 "[service][freeze]") {
    if (::getuid() != 0) {
        WARN("not tested: it takes root");
        return;
    }
    REQUIRE(file.write(trading));
    // For this thread alone: as where the kernel's policy keeps root out.
    const auto capability = [](unsigned number, bool is_wanted) {
        __user_cap_header_struct head{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
        __user_cap_data_struct data[2] = {};
        REQUIRE(::syscall(SYS_capget, &head, data) == 0);
        const unsigned bit = 1U << number;
        data[0].effective = is_wanted ? data[0].effective | bit : data[0].effective & ~bit;
        REQUIRE(::syscall(SYS_capset, &head, data) == 0);
    };
    REQUIRE(::chmod((folder + "/freeze").c_str(), 0) == 0);
    capability(CAP_DAC_OVERRIDE, false);
    capability(CAP_DAC_READ_SEARCH, false);
    const auto shown = freeze_in_force(folder, host_file);
    const Status may = may_write(folder, host_file);
    capability(CAP_DAC_OVERRIDE, true);
    capability(CAP_DAC_READ_SEARCH, true);
    REQUIRE(shown);
    CHECK_THAT(shown->reason, Contains("Permission denied"));
    CHECK_FALSE(may);
}

TEST_CASE_METHOD(FreezeScene,
                 "what everybody is shown is bounded, and quotes no file of root's own",
                 "[service][freeze]") {
    write_host("mode = '" + std::string(5'000, 'x') + "'\n");
    let_others_in(0755);
    auto shown = freeze_in_force(folder, host_file);
    REQUIRE(shown);
    CHECK(shown->reason.size() == longest_freeze_reason);
    CHECK(shown->reason.ends_with("xxx..."));
    SECTION("by the file's mode") {
        REQUIRE(::chmod(host_file.c_str(), 0600) == 0);
    }
    SECTION("by its folder's") {
        let_others_in(0700);
    }
    shown = freeze_in_force(folder, host_file);
    REQUIRE(shown);
    CHECK_THAT(shown->reason, Contains("host.toml is broken") && !Contains("xxx"));
}

TEST_CASE_METHOD(FreezeScene, "who is refused is told why, by whom and until when",
                 "[service][freeze]") {
    Frozen frozen = trading;
    frozen.until = "2999-01-01T00:00:00Z";
    REQUIRE(file.write(frozen));
    const Status may = may_write(folder, host_file);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == error_frozen);
    CHECK(may.error().message ==
          "this host is frozen: trading hours (by user 0, with nanotune freeze, since "
          "2026-11-28T08:00:00Z, until 2999-01-01T00:00:00Z); nothing was touched");
}

TEST_CASE_METHOD(FreezeScene, "a host that is only observed is frozen by its file",
                 "[service][freeze]") {
    write_host("mode = 'observe'\n");
    const Status may = may_write(folder, host_file);
    REQUIRE_FALSE(may);
    CHECK_THAT(may.error().message, Contains("mode = \"observe\" at " + host_file + ":1:1"));
    write_host("mode = 'tune'\n");
    CHECK(may_write(folder, host_file));
}

TEST_CASE_METHOD(FreezeScene, "a broken file of the host keeps everybody out until it is put right",
                 "[service][freeze]") {
    write_host("mode = 'obsrve'\n");
    const Status may = may_write(folder, host_file);
    REQUIRE_FALSE(may);
    CHECK(may.error().code == ErrorCode::invalid);
    CHECK_THAT(may.error().message, Contains(host_file + ":1:1: mode"));
}

TEST_CASE("what outlives a boot is not where the journal is, which does not", "[service][freeze]") {
    CHECK(lasting_folder_of("/run/nanotune") == "/var/lib/nanotune");
    CHECK(lasting_folder_of("/tmp/x") == "/tmp/x/lasting");
}

TEST_CASE("moments are the same as text and back", "[service][time]") {
    CHECK(time_text(0) == "1970-01-01T00:00:00Z");
    CHECK(time_text(-1) == "1969-12-31T23:59:59Z");
    CHECK(time_text(253'402'300'800) == "10000-01-01T00:00:00Z");
    CHECK(time_text(std::numeric_limits<std::int64_t>::max()).empty());
    CHECK(time_text(std::numeric_limits<std::int64_t>::min()).empty());
    CHECK(time_of("1970-01-01T00:00:00Z") == 0);
    CHECK(time_of(time_text(1'795'868'096)) == 1'795'868'096);
    CHECK(time_of("2026-11-28T16:30:00+01:00") == time_of("2026-11-28 15:30:00Z"));
    CHECK(time_of("2026-02-29T00:00:00Z") == std::nullopt);
    CHECK(time_of("2026-11-28T24:00:00Z") == std::nullopt);
    CHECK(time_of("2026-11-28T12:00:00") == std::nullopt);
    CHECK(time_of("2026-11-28T12:00:00+1:00") == std::nullopt);
    CHECK(time_of("") == std::nullopt);
}
