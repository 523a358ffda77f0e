#include "fake_service.hpp"

#include "cli/occupant.hpp"

namespace nanotune::test {

namespace {

class FakeService : public Service, public cli::Occupant {
  public:
    explicit FakeService(Answers& answers) : answers_(answers) {}

    Report plan(const ProfileRequest& profile) override {
        return asked("plan", profile, answers_.plan);
    }
    Report apply(const ProfileRequest& profile, const ApplyRequest& request) override {
        answers_.asked_apply = request;
        answers_.while_applying();
        return asked("apply", profile, answers_.apply);
    }
    Report confirm() override {
        answers_.calls.emplace_back("confirm");
        return answers_.confirm;
    }
    Report verify(const std::optional<ProfileRequest>& profile) override {
        answers_.calls.emplace_back("verify");
        answers_.asked_profile = profile;
        return answers_.verify;
    }
    Report rollback(const RollbackRequest& request) override {
        answers_.calls.emplace_back("rollback");
        answers_.asked_rollback = request;
        return answers_.rollback;
    }
    Status hold_record() override {
        answers_.holds_record = answers_.calls.empty();
        return answers_.hold_record;
    }
    Status move_in() override {
        answers_.calls.emplace_back("move_in");
        return answers_.move_in;
    }
    Report rollback_plan(const RollbackRequest& request) override {
        answers_.calls.emplace_back("rollback_plan");
        answers_.asked_rollback = request;
        return answers_.rollback;
    }
    HostStatus status() override {
        answers_.calls.emplace_back("status");
        return answers_.status;
    }
    Report freeze(const FreezeRequest& request) override {
        answers_.calls.emplace_back("freeze");
        answers_.asked_freeze = request;
        return answers_.freeze;
    }
    Report thaw() override {
        answers_.calls.emplace_back("thaw");
        return answers_.thaw;
    }
    Result<std::string> history(std::size_t count) override {
        answers_.asked_records = count;
        if (!answers_.history) {
            return answers_.history;
        }
        const std::string& all = *answers_.history;
        std::size_t begin = all.size();
        for (std::size_t left = count; left > 0 && begin > 0; --left) {
            begin = begin < 2 ? 0 : all.rfind('\n', begin - 2) + 1;
        }
        return all.substr(begin);
    }
    Status monitor(const EventSink& sink, const std::atomic<bool>& /*stop*/) override {
        for (const Event& event : answers_.events) {
            if (!sink(event)) {
                break;
            }
        }
        return answers_.monitor;
    }
    Checked<HostTopology> topology() override { return answers_.topology; }
    Certification certify(const CertifyRequest& request) override {
        answers_.calls.emplace_back("certify");
        answers_.asked_certify = request;
        return answers_.certification;
    }
    Result<std::string> capture() override { return answers_.capture; }
    Checked<std::string> show(const ProfileRequest& profile) override {
        answers_.asked_profile = profile;
        return answers_.show;
    }
    Problems check(const ProfileRequest& profile) override {
        answers_.asked_profile = profile;
        return answers_.check;
    }
    Checked<std::string> command_line(const ProfileRequest& profile) override {
        answers_.asked_profile = profile;
        return answers_.command_line;
    }
    Checked<CpuSet> cpus(const std::optional<ProfileRequest>& profile, std::string_view) override {
        answers_.asked_profile = profile;
        return answers_.cpus;
    }
    std::vector<KeyInfo> keys() override { return answers_.keys; }
    Result<KeyInfo> undeclared_key(std::string_view /*name*/) override {
        return answers_.undeclared_key;
    }
    std::vector<PluginInfo> plugins() override { return answers_.plugins; }

  private:
    Report asked(std::string_view verb, const ProfileRequest& profile, Report answer) {
        answers_.calls.emplace_back(verb);
        answers_.asked_profile = profile;
        answer.verb = verb;
        if (answer.profile.empty()) {
            answer.profile = profile.name;
        }
        return answer;
    }

    Answers& answers_;
};

}  // namespace

cli::ServiceSource source_of(Answers& answers) {
    return [&answers](const cli::ServiceOptions& options) -> Result<std::unique_ptr<Service>> {
        answers.asked_options = options;
        if (answers.unopenable) {
            return std::unexpected(*answers.unopenable);
        }
        return std::make_unique<FakeService>(answers);
    };
}

Printed nanotune(Answers& answers, const std::vector<std::string>& words,
                 const cli::Surroundings& surroundings) {
    Printed printed;
    const cli::Screen screen([&printed](std::string_view text) { printed.out += text; },
                             [&printed](std::string_view text) { printed.error += text; });
    printed.status = cli::run(words, surroundings, screen, source_of(answers));
    return printed;
}

Row row(std::string setting, Target target, std::string before, std::string wanted,
        Outcome outcome) {
    Row row;
    row.setting = std::move(setting);
    row.target = std::move(target);
    row.before = std::move(before);
    row.wanted = std::move(wanted);
    row.got = outcome == Outcome::changed ? row.wanted : row.before;
    row.outcome = outcome;
    row.origin = {.file = "/profiles/hft.toml", .line = 14, .column = 3};
    return row;
}

}  // namespace nanotune::test
