// Devices that are away, or get another name, for a while amid an apply that is taken back or amid
// a rollback: whenever that is, what they had before is not forgotten.
#include <utility>

#include "support/catch.hpp"
#include "support/device_moves.hpp"
#include "veth_scene.hpp"

using namespace nanotune;
using namespace nanotune::test;

namespace {

constexpr std::string_view device = "veth0";
constexpr std::string_view other_name = "feed0";

/// What an operator does to veth0, counted in looks at the host from when it is due.
struct Trip {
    unsigned leaves = 0;  ///< at this look; the first is 1
    unsigned stays = 0;   ///< for so many looks
    bool is_renamed = false;
};

/// Has the operator do so.
class Operator {
  public:
    Operator(Scene& scene, Trip trip) : host_(scene.host), trip_(trip) {
        scene.engine.system().before_look([this] { look(); });
    }
    void begin() { is_due_ = true; }
    /// Whether it was away.
    [[nodiscard]] bool has_left() const { return looks_ >= trip_.leaves; }
    /// It comes back at the latest now.
    void end() {
        if (has_left() && !is_back_) {
            come_back();
        }
        is_due_ = false;
    }
    [[nodiscard]] std::string name() const {
        return std::string(is_back_ && trip_.is_renamed ? other_name : device);
    }

  private:
    void look() {
        if (!is_due_ || is_back_) {
            return;
        }
        ++looks_;
        if (looks_ == trip_.leaves) {
            move_nic_away(host_, std::string(device));
        } else if (looks_ == trip_.leaves + trip_.stays) {
            come_back();
        }
    }
    void come_back() {
        move_nic_back(host_, std::string(device));
        if (trip_.is_renamed) {
            rename_nic(host_, std::string(device), std::string(other_name));
        }
        is_back_ = true;
    }

    FakeHost& host_;
    Trip trip_;
    unsigned looks_ = 0;
    bool is_due_ = false;
    bool is_back_ = false;
};

const std::string refused_file = "/proc/sys/net/ipv4/tcp_fin_timeout";

struct MeanwhileScene : Scene {
    MeanwhileScene()
        : Scene(two_veths()
                    .with(refused_file, "60")
                    .refuse(refused_file, {.error = EINVAL, .words = {}})) {}
};

constexpr std::string_view two_mtus =
    "[nic.veth0]\nmtu = 1400\ntxqueuelen = 500\n[nic.veth1]\nmtu = 1450\n";

std::string told(const Trip& trip) {
    return "away at look " + std::to_string(trip.leaves) + " for " + std::to_string(trip.stays) +
           (trip.is_renamed ? ", back under another name" : "");
}

bool has_all(const FakeHost& host, const std::string& name) {
    return mtu_of(host, name) == "1500" && mtu_of(host, "veth1") == "1600" &&
           host.text(link_number_cell(name, 13)) == "1000";  // IFLA_TXQLEN
}

void check_rollback(MeanwhileScene& scene, const Operator& one) {
    const Report again = scene.engine.rollback();
    INFO(text_of(again));
    CHECK(again.exit == Exit::as_wanted);
    CHECK(has_all(scene.host, one.name()));
    CHECK(scene.engine.status().state == HostState::clean);
}

/// Back is what is said to be back, and the rest is with the next rollback.
void check_restored(MeanwhileScene& scene, Operator& one, const Report& report, Exit restored) {
    one.end();
    if (report.exit == restored) {
        CHECK(has_all(scene.host, one.name()));
        CHECK(report.state == HostState::clean);
    } else {
        check_rollback(scene, one);
    }
}

}  // namespace

TEST_CASE("what a device had that is away for a moment while an apply is taken back is not lost",
          "[engine][device]") {
    Trip trip{.stays = GENERATE(2U, 16U, 1000U), .is_renamed = GENERATE(false, true)};
    for (bool is_over = false; !is_over;) {
        ++trip.leaves;
        MeanwhileScene scene;
        Operator one(scene, trip);
        ApplyRequest request = apply_request();
        request.progress = [&one](const Progress& now) {
            if (now.doing.contains("tcp_fin_timeout")) {
                one.begin();
            }
        };
        const Report report = scene.engine.apply(
            std::string(two_mtus) + "[sysctl]\n\"net.ipv4.tcp_fin_timeout\" = 30\n", request);
        INFO(told(trip) << "\n" << text_of(report));
        is_over = !one.has_left();
        check_restored(scene, one, report, Exit::rolled_back);
    }
    CHECK(trip.leaves > 10);
}

TEST_CASE("what a device had that is away for a moment amid a rollback is not lost",
          "[engine][device]") {
    Trip trip{.stays = GENERATE(2U, 16U, 1000U), .is_renamed = GENERATE(false, true)};
    for (bool is_over = false; !is_over;) {
        ++trip.leaves;
        MeanwhileScene scene;
        REQUIRE(scene.engine.apply(two_mtus).exit == Exit::as_wanted);
        Operator one(scene, trip);
        one.begin();
        const Report report = scene.engine.rollback();
        INFO(told(trip) << "\n" << text_of(report));
        is_over = !one.has_left();
        check_restored(scene, one, report, Exit::as_wanted);
    }
    CHECK(trip.leaves > 10);
}

TEST_CASE("what a device had that is away for a moment amid an apply is back with a rollback",
          "[engine][device]") {
    Trip trip{.leaves = 1, .stays = GENERATE(16U, 1000U), .is_renamed = GENERATE(false, true)};
    const std::string words = GENERATE(as<std::string>(), "", "[profile]\non_failure = \"keep\"\n");
    for (bool is_over = false; !is_over; trip.leaves += 2) {
        MeanwhileScene scene;
        Operator one(scene, trip);
        one.begin();
        const Report report = scene.engine.apply(words + std::string(two_mtus));
        INFO(told(trip) << "\n" << text_of(report));
        is_over = !one.has_left();
        one.end();
        check_rollback(scene, one);
    }
    CHECK(trip.leaves > 10);
}

TEST_CASE("what a device is given while it is away amid a rollback stays", "[engine][device]") {
    unsigned kept = 0;
    bool has_returned = true;
    for (unsigned leaves = 1; has_returned; ++leaves) {
        has_returned = false;
        MeanwhileScene scene;
        REQUIRE(scene.engine.apply(two_mtus).exit == Exit::as_wanted);
        bool is_away = false;
        bool was_written = false;
        scene.engine.system().before_look([&, looks = 0U]() mutable {
            if (!was_written && ++looks == leaves) {
                move_nic_away(scene.host, std::string(device));
                is_away = true;
            }
        });
        // It is back as soon as anything is restored.
        scene.engine.system().before_write([&](unsigned) {
            was_written = true;
            if (std::exchange(is_away, false)) {
                move_nic_back(scene.host, std::string(device));
                scene.host.cells[link_number_cell(device, 4)] = "1480";  // IFLA_MTU
                has_returned = true;
            }
        });
        const Report report = scene.engine.rollback();
        INFO("away at look " << leaves << "\n" << text_of(report));
        const Row row = row_at(report, "nic.mtu", Target::nic(device));
        kept += row.outcome == Outcome::overridden ? 1 : 0;
        CHECK((row.outcome == Outcome::overridden) == (row.before == "1480"));
        CHECK(
            (row.outcome == Outcome::away || row.got == (row.before == "1480" ? "1480" : "1500")));
    }
    CHECK(kept > 0);
}
