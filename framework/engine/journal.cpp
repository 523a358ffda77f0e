#include "engine/journal.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "engine/frame.hpp"

namespace nanotune {
namespace {

constexpr std::size_t usual_records = 48;  // few stages change, or applies hold, more

}  // namespace

void Journal::make_room() {
    if (appended_.capacity() == 0) {
        appended_.reserve(usual_records);
    }
}

Status Journal::frame_last() {
    const std::size_t before = frames_.size();
    record::append_framed(frames_, appended_.back());
    const std::size_t size = frames_.size() - before;
    if (size > longest_payload) {
        frames_.resize(before);
        appended_.pop_back();
        return failure(ErrorCode::refused,
                       fmt::format("a record of {} bytes does not fit into the journal, whose "
                                   "records have {} at most",
                                   size, longest_payload));
    }
    if (observer_ && file_) {  // one write each, so that a test can stop between any two
        const Status written = file_->append(std::string_view(frames_).substr(before));
        frames_.resize(before);
        record::Record record = std::move(appended_.back());
        appended_.pop_back();
        NT_CHECK(written);
        ledger_.take(std::move(record));
        observer_(++observed_);
    }
    return {};
}

void Journal::discard() {
    appended_.clear();
    frames_.clear();
}

Status Journal::sync() {
    if (!file_) {
        return std::unexpected(file_.error());
    }
    NT_TRY(const std::uint64_t before, file_->size());
    if (Status kept = keep(before); !kept) {
        // Nothing of it counts: what is tried next must not stand behind half of this.
        if (const Status restored = file_->cut(before); !restored) {
            file_ = std::unexpected(restored.error());
        }
        return kept;
    }
    ledger_.make_room(static_cast<std::size_t>(std::ranges::count_if(
        appended_, [](const auto& one) { return std::holds_alternative<record::Intent>(one); })));
    for (record::Record& one : appended_) {
        ledger_.take(std::move(one));
    }
    discard();
    if (ledger_.is_blank()) {
        forget();
    }
    return {};
}

/// Back to the header alone. Not done is not worse: the file says the same, at greater length.
void Journal::forget() {
    record::Header alone = header_;
    alone.synced = record::framed(alone).size();
    if (alone.synced != header_.synced && file_->overwrite_head(record::framed(alone)) &&
        file_->cut(alone.synced)) {
        header_ = alone;
    }
}

/// On the disk, and counted by the header.
Status Journal::keep(std::uint64_t size) {
    if (!frames_.empty()) {
        NT_CHECK(file_->append(frames_, size));
    }
    NT_CHECK(file_->sync());
    header_.synced = size + frames_.size();
    return file_->overwrite_head(record::framed(header_));
}

}  // namespace nanotune
