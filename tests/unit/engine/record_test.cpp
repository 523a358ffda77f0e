// Journal frames: what is written is read, and what is cut off or damaged is told apart.
#include "engine/record.hpp"

#include <algorithm>

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
                      .confirm_by_boot = 77,
                      .overrides = {"cpus.datapath=2-3", "feeds=", "a=b=c"}},
        record::Intent{.setting = "nic.mtu",
                       .target = Target::nic("eth0"),
                       .before = std::int64_t{1500},
                       .wanted = std::int64_t{9000}},
        record::Intent{.setting = "nic.ring.rx",
                       .target = Target::nic("eth0"),
                       .before = std::int64_t{256},
                       .wanted = std::int64_t{512},
                       .takes_carrier = true},
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
        record::Left{.setting = "nic.mtu",
                     .target = Target::nic("eth0"),
                     .before = std::int64_t{1500},
                     .wanted = std::int64_t{9000},
                     .got = std::int64_t{8996}},
        record::Left{
            .setting = "nic.mtu",
            .target = Target::nic("eth0"),
            .before = std::int64_t{1500},
            .wanted = std::int64_t{9000},
            .got = std::int64_t{8996},
            .device = DeviceIdentity{.name = "eth0", .index = 2, .address = "52:54:00:00:00:01"},
            .is_away = true},
        record::Left{.setting = "nic.rps.cpus",
                     .target = {"rx_queue", "eth0/rx-1"},
                     .before = CpuSet::range(0, 3),
                     .wanted = CpuSet::range(0, 3),
                     .got = CpuSet::range(0, 3),
                     .is_side_effect = true},
        record::End{.how = "committed", .confirm_by = 99, .confirm_by_boot = 77},
        record::End{"undone"},
        record::Confirmed{3},
        record::Lost{.why = "it was cut", .kept_in = "journal.1", .after = 3},
    };
}

std::size_t number_at(std::string_view bytes, std::size_t at) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        number |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return number;
}

std::string little_endian(std::size_t number) {
    std::string bytes;
    for (unsigned shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>((number >> shift) & 0xFFU));
    }
    return bytes;
}

/// The checksum of frames, bit by bit as its definition has it.
std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        sum ^= static_cast<unsigned char>(byte);
        for (int bit = 0; bit < 8; ++bit) {
            sum = (sum & 1U) != 0 ? (sum >> 1U) ^ 0xEDB88320U : sum >> 1U;
        }
    }
    return ~sum;
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

