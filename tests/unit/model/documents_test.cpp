// Every example in the documentation is a profile that can be read.
#include "given_profile.hpp"
#include "support/catch.hpp"
#include "toml_blocks.hpp"

using namespace nanotune;

TEST_CASE("every example in the documentation is a layer", "[documents]") {
    std::size_t count = 0;
    for (const auto& document : given::documents()) {
        for (const given::TomlBlock& block : given::toml_blocks(document)) {
            ++count;
            INFO(block.place);
            const auto layer = layer_of({block.place, block.text});
            if (!layer) {
                FAIL(layer.error().front().message);
            }
            for (const Finding& finding : layer->findings) {
                FAIL_CHECK(finding.origin.text() << ": " << finding.error.message);
            }
        }
    }
    CHECK(count >= 3);
}
