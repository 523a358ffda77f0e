#include "record.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>

namespace nanotune::record {
namespace {

constexpr std::size_t frame_limit = 1 << 20;  // a record longer than this was never written by us
constexpr std::size_t frame_head = 8;

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
        std::uint32_t rest = byte;
        for (int bit = 0; bit < 8; ++bit) {
            rest = (rest & 1U) != 0 ? (rest >> 1U) ^ 0xEDB88320U : rest >> 1U;
        }
        table[byte] = rest;
    }
    return table;
}();

std::uint32_t crc32(std::string_view bytes) {
    std::uint32_t sum = 0xFFFFFFFFU;
    for (const char byte : bytes) {
        sum = crc_table[(sum ^ static_cast<unsigned char>(byte)) & 0xFFU] ^ (sum >> 8U);
    }
    return ~sum;
}

void put_number(std::string& out, std::uint32_t number) {
    std::array<char, sizeof number> bytes{};
    for (unsigned i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<char>((number >> (8 * i)) & 0xFFU);
    }
    out.append(bytes.data(), bytes.size());
}

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (unsigned i = 0; i < 4; ++i) {
        number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
    }
    return number;
}

// A payload is a list of texts. A field that a newer version adds goes to the end of its record.
class Writer {
  public:
    explicit Writer(std::string_view type) { *this << type; }
    Writer& operator<<(std::string_view text) {
        put_number(payload_, static_cast<std::uint32_t>(text.size()));
        payload_.append(text);
        return *this;
    }
    Writer& operator<<(const std::string& text) { return *this << std::string_view(text); }
    Writer& operator<<(std::uint64_t number) { return *this << std::to_string(number); }
    Writer& operator<<(const Value& value) { return *this << encoded(value); }
    Writer& operator<<(const Target& target) { return *this << target.kind << target.name; }
    [[nodiscard]] const std::string& payload() const { return payload_; }

  private:
    std::string payload_;
};

class Reader {
  public:
    explicit Reader(std::string_view payload) : rest_(payload) {}

    std::string text() {
        if (rest_.size() < 4 || number_at(rest_, 0) > rest_.size() - 4) {
            is_good_ = false;
            rest_ = {};
            return {};
        }
        const std::size_t size = number_at(rest_, 0);
        std::string taken(rest_.substr(4, size));
        rest_.remove_prefix(4 + size);
        return taken;
    }
    std::uint64_t number() {
        const std::string digits = text();
        std::uint64_t number = 0;
        const auto [end, error] =
            std::from_chars(digits.data(), digits.data() + digits.size(), number);
        is_good_ = is_good_ && error == std::errc{} && end == digits.data() + digits.size();
        return number;
    }
    Value value() {
        auto value = decoded(text());
        is_good_ = is_good_ && value.has_value();
        return value.value_or(Value{});
    }
    Target target() {
        std::string kind = text();
        return {std::move(kind), text()};
    }
    /// Whether a text is left: fields that were added later are not in older records.
    [[nodiscard]] bool has_more() const { return !rest_.empty(); }
    [[nodiscard]] bool is_good() const { return is_good_; }

  private:
    std::string_view rest_;
    bool is_good_ = true;
};

/// Few settings have one.
std::string with_other_name(Writer writer, const std::string& also) {
    if (!also.empty()) {
        writer << also;
    }
    return writer.payload();
}

struct ToPayload {
    std::string operator()(const Header& header) const {
        // As wide as any number: it is written again in place.
        return (Writer("header") << header.version << header.identity.boot
                                 << header.identity.network << fmt::format("{:020}", header.synced))
            .payload();
    }
    std::string operator()(const Begin& begin) const {
        Writer writer("begin");
        writer << begin.id << begin.kind << begin.undoes << begin.profile << begin.profile_hash
               << begin.started << begin.confirm_by << begin.confirm_by_boot;
        for (const std::string& override : begin.overrides) {
            writer << override;
        }
        return writer.payload();
    }
    std::string operator()(const Intent& intent) const {
        Writer writer(intent.is_side_effect ? "side" : "intent");
        writer << intent.setting << intent.target << intent.before << intent.wanted;
        return with_other_name(std::move(writer), intent.also);
    }
    std::string operator()(const Held& held) const {
        Writer writer("held");
        writer << held.setting << held.target << held.wanted << held.got << held.origin;
        return with_other_name(std::move(writer), held.also);
    }
    std::string operator()(const Left& left) const {
        Writer writer("left");
        writer << left.setting << left.target << left.before << left.wanted << left.got;
        return with_other_name(std::move(writer), left.also);
    }
    std::string operator()(const End& end) const {
        Writer writer("end");
        writer << end.how;
        if (end.confirm_by != 0) {
            writer << end.confirm_by << end.confirm_by_boot << end.guard;
        }
        return writer.payload();
    }
    std::string operator()(const Confirmed& confirmed) const {
        return (Writer("confirmed") << confirmed.id).payload();
    }
    std::string operator()(const Lost& lost) const {
        return (Writer("lost") << lost.why << lost.kept_in << lost.after).payload();
    }
};

