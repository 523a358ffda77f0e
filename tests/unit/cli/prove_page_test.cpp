// `nanotune prove`: what it says, and the page that it writes.
#include <string>

#include <nlohmann/json.hpp>

#include "cli/prove/ablation.hpp"
#include "cli/prove/measure.hpp"
#include "cli/prove/parts.hpp"
#include "cli/prove/proof_text.hpp"
#include "fake_service.hpp"
#include "prove_given.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::cli;
using namespace nanotune::cli::prove;
using namespace nanotune::cli::prove::given;
using namespace nanotune::test;
using nanotune::test::Contains;

TEST_CASE("the page is one file, and carries its plots", "[cli][prove]") {
    Host host;
    const Proof proof = proof_on(host, {"slow"});
    const std::string page = prove::html_of(proof);
    CHECK(is_proof_page(page));
    CHECK(page.contains("<svg"));
    CHECK(page.contains("+10 us (+9.8%), worse"));
    for (const char* fetched :
         {"<script", "http://", "https://", "url(", "src=", "nan,", ",nan", "inf,", ",inf"}) {
        CHECK_FALSE(page.contains(fetched));
    }
}

TEST_CASE("what stands at the axes of a plot stands within it, whatever the unit", "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    for (const std::string unit : {"us", "requests/s"}) {
        CAPTURE(unit);
        proof.measures.front().unit = unit;
        const std::string page = prove::html_of(proof);
        CHECK(page.contains("The median of each round, in requests/s") == (unit != "us"));
        std::size_t seen = 0;
        for (std::size_t at = page.find("<text x="); at != std::string::npos;
             at = page.find("<text x=", at + 1)) {
            const std::string text = page.substr(at, page.find("</text>", at) - at);
            const double x = std::stod(text.substr(9));
            const double wide = 5.6 * static_cast<double>(text.size() - text.find('>') - 1);
            INFO(text);
            if (text.contains("\"end\"") && x < 60) {
                CHECK(wide <= x);
                ++seen;
            } else if (text.contains("\"middle\"") && x > 300 && x <= 420) {
                CHECK(x + wide / 2 <= 420.1);
                ++seen;
            }
        }
        CHECK(seen > 3);
    }
}

TEST_CASE("a single figure is told as one", "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    proof.measures.front().comparisons.resize(1);
    CHECK(verdict_words(proof).ends_with("1 of 1 figure is worse."));
}

TEST_CASE("a page and a document say when and where, and a page that was not written is no success",
          "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    proof.at = "2026-11-29T17:00:00Z";
    proof.host = "colo-7";
    proof.kernel = "6.1.0";
    CHECK(prove::html_of(proof).contains(" on colo-7 (Linux 6.1.0), 2026-11-29T17:00:00Z</small>"));
    const Error full{.code = ErrorCode::io, .message = "write a.html: No space left"};
    const auto json = nlohmann::json::parse(prove::json_of(proof, {full}, 1));
    CHECK(json.at("exit") == 1);
    CHECK(json.at("problems").at(0).at("message") == "write a.html: No space left");
    CHECK(json.at("host") == "colo-7");
    CHECK(json.at("at") == "2026-11-29T17:00:00Z");
}

TEST_CASE("what is worse is not painted as what is better, and which that is the operator says",
          "[cli][prove]") {
    Host host;
    Proof proof = proof_on(host, {"slow"});
    const auto page = [&proof] { return prove::html_of(proof); };
    for (const char* painted :
         {"<td class=\"worse\"", "<line class=\"worse\"", "<circle class=\"worse\""}) {
        CHECK(page().contains(painted));
    }
    CHECK_FALSE(page().contains("class=\"better\""));
    proof.higher_is_better = true;
    CHECK(page().contains("<line class=\"better\""));
    CHECK(page().contains("+10 us (+9.8%), better"));
    CHECK_FALSE(page().contains("class=\"worse\""));
    const auto json = nlohmann::json::parse(prove::json_of(proof));
    CHECK(json.at("measures").at(0).at("figures").at(0).at("effect") == "better");
}
