#include "import_json.hpp"

#include "../json_document.hpp"

namespace nanotune::cli {

namespace {

Json json_list(const std::vector<LeftOut>& list) {
    Json all = Json::array();
    for (const LeftOut& one : list) {
        all.push_back({{"origin", one.origin}, {"why", one.why}});
    }
    return all;
}

}  // namespace

std::string json_of(const Import& import) {
    Json json = head("import", false, 0);
    json["from"] = import.from();
    json["settings"] = import.carried_options();
    json["carried"] = Json::array();
    for (const CarriedLine& line : import.carried()) {
        json["carried"].push_back({{"section", line.section},
                                   {"key", line.key},
                                   {"value", line.spellings.front()},
                                   {"origin", line.origin},
                                   {"note", line.note}});
    }
    json["left_out"] = json_list(import.left());
    json["not_for_this_host"] = json_list(import.passed_over());
    json["profile_text"] = import.text();
    return document(json);
}

}  // namespace nanotune::cli
