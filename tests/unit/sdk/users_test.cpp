// Users in /etc/passwd and in /proc/PID/status.
#include <nanotune/users.hpp>

#include "support/catch.hpp"

using namespace nanotune;

TEST_CASE("users are named by their numbers, and the first of two with one number counts",
          "[sdk][users]") {
    constexpr std::string_view passwd =
        "root:x:0:0:root:/root:/bin/bash\n"
        "feed:x:990:990::/nonexistent:/usr/sbin/nologin\n"
        "toor:x:0:0::/root:/bin/sh\n"
        "\n"
        "+::::::\n"
        "a broken line\n"
        "last:x:7";
    const UserNames names = user_names(passwd);
    CHECK(names.at("0") == "root");
    CHECK(names.at("990") == "feed");
    CHECK(names.at("7") == "last");
    CHECK_FALSE(names.contains("1"));
    for (const auto& [number, name] : names) {
        CHECK(user_name(passwd, number) == name);
    }
    CHECK_FALSE(user_name(passwd, "1"));
    CHECK_FALSE(user_name("", "0"));
}

TEST_CASE("the user of a process is the effective one", "[sdk][users]") {
    CHECK(effective_user("Name:\tping\nUid:\t1000\t33\t0\t0\nGid:\t5\t6\t7\t8\n") == "33");
    CHECK(effective_user("Name:\tUid: 1 2\nUid:\t4\t5\t6\t7\n") == "5");
    CHECK(effective_user("Uid:\t4\n").empty());
    CHECK(effective_user("").empty());
}
