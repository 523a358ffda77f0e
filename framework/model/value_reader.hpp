// One value of a profile, from what its author wrote to what its domain understands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resolved.hpp"
#include "variables.hpp"

namespace nanotune {

class ValueReader {
  public:
    ValueReader(const Variables& variables, std::vector<Finding>& findings)
        : variables_(variables), findings_(findings) {}

    /// Fills value, expression or rows of `setting`, whose key and meaning are set. False after a
    /// finding.
    bool read(ResolvedSetting& setting, std::string_view full_name, const Input& input);

  private:
    bool read_cpus(ResolvedSetting& setting, std::string_view full_name, const Input& input);
    bool read_text(ResolvedSetting& setting, std::string_view full_name, const Input& input);
    bool read_rows(ResolvedSetting& setting, std::string_view full_name, const Input& input);
    bool read_row(ResolvedRow& row, const Domain& domain, std::string_view full_name,
                  const Input& input);
    bool take(ResolvedSetting& setting, std::string_view full_name, const Input& input);
    bool put_in_variables(Input& input, CpuReference cpus);
    bool complain(std::string_view full_name, const Origin& origin, Error error);

    const Variables& variables_;
    std::vector<Finding>& findings_;
};

}  // namespace nanotune
