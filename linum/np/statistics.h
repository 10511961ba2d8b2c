// Correlations: of samples, and of sequences.
#pragma once

#include <optional>
#include <string_view>

#include "linum/np/contractions.h"

namespace linum::np {

// mode: "full" (wherever they overlap), "same" (as long as the longer one) or "valid" (wherever
// they overlap wholly).
Array convolve(const Array& x, const Array& y, std::string_view mode = "full",
               const DotOptions& options = {});
Array correlate(const Array& x, const Array& y, std::string_view mode = "valid",
                const DotOptions& options = {});

struct CovOptions {
  Array y = {};        // further variables
  bool rowvar = true;  // variables are rows, else columns
  bool bias = false;   // divide by the number of samples, else by one less
  std::optional<double> ddof = {};
  Array fweights = {};  // how often each sample occurs
  Array aweights = {};  // how much it counts
  std::optional<DType> dtype = {};
};
// Covariances of the variables, and the same divided by both standard deviations.
Array cov(const Array& x, const CovOptions& options = {});
Array corrcoef(const Array& x, const Array& y = {}, bool rowvar = true);

}  // namespace linum::np
