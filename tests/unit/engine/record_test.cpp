// Journal frames: what is written is read, and what is cut off or damaged is told apart.
#include "engine/record.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using record::Record;

namespace {

std::vector<Record> every_kind_of_record() {
    return {
        record::Header{.version = 1, .identity = {.boot = "b00t", .network = 7}},
        record::Begin{.id = 3,
                      .kind = "apply",
                      .undoes = 0,
                      .profile = "hft",
                      .profile_hash = "abc",
                      .started = "2026-01-02T03:04:05Z",
                      .confirm_by = 99,
                      .confirm_by_boot = 77},
        record::Intent{.setting = "nic.mtu",
                       .target = Target::nic("eth0"),
                       .before = std::int64_t{1500},
                       .wanted = std::int64_t{9000}},
        record::Intent{.setting = "nic.rps.cpus",
                       .target = {"rx_queue", "eth0/rx-0"},
                       .before = CpuSet::range(0, 3),
                       .wanted = CpuSet::range(0, 3),
                       .is_side_effect = true},
        record::Held{.setting = "sysctl.net.core.rmem_max",
                     .target = Target::host(),
                     .wanted = std::string("a\tb\n\0c", 6),
                     .got = true,
                     .origin = "hft.toml:3:1"},
        record::End{"committed"},
        record::Confirmed{3},
    };
}

std::string bytes_of(const std::vector<Record>& records) {
    std::string bytes;
    for (const Record& record : records) {
        bytes += record::framed(record);
    }
    return bytes;
}

}  // namespace

TEST_CASE("every kind of record reads back as it was written", "[journal]") {
    const auto records = every_kind_of_record();
    const record::Parsed parsed = record::parsed(bytes_of(records));
    CHECK(parsed.records == records);
    CHECK(parsed.damage.empty());
    CHECK_FALSE(parsed.is_torn_tail);
}

TEST_CASE("a journal cut off at any byte keeps its whole records and says that the tail is torn",
          "[journal]") {
    const auto records = every_kind_of_record();
    const std::string bytes = bytes_of(records);
    std::vector<std::size_t> ends = {0};
    for (const Record& record : records) {
        ends.push_back(ends.back() + record::framed(record).size());
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        const record::Parsed parsed = record::parsed(std::string_view(bytes).substr(0, size));
        const auto whole =
            static_cast<std::size_t>(std::ranges::upper_bound(ends, size) - ends.begin() - 1);
        INFO("cut at byte " << size);
        REQUIRE(parsed.records.size() == whole);
        REQUIRE(parsed.good_bytes == ends[whole]);
        REQUIRE(parsed.is_torn_tail == (size != ends[whole]));
    }
}

TEST_CASE("a flipped bit anywhere is damage or a torn tail, never another record", "[journal]") {
    const auto records = every_kind_of_record();
    const std::string good = bytes_of(records);
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
        std::string bytes = good;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        const record::Parsed parsed = record::parsed(bytes);
        INFO("bit " << bit);
        REQUIRE_FALSE(parsed.damage.empty());
        REQUIRE(parsed.records.size() < records.size());
        REQUIRE(std::equal(parsed.records.begin(), parsed.records.end(), records.begin()));
    }
}

TEST_CASE("a record of a type that this version does not know is damage", "[journal]") {
    record::End end{"committed"};
    std::string frame = record::framed(end);
    CHECK(record::parsed(frame).records.size() == 1);
    CHECK(record::parsed("").damage.empty());
    CHECK_FALSE(record::parsed(std::string(64, 'x')).damage.empty());
}
