// One job on the bus: who began it, how far it is, and what it came to.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "daemon/authority.hpp"
#include "daemon/engine_thread.hpp"
#include "daemon/reply.hpp"
#include "service/bus/adaptor.hpp"

namespace nanotune::daemon {

/// What is known of a job from its beginning.
struct JobFacts {
    std::uint64_t number = 0;
    std::string verb;
    std::string sender;      ///< the connection that began it
    std::uint32_t user = 0;  ///< whose it was
    bool shows_rows = true;
};

class JobObject final
    : public sdbus::AdaptorInterfaces<org::nanotune1::Job_adaptor, sdbus::ManagedObject_adaptor> {
  public:
    using Clock = std::chrono::steady_clock;

    /// `cancel` is asked to cancel the job of this number.
    JobObject(sdbus::IConnection& connection, JobFacts facts, Authority& authority,
              std::function<void(std::uint64_t)> cancel);
    ~JobObject();
    JobObject(const JobObject&) = delete;
    JobObject& operator=(const JobObject&) = delete;
    JobObject(JobObject&&) = delete;
    JobObject& operator=(JobObject&&) = delete;

    void begin();
    void progress(const nanotune::Progress& progress);
    void end(Answer answer);

    [[nodiscard]] const JobFacts& facts() const { return facts_; }
    [[nodiscard]] bool ended_before(Clock::time_point time) const {
        return answer_ && ended_ < time;
    }
    /// When it may be forgotten; the end of time while it has not ended.
    [[nodiscard]] Clock::time_point expires() const { return expires_; }

  private:
    void Wait(sdbus::Result<bus::Facts>&& result) override;
    void Rows(sdbus::Result<std::vector<bus::WireRow>>&& result, std::string list,
              std::uint64_t first) override;
    void Problems(sdbus::Result<std::vector<bus::WireProblem>>&& result,
                  std::uint64_t first) override;
    void Notes(sdbus::Result<std::vector<std::string>>&& result, std::uint64_t first) override;
    void Devices(sdbus::Result<std::vector<std::string>>&& result, std::uint64_t first) override;
    void Text(sdbus::Result<std::string>&& result, std::uint64_t first) override;
    void Cancel(sdbus::Result<>&& result) override;
    void Close(sdbus::Result<>&& result) override;
    std::string Verb() override { return facts_.verb; }
    std::string State() override;
    bus::WireProgress Progress() override { return progress_; }

    template <typename R, typename F>
    void for_owner(const R& reply, const F& then);
    template <typename T, typename F>
    void answer_once_ended(sdbus::Result<T>&& result, F answer);
    [[nodiscard]] Result<std::vector<bus::WireRow>> page(const std::string& list,
                                                         std::uint64_t first) const;
    void tell(const std::string& property);

    JobFacts facts_;
    Authority& authority_;
    std::function<void(std::uint64_t)> cancel_;
    bool has_begun_ = false;
    bus::WireProgress progress_;
    std::optional<Answer> answer_;
    Clock::time_point ended_;
    Clock::time_point expires_ = Clock::time_point::max();
    std::vector<Reply<bus::Facts>> waiters_;
    std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

[[nodiscard]] std::string path_of_job(std::uint64_t number);

}  // namespace nanotune::daemon