Record header_in(Reader& reader) {
    Header header{.version = reader.number(), .identity = {}};
    header.identity.boot = reader.text();
    header.identity.network = reader.number();
    header.synced = reader.has_more() ? reader.number() : 0;
    return header;
}

Record begin_in(Reader& reader) {
    Begin begin;
    begin.id = reader.number();
    begin.kind = reader.text();
    begin.undoes = reader.number();
    begin.profile = reader.text();
    begin.profile_hash = reader.text();
    begin.started = reader.text();
    begin.confirm_by = reader.number();
    begin.confirm_by_boot = reader.has_more() ? reader.number() : 0;
    while (reader.has_more()) {
        begin.overrides.push_back(reader.text());
    }
    return begin;
}

template <bool is_side_effect>
Record intent_in(Reader& reader) {
    Intent intent{.is_side_effect = is_side_effect};
    intent.setting = reader.text();
    intent.target = reader.target();
    intent.before = reader.value();
    intent.wanted = reader.value();
    intent.also = reader.has_more() ? reader.text() : std::string();
    return intent;
}

Record held_in(Reader& reader) {
    Held held;
    held.setting = reader.text();
    held.target = reader.target();
    held.wanted = reader.value();
    held.got = reader.value();
    held.origin = reader.text();
    held.also = reader.has_more() ? reader.text() : std::string();
    return held;
}

Record left_in(Reader& reader) {
    Left left;
    left.setting = reader.text();
    left.target = reader.target();
    left.before = reader.value();
    left.wanted = reader.value();
    left.got = reader.value();
    left.also = reader.has_more() ? reader.text() : std::string();
    return left;
}

Record end_in(Reader& reader) {
    End end{.how = reader.text()};
    end.confirm_by = reader.has_more() ? reader.number() : 0;
    end.confirm_by_boot = reader.has_more() ? reader.number() : 0;
    end.guard = reader.has_more() ? reader.text() : std::string();
    return end;
}

Record confirmed_in(Reader& reader) {
    return Confirmed{reader.number()};
}

Record lost_in(Reader& reader) {
    Lost lost;
    lost.why = reader.text();
    lost.kept_in = reader.text();
    lost.after = reader.number();
    return lost;
}

/// The first text of a payload, and what reads the rest.
struct RecordType {
    std::string_view name;
    Record (*read)(Reader&);
};

constexpr RecordType record_types[] = {
    {"header", header_in},     {"begin", begin_in},         {"intent", intent_in<false>},
    {"side", intent_in<true>}, {"held", held_in},           {"left", left_in},
    {"end", end_in},           {"confirmed", confirmed_in}, {"lost", lost_in},
};

std::optional<Record> record_of(std::string_view payload) {
    Reader reader(payload);
    const auto* const type = std::ranges::find(record_types, reader.text(), &RecordType::name);
    if (type == std::end(record_types)) {
        return std::nullopt;
    }
    Record record = type->read(reader);
    return reader.is_good() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace

std::string framed(const Record& record) {
    const std::string payload = std::visit(ToPayload{}, record);
    std::string frame;
    frame.reserve(frame_head + payload.size());
    put_number(frame, static_cast<std::uint32_t>(payload.size()));
    put_number(frame, crc32(payload));
    return frame + payload;
}

Parsed parsed(std::string_view bytes) {
    Parsed result;
    while (result.good_bytes < bytes.size()) {
        const std::string_view rest = bytes.substr(result.good_bytes);
        const std::size_t size = rest.size() < frame_head ? 0 : number_at(rest, 0);
        const bool is_absurd = rest.size() >= frame_head && (size == 0 || size > frame_limit);
        if (!is_absurd && rest.size() < frame_head + size + (rest.size() < frame_head ? 1 : 0)) {
            result.damage = fmt::format("the last record is cut off at byte {}", bytes.size());
            result.is_torn_tail = true;
            return result;
        }
        const std::string_view payload =
            is_absurd ? std::string_view{} : rest.substr(frame_head, size);
        auto record =
            is_absurd || crc32(payload) != number_at(rest, 4) ? std::nullopt : record_of(payload);
        if (!record) {
            result.damage = fmt::format("the record at byte {} is damaged", result.good_bytes);
            return result;
        }
        result.records.push_back(*std::move(record));
        result.good_bytes += frame_head + size;
        result.head_bytes = result.head_bytes == 0 ? result.good_bytes : result.head_bytes;
    }
    return result;
}

}  // namespace nanotune::record
