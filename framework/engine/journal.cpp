#include "engine/journal.hpp"

#include <algorithm>

namespace nanotune {

Status Journal::append(const record::Record& record) {
    if (observer_ && file_) {  // one write each, so that a test can stop between any two
        NT_CHECK(file_->append(record::framed(record)));
        ledger_.take(record);
        observer_(++observed_);
        return {};
    }
    appended_.push_back(record);
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
    std::ranges::for_each(appended_, [this](const record::Record& r) { ledger_.take(r); });
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
    for (const record::Record& record : appended_) {
        bytes += record::framed(record);
    }
    if (!bytes.empty()) {
        NT_CHECK(file_->append(bytes));
    }
    NT_CHECK(file_->sync());
    NT_TRY(header_.synced, file_->size());
    return file_->overwrite_head(record::framed(header_));
}

}  // namespace nanotune
