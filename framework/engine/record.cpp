#include "engine/record.hpp"

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "engine/frame.hpp"

namespace nanotune::record {
namespace {

/// Few settings have another name, and few are of a device: what is not there at the end is left
/// out.
void end_with(PayloadWriter& writer, std::initializer_list<std::string_view> rest) {
    std::span said(rest.begin(), rest.size());
    while (!said.empty() && said.back().empty()) {
        said = said.first(said.size() - 1);
    }
    for (const std::string_view text : said) {
        writer << text;
    }
    writer.end();
}

std::string text_of(const DeviceIdentity& device) {
    return device.is_known() ? encoded(device) : std::string();
}

DeviceIdentity device_in(PayloadReader& reader) {
    return device_decoded(reader.text_if_any()).value_or(DeviceIdentity());
}

constexpr std::string_view away = "away";
constexpr std::string_view side_effect = "side";
constexpr std::string_view carrier = "carrier";

/// Behind the bytes.
struct ToFrame {
    std::string& bytes;

    void operator()(const Header& header) const {
        // As wide as any number: it is written again in place.
        PayloadWriter writer(bytes, "header");
        writer << header.version << header.identity.boot << header.identity.network
               << fmt::format("{:020}", header.synced);
        writer.end();
    }
    void operator()(const Begin& begin) const {
        PayloadWriter writer(bytes, "begin");
        writer << begin.id << begin.kind << begin.undoes << begin.profile << begin.profile_hash
               << begin.started << begin.confirm_by << begin.confirm_by_boot;
        for (const std::string& override : begin.overrides) {
            writer << override;
        }
        writer.end();
    }
    void operator()(const Intent& intent) const {
        PayloadWriter writer(bytes, intent.is_side_effect ? "side" : "intent");
        writer << intent.setting << intent.target << intent.before << intent.wanted;
        end_with(writer, {intent.also, text_of(intent.device),
                          intent.takes_carrier ? carrier : std::string_view()});
    }
    void operator()(const Held& held) const {
        PayloadWriter writer(bytes, "held");
        writer << held.setting << held.target << held.wanted << held.got << held.origin;
        end_with(writer, {held.also, text_of(held.device),
                          held.drift ? name_of(*held.drift) : std::string_view()});
    }
    void operator()(const Left& left) const {
        PayloadWriter writer(bytes, "left");
        writer << left.setting << left.target << left.before << left.wanted << left.got;
        end_with(writer, {left.also, text_of(left.device), left.is_away ? away : std::string_view(),
                          left.is_side_effect ? side_effect : std::string_view()});
    }
    void operator()(const End& end) const {
        PayloadWriter writer(bytes, "end");
        writer << end.how;
        if (end.confirm_by != 0) {
            writer << end.confirm_by << end.confirm_by_boot << end.guard;
        }
        writer.end();
    }
    void operator()(const Confirmed& confirmed) const {
        PayloadWriter writer(bytes, "confirmed");
        writer << confirmed.id;
        writer.end();
    }
    void operator()(const Lost& lost) const {
        PayloadWriter writer(bytes, "lost");
        writer << lost.why << lost.kept_in << lost.after;
        writer.end();
    }
};

Record header_in(PayloadReader& reader) {
    Header header{.version = reader.number(), .identity = {}};
    header.identity.boot = reader.text();
    header.identity.network = reader.number();
    header.synced = reader.number_if_any();
    return header;
}

Record begin_in(PayloadReader& reader) {
    Begin begin;
    begin.id = reader.number();
    begin.kind = reader.text();
    begin.undoes = reader.number();
    begin.profile = reader.text();
    begin.profile_hash = reader.text();
    begin.started = reader.text();
    begin.confirm_by = reader.number();
    begin.confirm_by_boot = reader.number_if_any();
    while (reader.has_more()) {
        begin.overrides.push_back(reader.text());
    }
    return begin;
}

template <bool is_side_effect>
Record intent_in(PayloadReader& reader) {
    Intent intent{.is_side_effect = is_side_effect};
    intent.setting = reader.text();
    intent.target = reader.target();
    intent.before = reader.value();
    intent.wanted = reader.value();
    intent.also = reader.text_if_any();
    intent.device = device_in(reader);
    intent.takes_carrier = reader.text_if_any() == carrier;
    return intent;
}

Record held_in(PayloadReader& reader) {
    Held held;
    held.setting = reader.text();
    held.target = reader.target();
    held.wanted = reader.value();
    held.got = reader.value();
    held.origin = reader.text();
    held.also = reader.text_if_any();
    held.device = device_in(reader);
    held.drift = drift_policy_named(reader.text_if_any());
    return held;
}

Record left_in(PayloadReader& reader) {
    Left left;
    left.setting = reader.text();
    left.target = reader.target();
    left.before = reader.value();
    left.wanted = reader.value();
    left.got = reader.value();
    left.also = reader.text_if_any();
    left.device = device_in(reader);
    left.is_away = reader.text_if_any() == away;
    left.is_side_effect = reader.text_if_any() == side_effect;
    return left;
}

Record end_in(PayloadReader& reader) {
    End end{.how = reader.text()};
    end.confirm_by = reader.number_if_any();
    end.confirm_by_boot = reader.number_if_any();
    end.guard = reader.text_if_any();
    return end;
}

Record confirmed_in(PayloadReader& reader) {
    return Confirmed{reader.number()};
}

Record lost_in(PayloadReader& reader) {
    Lost lost;
    lost.why = reader.text();
    lost.kept_in = reader.text();
    lost.after = reader.number();
    return lost;
}

/// The first text of a payload, and what reads the rest.
struct RecordType {
    std::string_view name;
    Record (*read)(PayloadReader&);
};

constexpr RecordType record_types[] = {
    {"header", header_in},     {"begin", begin_in},         {"intent", intent_in<false>},
    {"side", intent_in<true>}, {"held", held_in},           {"left", left_in},
    {"end", end_in},           {"confirmed", confirmed_in}, {"lost", lost_in},
};

std::optional<Record> record_of(std::string_view payload) {
    PayloadReader reader(payload);
    const auto* const type = std::ranges::find(record_types, reader.text(), &RecordType::name);
    if (type == std::end(record_types)) {
        return std::nullopt;
    }
    Record record = type->read(reader);
    return reader.is_good() ? std::optional(std::move(record)) : std::nullopt;
}

}  // namespace

void append_framed(std::string& bytes, const Record& record) {
    std::visit(ToFrame{bytes}, record);
}

std::string framed(const Record& record) {
    std::string frame;
    append_framed(frame, record);
    return frame;
}

Parsed parsed(std::string_view bytes, std::size_t from) {
    Parsed result;
    result.good_bytes = from;
    while (result.good_bytes < bytes.size()) {
        const FrameFound frame = first_frame(bytes.substr(result.good_bytes));
        if (frame.kind == FrameFound::Kind::cut_off) {
            result.damage = fmt::format("the last record is cut off at byte {}", bytes.size());
            result.is_torn_tail = true;
            return result;
        }
        auto record =
            frame.kind == FrameFound::Kind::whole ? record_of(frame.payload) : std::nullopt;
        if (!record) {
            result.damage = fmt::format("the record at byte {} is damaged", result.good_bytes);
            return result;
        }
        result.records.push_back(*std::move(record));
        result.good_bytes += frame.size;
        result.head_bytes =
            from == 0 && result.head_bytes == 0 ? result.good_bytes : result.head_bytes;
    }
    return result;
}

}  // namespace nanotune::record
