// Values as the journal's text.
#include <fmt/format.h>

#include <nanotune/value.hpp>

#include "text.hpp"

namespace nanotune {

namespace {

struct Encoder {
    std::string operator()(bool flag) const { return flag ? "b1" : "b0"; }
    std::string operator()(std::int64_t number) const { return "i" + std::to_string(number); }
    std::string operator()(const std::string& text) const { return "s" + text; }
    std::string operator()(const CpuSet& cpus) const { return "c" + cpus.list(); }
};

}  // namespace

std::string encoded(const Value& value) {
    return std::visit(Encoder{}, value);
}

Result<Value> decoded(std::string_view text) {
    const auto damaged = [text] {
        return failure(ErrorCode::damaged, fmt::format("{} is no encoded value", in_quotes(text)));
    };
    if (text.empty()) {
        return damaged();
    }
    const std::string_view body = text.substr(1);
    switch (text.front()) {
        case 'b':
            if (body != "0" && body != "1") {
                return damaged();
            }
            return body == "1";
        case 'i': {
            const auto number = decimal(body);
            if (!number) {
                return damaged();
            }
            return *number;
        }
        case 's':
            return std::string(body);
        case 'c': {
            auto cpus = CpuSet::from_list(body);
            if (!cpus) {
                return damaged();
            }
            return *std::move(cpus);
        }
        default:
            return damaged();
    }
}

}  // namespace nanotune
