// The journal's bytes: frames with a length and a checksum, whose payload is a list of texts.
// journal.md describes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <nanotune/target.hpp>
#include <nanotune/value.hpp>

namespace nanotune {

/// Bytes of one record. A longer one is never written, and what claims to be longer was not written
/// by us.
inline constexpr std::size_t longest_payload = std::size_t{1} << 20U;

/// What stands at the beginning of some bytes.
struct FrameFound {
    enum class Kind {
        whole,
        cut_off,  ///< the bytes end before the frame does
        damaged,
    };
    Kind kind = Kind::damaged;
    std::string_view payload = {};  ///< of a whole one
    std::size_t size = 0;           ///< of a whole one, payload and all
};
/// `bytes` are not empty. Never reads past their end, whatever they are.
[[nodiscard]] FrameFound first_frame(std::string_view bytes);

/// Puts a record's fields into the payload of a frame behind other bytes, which must outlive it. A
/// field that a newer version adds goes to the end of its record.
class PayloadWriter {
  public:
    PayloadWriter(std::string& bytes, std::string_view type);
    PayloadWriter& operator<<(std::string_view text);
    PayloadWriter& operator<<(const std::string& text) { return *this << std::string_view(text); }
    PayloadWriter& operator<<(std::uint64_t number) { return *this << std::to_string(number); }
    PayloadWriter& operator<<(const Value& value) { return *this << encoded(value); }
    PayloadWriter& operator<<(const Target& target) { return *this << target.kind << target.name; }
    /// Once all fields are in it.
    void end();

  private:
    std::string& bytes_;
    std::size_t payload_;  ///< where it begins: what stands before it is filled in at the end
};

/// Takes the fields out again, in order. Once one does not fit, none does.
class PayloadReader {
  public:
    explicit PayloadReader(std::string_view payload) : rest_(payload) {}

    std::string text();
    std::uint64_t number();
    Value value();
    Target target();
    /// Nothing where none is left: fields that were added later are not in older records.
    std::string text_if_any() { return rest_.empty() ? std::string() : text(); }
    std::uint64_t number_if_any() { return rest_.empty() ? 0 : number(); }
    [[nodiscard]] bool has_more() const { return !rest_.empty(); }
    [[nodiscard]] bool is_good() const { return is_good_; }

  private:
    std::string_view rest_;
    bool is_good_ = true;
};

}  // namespace nanotune
