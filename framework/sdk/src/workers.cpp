// A host where nobody keeps workers.
#include <algorithm>

#include <nanotune/system.hpp>
#include <nanotune/workers.hpp>

namespace nanotune {
namespace {

class NoWorkers final : public Workers {
  public:
    Result<std::vector<std::string>> names() override { return std::vector<std::string>(); }
    Result<Worker> worker(const std::string& name) override {
        return failure(ErrorCode::not_found, "there is no worker " + name);
    }
    Status start(const std::string& name, const WorkerSettings& /*settings*/) override {
        return failure(ErrorCode::unsupported, name + ": nobody keeps workers here");
    }
    Status change(const std::string& name, const WorkerSettings& /*settings*/) override {
        return failure(ErrorCode::not_found, "there is no worker " + name);
    }
    Status prepare(const std::string& name, const WorkerSettings& /*settings*/) override {
        return failure(ErrorCode::not_found, "there is no worker " + name);
    }
    Status stop(const std::string& name) override {
        return failure(ErrorCode::not_found, "there is no worker " + name);
    }
    Status forget(const std::string& /*name*/) override { return {}; }
};

bool may_stand_in_a_name(char letter) noexcept {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_';
}

}  // namespace

Workers& System::workers() {
    static NoWorkers none;  // holds nothing
    return none;
}

bool is_worker_name(std::string_view name) noexcept {
    constexpr std::size_t longest = 32;
    return !name.empty() && name.size() <= longest && name.front() != '-' &&
           std::ranges::all_of(name, may_stand_in_a_name);
}

}  // namespace nanotune
