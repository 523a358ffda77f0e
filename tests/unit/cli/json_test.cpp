#include "cli/json.hpp"

#include <nlohmann/json.hpp>

#include "fake_service.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::test;
using nlohmann::json;

namespace {

json document(Answers& answers, std::vector<std::string> words) {
    words.emplace_back("--json");
    return json::parse(nanotune::test::nanotune(answers, words).out);
}

}  // namespace

TEST_CASE("every verb's JSON has version, verb, changed and exit", "[cli][json]") {
    Answers answers;
    answers.status.profile = "hft";
    const auto words = GENERATE(
        std::vector<std::string>{"plan", "hft"}, std::vector<std::string>{"apply", "hft"},
        std::vector<std::string>{"confirm"}, std::vector<std::string>{"verify"},
        std::vector<std::string>{"rollback"}, std::vector<std::string>{"status"},
        std::vector<std::string>{"topology"}, std::vector<std::string>{"capture"},
        std::vector<std::string>{"list"}, std::vector<std::string>{"describe", "nothing"},
        std::vector<std::string>{"boot"}, std::vector<std::string>{"profile", "show", "hft"},
        std::vector<std::string>{"profile", "check", "hft"}, std::vector<std::string>{"version"},
        std::vector<std::string>{"help"}, std::vector<std::string>{"nonsense"});
    INFO(words[0]);
    const json found = document(answers, words);
    CHECK(found.at("version") == 1);
    CHECK(found.at("changed").is_boolean());
    CHECK(found.at("exit").is_number_integer());
    // The fake's reports of confirm, verify and rollback carry no verb.
    CHECK(found.at("verb").is_string());
}

TEST_CASE("a row in JSON is complete", "[cli][json]") {
    Answers answers;
    answers.apply.changed = true;
    answers.apply.exit = Exit::as_wanted;
    answers.apply.state = HostState::awaiting_confirmation;
    answers.apply.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::changed)};
    answers.apply.rows[0].impact = Impact::bounces_link;
    answers.apply.rows[0].message = "a note";
    const json found = document(answers, {"apply", "hft"});
    CHECK(found.at("changed") == true);
    CHECK(found.at("state") == "awaiting_confirmation");
    CHECK(found.at("profile") == "hft");
    const json expected = {
        {"setting", "nic.mtu"},
        {"target", {{"kind", "nic"}, {"name", "eth0"}}},
        {"before", "1500"},
        {"wanted", "9000"},
        {"got", "9000"},
        {"outcome", "changed"},
        {"impact", "bounces"},
        {"origin", {{"file", "/profiles/hft.toml"}, {"line", 14}, {"column", 3}}},
        {"message", "a note"}};
    CHECK(found.at("rows").at(0) == expected);
}

TEST_CASE("outcomes are single words in JSON", "[cli][json]") {
    Answers answers;
    answers.plan.rows = {row("nic.mtu", Target::nic("eth0"), "1500", "9000", Outcome::not_done)};
    CHECK(document(answers, {"plan", "hft"}).at("rows").at(0).at("outcome") == "not_done");
}

TEST_CASE("bytes that are not UTF-8 do not break the JSON", "[cli][json]") {
    Answers answers;
    answers.plan.rows = {row("nic.mtu", Target::nic("\xff\xfe"), "1", "2", Outcome::not_done)};
    CHECK(document(answers, {"plan", "hft"}).at("rows").size() == 1);
}

TEST_CASE("problems in JSON carry code and errno", "[cli][json]") {
    Answers answers;
    answers.check = {{.code = ErrorCode::denied, .message = "no", .kernel_errno = 13}};
    const json found = document(answers, {"profile", "check", "a"});
    CHECK(found.at("exit") == 1);
    CHECK(found.at("problems").at(0) ==
          json({{"code", "denied"}, {"errno", 13}, {"message", "no"}}));
}

TEST_CASE("a kernel command line in JSON is also given in its arguments", "[cli][json]") {
    Answers answers;
    answers.command_line = "quiet dyndbg=\"file a +p\" isolcpus=2-3";
    const json found = document(answers, {"boot", "hft"});
    CHECK(found.at("command_line") == *answers.command_line);
    CHECK(found.at("arguments") == json({"quiet", "dyndbg=\"file a +p\"", "isolcpus=2-3"}));
}

TEST_CASE("a saved plan that is damaged is said to be one, without a library's words",
          "[cli][json]") {
    cli::SavedPlan saved;
    saved.plan.verb = "plan";
    saved.request.name = "hft";
    saved.fingerprint = fingerprint_of(saved.plan);
    const std::string whole = cli::json_of(saved);
    REQUIRE(cli::saved_plan_of(whole));

    const auto torn = cli::saved_plan_of(whole.substr(0, whole.size() / 2));
    REQUIRE_FALSE(torn);
    CHECK(torn.error().code == ErrorCode::damaged);
    CHECK(torn.error().message ==
          "a saved plan that is damaged: it breaks off; make the plan again");

    std::string renamed = whole;
    renamed.replace(renamed.find("\"rows\""), 6, "\"rowz\"");
    CHECK(cli::saved_plan_of(renamed).error().message ==
          "a saved plan that is damaged: parts of it are missing or have other values; make the "
          "plan again");

    std::string scratched = whole;
    scratched[whole.find("\"rows\"")] = '?';
    CHECK_THAT(
        cli::saved_plan_of(scratched).error().message,
        Catch::Matchers::StartsWith("a saved plan that is damaged: it is no JSON from byte"));

    for (const std::string other : {"", "hello", "{}", "[1]", R"({"verb": "status"})", R"({"a")"}) {
        INFO(other);
        CHECK(cli::saved_plan_of(other).error().message ==
              "not a plan written by nanotune plan --out");
    }
}
