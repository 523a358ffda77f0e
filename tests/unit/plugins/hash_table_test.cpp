// A table of the receive hash as text, and back.
#include "nic/hash_table.hpp"

#include "support/catch.hpp"

using namespace nanotune;
using nic::HashTable;

TEST_CASE("the kernel's own table is called by its name, whatever the count of queues", "[nic]") {
    CHECK(nic::text_of({0, 1, 2, 3, 0, 1, 2, 3}, 4) == "all");
    CHECK(nic::text_of({0, 1, 2, 0, 1, 2, 0, 1}, 3) == "all");
    CHECK(nic::text_of({0, 0, 0, 0}, 1) == "all");
}

TEST_CASE("a driver's own blocks are called so, whatever the count of queues", "[nic]") {
    CHECK(nic::text_of({0, 0, 1, 1, 2, 2, 3, 3}, 4) == "blocks");
    CHECK(nic::text_of({0, 0, 0, 0, 1, 1, 1, 1}, 2) == "blocks");
    CHECK(nic::text_of({0, 0, 0, 0, 1, 1, 1, 1}, 4) == "0*4 1*4");
    CHECK(nic::table_in("blocks", 8, 4) == HashTable{0, 0, 1, 1, 2, 2, 3, 3});
    CHECK(nic::table_in("blocks", 8, 3) == HashTable{0, 0, 0, 1, 1, 1, 2, 2});
}

TEST_CASE("any other table is spelled as its shortest pattern", "[nic]") {
    CHECK(nic::text_of({0, 1, 0, 1}, 4) == "0 1 x2");
    CHECK(nic::text_of({2, 2, 2, 2}, 4) == "2 x4");
    CHECK(nic::text_of({0, 0, 0, 1}, 2) == "0*3 1");
    CHECK(nic::text_of({0, 0, 1, 0, 0, 1}, 2) == "0*2 1 x2");
    CHECK(nic::text_of({0, 1, 2, 0, 1}, 4) == "0 1 2 0 1");
}

TEST_CASE("a table comes back from its text", "[nic]") {
    for (const HashTable& table : {HashTable{0, 1, 0, 1}, HashTable{3}, HashTable{0, 0, 0, 1},
                                   HashTable{5, 4, 4, 5, 4, 4}}) {
        CHECK(nic::table_in(nic::text_of(table, 0), 1, 1) == table);
    }
    CHECK(nic::table_in("all", 8, 4) == HashTable{});
}

TEST_CASE("tables that are the same are spelled the same", "[nic]") {
    CHECK(nic::normal_table("0 0 0 1") == "0*3 1");
    CHECK(nic::normal_table("0 1 0 1") == "0 1 x2");
    CHECK(nic::normal_table("0*1 1 x1") == "0 1");
    CHECK(nic::normal_table("all") == "all");
    CHECK(nic::normal_table("blocks") == "blocks");
}

TEST_CASE("what is no table is refused by the word that is wrong", "[nic]") {
    for (const char* text : {"", "0 a", "0*", "*3", "0*0", "x4", "0 x4 1", "0 x0", "0 x99999999",
                             "-1", "all 0", "0*99999999"}) {
        INFO(text);
        const auto table = nic::table_in(text, 8, 4);
        REQUIRE_FALSE(table);
        CHECK(table.error().code == ErrorCode::invalid);
    }
    CHECK(nic::table_in("0 1 oops", 8, 4).error().message.contains("\"oops\""));
}

TEST_CASE("queues get entries in turn, or as many as their weight asks for", "[nic]") {
    CHECK(nic::dealt_in_turn({1, 3}, 5) == HashTable{1, 3, 1, 3, 1});
    CHECK(nic::dealt_by_weight({0, 1}, {3, 1}, 8) == HashTable{0, 0, 0, 0, 0, 0, 1, 1});
    CHECK(nic::dealt_by_weight({0, 1, 2}, {1, 1, 1}, 8) == HashTable{0, 0, 1, 1, 1, 2, 2, 2});
    CHECK(nic::dealt_by_weight({2, 4, 6}, {0, 1, 0}, 3) == HashTable{4, 4, 4});
}
