// Tries every setting of a NIC, or of the host: applied, seen in force by another program, taken
// back, and seen as it was. Each trial is an ordinary apply that nobody confirms, and its rollback,
// so that whatever cuts it off leaves a journal that the next rollback goes by.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/witnesses.hpp"
#include "model/certification.hpp"

namespace nanotune {

/// Everything must outlive the Certify.
struct CertifyParts {
    Engine& engine;
    Programs programs;
    std::function<Moment()> now;
    const std::atomic<bool>* cancelled = nullptr;  ///< set: nothing else is tried
    std::chrono::milliseconds patience{2'000};     ///< until another program says the same
    /// As EngineParts::may_write. Whatever is being tried then is still taken back.
    std::function<Status()> may_write = [] { return Status(); };
};

/// Lives for one verb.
class Certify {
  public:
    Certify(CertifyParts parts, const CertifyRequest& request)
        : parts_(std::move(parts)),
          witnesses_(parts_.programs, parts_.patience),
          request_(request) {}

    Certification run();

  private:
    /// A setting with the value that it is to have for a trial.
    struct Wish {
        const TrialSubject* subject = nullptr;
        Value value;
    };

    void begin(const TrialGrounds& grounds);
    void try_all(const TrialGrounds& grounds);
    void try_values(const TrialSubject& subject, const TrialGround& ground, Trial& trial);
    void try_together(const TrialGrounds& grounds);
    void attempt(const Wish& wish, const std::vector<Wish>& with, Trial& trial);
    void take_back(const TrialSubject& subject, std::uint64_t transaction, const Said& before,
                   Trial& trial);
    void tell_what_is_left(const Report& undone, Trial& trial);
    static void hear_after(const TrialSubject& subject, const Said& before, const Said& after,
                           Trial& trial);
    void judge(const Wish& wish, const Report& applied, Trial& trial);
    void hear(const Wish& wish, const std::vector<Value>& got, Trial& trial);
    void explain_refusal(const TrialSubject& subject, const Report& applied, Trial& trial);
    [[nodiscard]] static std::vector<Value> got_of(const Wish& wish, const Report& applied,
                                                   Trial& trial);
    [[nodiscard]] std::vector<Wish> companions(const TrialGrounds& grounds,
                                               const TrialSubject& subject) const;
    [[nodiscard]] ResolvedProfile profile_of(const Wish& wish, const std::vector<Wish>& with) const;
    [[nodiscard]] bool may_go_on();
    void stop(Exit exit, Error problem);
    void conclude();

    CertifyParts parts_;
    Witnesses witnesses_;
    const CertifyRequest& request_;
    Certification result_;
    std::vector<Wish> certified_;  ///< with the values that they were tried with
    std::chrono::milliseconds end_{0};
    bool is_stopped_ = false;
};

}  // namespace nanotune
