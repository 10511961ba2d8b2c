// Dimension numbers of convolutions, and the shapes and paddings that follow from them.
#include <algorithm>

#include "linum/base/error.h"
#include "linum/lax/conv_primitive.h"

namespace linum::lax {
namespace {

// The two letters that are not space: N and C, or O and I.
struct Letters {
  char first, second;
};

void check_letters(std::string_view spec, Letters letters, std::string_view which) {
  for (const char letter : {letters.first, letters.second}) {
    if (std::count(spec.begin(), spec.end(), letter) != 1) {
      throw ValueError(str_cat("dimension_numbers of a convolution: ", which, " must have '",
                               letters.first, "' and '", letters.second, "' exactly once, got '",
                               spec, "'"));
    }
  }
  for (const char letter : spec) {
    if (std::count(spec.begin(), spec.end(), letter) != 1) {
      throw ValueError(str_cat("dimension_numbers of a convolution: ", which,
                               " must not repeat letters, got '", spec, "'"));
    }
  }
}

std::int64_t index_of(std::string_view spec, char letter) {
  return static_cast<std::int64_t>(spec.find(letter));
}

// (first, second, space...) with the spatial letters in the order of `kernel`.
Axes permutation_of(std::string_view spec, Letters letters, std::string_view kernel) {
  Axes out{index_of(spec, letters.first), index_of(spec, letters.second)};
  for (const char letter : kernel) {
    if (letter == 'O' || letter == 'I') continue;
    if (spec.find(letter) == std::string_view::npos) {
      throw ValueError(
          str_cat("dimension_numbers of a convolution must have the same spatial "
                  "letters, but the kernel's '",
                  letter, "' is not in '", spec, "'"));
    }
    out.push_back(index_of(spec, letter));
  }
  return out;
}

Shape spatial(const Shape& canonical) { return {canonical.begin() + 2, canonical.end()}; }

void check_permutation(const Axes& spec, std::size_t rank, std::string_view which) {
  Axes sorted = spec;
  std::sort(sorted.begin(), sorted.end());
  if (sorted != iota_axes(static_cast<std::int64_t>(rank))) {
    throw ShapeError(str_cat("dimension_numbers of a convolution: ", which, " = ", to_text(spec),
                             " does not name each of the ", rank, " dimensions once"));
  }
}

}  // namespace

ConvDimensionNumbers::ConvDimensionNumbers(std::string_view lhs, std::string_view rhs,
                                           std::string_view out) {
  constexpr Letters data{'N', 'C'}, kernel{'O', 'I'};
  if (lhs.size() != rhs.size() || out.size() != rhs.size()) {
    throw ValueError(str_cat("dimension_numbers of a convolution must have equal lengths, got '",
                             lhs, "', '", rhs, "', '", out, "'"));
  }
  check_letters(lhs, data, "lhs_spec");
  check_letters(rhs, kernel, "rhs_spec");
  check_letters(out, data, "out_spec");
  lhs_spec = permutation_of(lhs, data, rhs);
  rhs_spec = permutation_of(rhs, kernel, rhs);
  out_spec = permutation_of(out, data, rhs);
}

ConvDimensionNumbers conv_dimension_numbers(const Shape& lhs_shape, const Shape& rhs_shape,
                                            const ConvDimensionNumbers& dimension_numbers) {
  const std::size_t rank = lhs_shape.size();
  if (rank != rhs_shape.size() || rank < 2) {
    throw ShapeError(str_cat("a convolution needs lhs and rhs of one rank, at least 2: got ",
                             to_text(lhs_shape), " and ", to_text(rhs_shape)));
  }
  if (dimension_numbers.lhs_spec.empty()) {
    const Axes order = iota_axes(static_cast<std::int64_t>(rank));
    return {order, order, order};
  }
  check_permutation(dimension_numbers.lhs_spec, rank, "lhs_spec");
  check_permutation(dimension_numbers.rhs_spec, rank, "rhs_spec");
  check_permutation(dimension_numbers.out_spec, rank, "out_spec");
  return dimension_numbers;
}

Shape conv_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape, const Shape& strides,
                       const WindowPadding& padding, std::int64_t batch_group_count) {
  const Shape in = spatial(lhs_shape), window = spatial(rhs_shape);
  const Pads pads = padtype_to_pads(in, window, strides, padding);
  if (pads.size() != in.size()) {
    throw ShapeError(str_cat("a convolution over ", in.size(), " spatial dimensions got padding ",
                             pads_text(pads), " for ", pads.size()));
  }
  Shape out{lhs_shape[0] / batch_group_count, rhs_shape[0]};
  for (std::size_t i = 0; i < in.size(); ++i) {
    const std::int64_t padded = in[i] + pads[i].first + pads[i].second;
    if (padded < 0) {
      throw ShapeError(str_cat("negative padding ", pads_text(pads),
                               " of a convolution crops more than there is of ", to_text(in)));
    }
    out.push_back(stride_dim(padded, window[i], strides[i]));
  }
  return out;
}

Shape conv_general_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape,
                               const Shape& window_strides, const WindowPadding& padding,
                               const ConvDimensionNumbers& dimension_numbers) {
  const auto dn = conv_dimension_numbers(lhs_shape, rhs_shape, dimension_numbers);
  return take_dims(conv_shape_tuple(take_dims(lhs_shape, dn.lhs_spec),
                                    take_dims(rhs_shape, dn.rhs_spec), window_strides, padding),
                   inverse_permutation(dn.out_spec));
}

Shape conv_transpose_shape_tuple(const Shape& lhs_shape, const Shape& rhs_shape,
                                 const Shape& window_strides, const WindowPadding& padding,
                                 const ConvDimensionNumbers& dimension_numbers) {
  const auto dn = conv_dimension_numbers(lhs_shape, rhs_shape, dimension_numbers);
  const Shape lhs = take_dims(lhs_shape, dn.lhs_spec), rhs = take_dims(rhs_shape, dn.rhs_spec);
  const Shape window = spatial(rhs);
  const Pads pads = padding.is_explicit() ? padding.pads()
                                          : conv_transpose_padding(window, window_strides, padding);
  Shape out{lhs[0], rhs[0]};
  for (std::size_t i = 0; i < window.size(); ++i) {
    out.push_back((lhs[i + 2] - 1) * window_strides[i] - window[i] + 2 + pads[i].first +
                  pads[i].second);
  }
  return take_dims(out, inverse_permutation(dn.out_spec));
}

Pads conv_transpose_padding(const Shape& window, const Shape& strides,
                            const WindowPadding& padding) {
  Pads out(window.size());
  if (padding.is_explicit() && padding.pads().size() != window.size()) {
    throw ShapeError(str_cat("conv_transpose over ", window.size(),
                             " spatial dimensions got padding ", pads_text(padding.pads())));
  }
  for (std::size_t i = 0; i < window.size(); ++i) {
    const std::int64_t k = window[i], s = strides[i];
    if (padding.is_explicit()) {
      const auto [low, high] = padding.pads()[i];
      out[i] = {k - low - 1, k - high - 1};
    } else if (padding.name() == "SAME") {
      const std::int64_t total = k + s - 2;
      const std::int64_t before = s > k - 1 ? k - 1 : (total + 1) / 2;
      out[i] = {before, total - before};
    } else if (padding.name() == "VALID") {
      out[i] = {k - 1, s - 1 + std::max<std::int64_t>(k - s, 0)};
    } else {
      throw ValueError(str_cat("unknown padding '", padding.name(),
                               "' of conv_transpose: expected 'SAME', 'VALID' or pairs"));
    }
  }
  return out;
}

}  // namespace linum::lax
