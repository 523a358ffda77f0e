// Addresses with ports have one spelling, by which they are compared.
#include "datapath/endpoint.hpp"
#include "support/catch.hpp"

using namespace nanotune;
using namespace nanotune::datapath;

TEST_CASE("an address with a port is brought into its one spelling", "[datapath]") {
    const struct {
        std::string_view written;
        std::string_view normal;
    } each[] = {
        {"192.0.2.1:8080", "192.0.2.1:8080"},
        {"192.0.2.1:08080", "192.0.2.1:8080"},
        {"[2001:DB8:0:0:0:0:0:1]:8080", "[2001:db8::1]:8080"},
        {"[2001:db8::1]:1", "[2001:db8::1]:1"},
        {"[::1]:65535", "[::1]:65535"},
        {"[fe80::]:80", "[fe80::]:80"},
        {"[1:0:0:2:0:0:0:3]:80", "[1:0:0:2::3]:80"},
        {"[1:2:3:4:5:6:7:8]:80", "[1:2:3:4:5:6:7:8]:80"},
        {"[1:0:3:4:5:6:7:8]:80", "[1:0:3:4:5:6:7:8]:80"},
        {"[0:0:3:4:5:6:7:8]:80", "[::3:4:5:6:7:8]:80"},
    };
    for (const auto& [written, normal] : each) {
        INFO(written);
        CHECK(endpoint_text(written).value_or("nothing") == normal);
        CHECK(endpoint_text(normal).value_or("nothing") == normal);
    }
}

TEST_CASE("what is no address of one host, or has no port, is refused", "[datapath]") {
    for (const std::string_view wrong : {"",
                                         "192.0.2.1",
                                         "192.0.2.1:",
                                         "192.0.2.1:0",
                                         "192.0.2.1:65536",
                                         "192.0.2:80",
                                         "192.0.2.1.5:80",
                                         "192.0.2.256:80",
                                         "192.0.2.1 :80",
                                         "0.0.0.0:80",
                                         "[::]:80",
                                         "2001:db8::1:80",
                                         "[2001:db8::1:80",
                                         "[2001:db8:1]:80",
                                         "[1::2::3]:80",
                                         "[12345::]:80",
                                         "[1:2:3:4:5:6:7:8:9]:80",
                                         "[::1:2:3:4:5:6:7:8]:80",
                                         "[:1:2:3:4:5:6:7]:80",
                                         "[1:]:80",
                                         "sender",
                                         "host:80",
                                         "192.0.2.1:-1",
                                         "192.0.2.1:+1"}) {
        INFO(wrong);
        CHECK(!endpoint_text(wrong));
    }
    CHECK(receiver_text("sender").value_or("nothing") == "sender");
    CHECK(!receiver_text("receiver"));
}
