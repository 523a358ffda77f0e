#include "engine/journal.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/frame.hpp"

namespace nanotune {

Status Journal::append(const record::Record& record) {
    std::string frame = record::framed(record);
    if (frame.size() > longest_payload) {
        return failure(ErrorCode::refused,
                       fmt::format("a record of {} bytes does not fit into the journal, whose "
                                   "records have {} at most",
                                   frame.size(), longest_payload));
    }
    if (observer_ && file_) {  // one write each, so that a test can stop between any two
        NT_CHECK(file_->append(frame));
        ledger_.take(record);
        observer_(++observed_);
        return {};
    }
    appended_.push_back({.record = record, .frame = std::move(frame)});
    return {};
}

Status Journal::sync() {
    if (!file_) {
        return std::unexpected(file_.error());
    }
    NT_TRY(const std::uint64_t before, file_->size());
    if (Status kept = keep(); !kept) {
        // Nothing of it counts: what is tried next must not stand behind half of this.
        if (const Status restored = file_->cut(before); !restored) {
            file_ = std::unexpected(restored.error());
        }
        return kept;
    }
    std::ranges::for_each(appended_, [this](const Appended& one) { ledger_.take(one.record); });
    appended_.clear();
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
Status Journal::keep() {
    std::string bytes;
    for (const Appended& one : appended_) {
        bytes += one.frame;
    }
    if (!bytes.empty()) {
        NT_CHECK(file_->append(bytes));
    }
    NT_CHECK(file_->sync());
    NT_TRY(header_.synced, file_->size());
    return file_->overwrite_head(record::framed(header_));
}

}  // namespace nanotune