TEST_CASE(
    "a frame has the length of its payload, the CRC-32 of that as everybody computes it, and it",
    "[journal]") {
    const auto number = [](char lowest) { return std::string{lowest, '\0', '\0', '\0'}; };
    const std::string payload = number(3) + "end" + number(9) + "committed";
    CHECK(record::framed(record::End{"committed"}) ==
          number(20) + std::string("\x95\x37\x31\x1d", 4) + payload);
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

namespace {

/// A payload's texts, each after its length.
std::vector<std::string> texts_in(std::string_view payload) {
    std::vector<std::string> texts;
    while (!payload.empty()) {
        const std::size_t size = number_at(payload, 0);
        texts.emplace_back(payload.substr(4, size));
        payload.remove_prefix(4 + size);
    }
    return texts;
}

/// The record as a version wrote it that did not have its last `fields` texts yet.
record::Parsed parsed_without(const Record& record, std::size_t fields) {
    std::vector<std::string> texts = texts_in(record::framed(record).substr(8));
    texts.resize(texts.size() - fields);
    std::string payload;
    for (const std::string& text : texts) {
        payload += little_endian(text.size()) + text;
    }
    return record::parsed(little_endian(payload.size()) + little_endian(crc32(payload)) + payload);
}

}  // namespace

TEST_CASE("the beginnings and ends that older versions wrote are read", "[journal]") {
    record::Begin begin{.id = 3,
                        .kind = "apply",
                        .profile = "hft",
                        .profile_hash = "abc",
                        .started = "2026-01-02T03:04:05Z",
                        .confirm_by = 99,
                        .confirm_by_boot = 77,
                        .overrides = {"a=1"}};
    const auto without_overrides = parsed_without(begin, 1);
    begin.overrides.clear();
    CHECK(without_overrides.records == std::vector<Record>{begin});
    const auto without_boot_clock = parsed_without(begin, 1);
    begin.confirm_by_boot = 0;
    CHECK(without_boot_clock.records == std::vector<Record>{begin});
    CHECK_FALSE(parsed_without(begin, 2).damage.empty());  // which every version wrote

    record::End end{
        .how = "committed", .confirm_by = 99, .confirm_by_boot = 77, .guard = "1234 567"};
    CHECK(parsed_without(end, 0).records == std::vector<Record>{end});
    const auto without_guard = parsed_without(end, 1);
    const auto with_wall_clock = parsed_without(end, 2);
    const auto with_neither = parsed_without(end, 3);
    end.guard.clear();
    CHECK(without_guard.records == std::vector<Record>{end});
    end.confirm_by_boot = 0;
    CHECK(with_wall_clock.records == std::vector<Record>{end});
    CHECK(with_neither.records == std::vector<Record>{record::End{"committed"}});
}

TEST_CASE("the other name of a setting is in its records, where it has one", "[journal]") {
    record::Intent intent{.setting = "memory.swappiness",
                          .target = Target::host(),
                          .before = std::int64_t{60},
                          .wanted = std::int64_t{10},
                          .also = "sysctl.vm.swappiness"};
    CHECK(parsed_without(intent, 0).records == std::vector<Record>{intent});
    const auto older = parsed_without(intent, 1);
    intent.also.clear();
    CHECK(older.records == std::vector<Record>{intent});
    CHECK(parsed_without(intent, 0).records == std::vector<Record>{intent});
}

TEST_CASE("records know the device that they are about, and older ones its name", "[journal]") {
    record::Intent intent{.setting = "nic.mtu",
                          .target = Target::nic("eth0"),
                          .before = std::int64_t{1500},
                          .wanted = std::int64_t{9000},
                          .device = DeviceIdentity{.name = "eth0", .index = 2}};
    CHECK(parsed_without(intent, 0).records == std::vector<Record>{intent});
    const auto older = parsed_without(intent, 1);
    intent.device = {};
    CHECK(older.records == std::vector<Record>{intent});

    record::Left left{.setting = "nic.mtu",
                      .target = Target::nic("eth0"),
                      .device = DeviceIdentity{.name = "eth0", .index = 2},
                      .is_away = true};
    const auto without_why = parsed_without(left, 1);
    left.is_away = false;
    CHECK(without_why.records == std::vector<Record>{left});
}

TEST_CASE("a record of a type that this version does not know is damage", "[journal]") {
    record::End end{"committed"};
    std::string frame = record::framed(end);
    CHECK(record::parsed(frame).records.size() == 1);
    CHECK(record::parsed("").damage.empty());
    CHECK_FALSE(record::parsed(std::string(64, 'x')).damage.empty());
}

TEST_CASE("a record's device stays what its target was known by", "[journal]") {
    const DeviceIdentity eth0{.name = "eth0", .index = 2};
    Shared<Candidate> nic = Candidate{.target = Target::nic("eth0"), .identity = eth0};
    const SharedDevice recorded = SharedDevice::of(nic);
    CHECK(&static_cast<const DeviceIdentity&>(recorded) == &nic->identity);
    nic.own().identity.name = "lan0";
    CHECK(recorded == eth0);
    CHECK(recorded.is_known());
    const Shared<Candidate> host = Candidate{.target = Target::host()};
    CHECK(SharedDevice::of(host) == SharedDevice());
    CHECK_FALSE(SharedDevice::of(host).is_known());
}
