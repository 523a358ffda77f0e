// Whom a packet processor becomes.
#include <fstream>

#include "support/catch.hpp"
#include "support/scratch_folder.hpp"
#include "worker/rights.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr unsigned nobody = 65534;

worker::User user_where(const std::string& users) {
    const ScratchFolder folder;
    const std::string file = folder.path() + "/passwd";
    std::ofstream(file) << users;
    return worker::worker_user(file);
}

}  // namespace

TEST_CASE("a worker becomes the user that the packages make for it", "[worker][rights]") {
    const auto became = user_where(
        "root:x:0:0:root:/root:/bin/bash\n"
        "nanotune-worker:x:997:996:Packet processors of nanotune:/:/usr/sbin/nologin\n"
        "games:x:5:60:games:/usr/games:/usr/sbin/nologin\n");
    CHECK(became.user == 997);
    CHECK(became.group == 996);
}

TEST_CASE("a worker becomes nobody where it has no user of its own", "[worker][rights]") {
    const auto became = user_where("root:x:0:0:root:/root:/bin/bash\n");
    CHECK(became.user == nobody);
    CHECK(became.group == nobody);
    CHECK(worker::worker_user("/nonexistent/passwd").user == nobody);
}

TEST_CASE("a worker never becomes root, whatever the users' file says", "[worker][rights]") {
    CHECK(user_where("nanotune-worker:x:0:996::/:/usr/sbin/nologin\n").user == nobody);
    CHECK(user_where("nanotune-worker:x:997:0::/:/usr/sbin/nologin\n").group == nobody);
}
