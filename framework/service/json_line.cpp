#include "service/json_line.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace nanotune {

namespace {

/// That stands for itself in a string of JSON.
bool is_plain(char letter) {
    return letter >= ' ' && letter < 0x7f && letter != '"' && letter != '\\';
}

void append_string(std::string& json, std::string_view text) {
    if (std::ranges::all_of(text, is_plain)) {
        json.append(1, '"').append(text).append(1, '"');
        return;
    }
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

void JsonLine::begin(std::string_view name) {
    text_.append(text_.size() > 1 ? ",\"" : "\"").append(name).append("\":");
}

void JsonLine::add(std::string_view name, std::string_view text) {
    begin(name);
    append_string(text_, text);
}

void JsonLine::add_json(std::string_view name, std::string_view json) {
    begin(name);
    text_.append(json);
}

void JsonList::add(std::string_view json) {
    text_.append(size_ > 0 ? "," : "").append(json);
    ++size_;
}

std::string json_string(std::string_view text) {
    std::string json;
    append_string(json, text);
    return json;
}

}  // namespace nanotune
