#include "linum/lax/fft.h"

#include <algorithm>

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/matrices.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

constexpr std::string_view kTypeNames[] = {"FFT", "IFFT", "RFFT", "IRFFT"};
std::string_view name_of(FftType type) { return kTypeNames[static_cast<int>(type)]; }

class Fft final : public Structural {
 public:
  Fft(FftType type, Shape lengths) : type_(type), lengths_(std::move(lengths)) {}
  std::string_view name() const override { return "fft"; }
  void params(ParamSink& sink) const override {
    sink("fft_type", name_of(type_));
    sink("fft_lengths", lengths_);
  }
  std::vector<Aval> infer(std::span<const Aval>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;

 protected:
  Tangent pull_back(const Tangent& ct, const Aval& operand) const override;
  Array batch_front(const Array& x, std::int64_t) const override { return again(x); }

 private:
  bool halves_operand() const { return type_ == FftType::IRFFT; }
  bool halves_result() const { return type_ == FftType::RFFT; }
  Shape half_lengths() const;
  void check_dtype(const Aval& x) const;
  void check_shape(const Aval& x) const;
  Ssa emit(Emitter&, const Ssa& x, const Aval& result) const;
  Ssa emit_by_axes(Emitter&, const Ssa& x) const;

  const FftType type_;
  const Shape lengths_;
};

// The lengths of the side that leaves out half of the last axis.
Shape Fft::half_lengths() const {
  Shape out = lengths_;
  out.back() = out.back() / 2 + 1;
  return out;
}

void Fft::check_dtype(const Aval& x) const {
  const DType d = x.dtype();
  if (halves_result() ? d == DType::F32 || d == DType::F64 : is_complex(d)) return;
  throw DTypeError(str_cat(name_of(type_), " input must be ",
                           halves_result() ? "float32 or float64" : "complex64 or complex128",
                           ", got ", x));
}

void Fft::check_shape(const Aval& x) const {
  const auto n = static_cast<std::int64_t>(lengths_.size());
  if (n > x.rank()) {
    throw ShapeError(str_cat("fft input ", x, " must have at least as many dimensions as ",
                             "fft_lengths ", to_text(lengths_)));
  }
  if (n > 3) {
    throw ShapeError(str_cat("fft transforms at most three axes at once, got fft_lengths ",
                             to_text(lengths_), "; transform the others in a second call"));
  }
  const Shape last(x.shape().end() - n, x.shape().end());
  if (last == (halves_operand() ? half_lengths() : lengths_)) return;
  throw ShapeError(str_cat(name_of(type_), " input ", x, " must end in the dimensions ",
                           to_text(halves_operand() ? half_lengths() : lengths_),
                           ", for fft_lengths ", to_text(lengths_)));
}

std::vector<Aval> Fft::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 1);
  const Aval& x = operands[0];
  check_dtype(x);
  check_shape(x);
  Shape shape = x.shape();
  shape.back() = halves_result() ? half_lengths().back() : lengths_.back();
  const DType dtype = halves_result()    ? complex_of(x.dtype())
                      : halves_operand() ? real_part_of(x.dtype())
                                         : x.dtype();
  return {Aval(dtype, std::move(shape))};
}

// --- transposes -------------------------------------------------------------------------------

// How often each element of a half axis stands for one of the whole axis of n: twice, but for the
// first and, where n is even, the last.
Array multiplicity(std::int64_t n, DType dtype) {
  const Array place = iota(DType::I32, n / 2 + 1);
  const Array twice =
      lt(mul(place, make_integer_scalar(2, DType::I32)), make_integer_scalar(n, DType::I32));
  const Array first = eq(place, make_integer_scalar(0, DType::I32));
  const Array both = bitwise_and(twice, logical_not(first));
  return add(convert_element_type(both, dtype), make_scalar(1.0, dtype));
}

Array along_last_axis(const Array& x, const Array& like) {
  return broadcast_in_dim(x, like.shape(), {like.ndim() - 1});
}

Array transpose_of_rfft(const Array& ct, const Shape& lengths) {
  const Array times = along_last_axis(multiplicity(lengths.back(), ct.dtype()), ct);
  const Array whole = fft(div(conj(ct), times), FftType::IRFFT, lengths);
  return scaled(whole, static_cast<double>(element_count(lengths)));
}

Array transpose_of_irfft(const Array& ct, const Shape& lengths) {
  const Array half = fft(ct, FftType::RFFT, lengths);
  const Array times = along_last_axis(multiplicity(lengths.back(), half.dtype()), half);
  return conj(scaled(mul(times, half), 1.0 / static_cast<double>(element_count(lengths))));
}

Tangent Fft::pull_back(const Tangent& ct, const Aval&) const {
  if (halves_result()) return transpose_of_rfft(ct, lengths_);
  if (halves_operand()) return transpose_of_irfft(ct, lengths_);
  return again(ct);  // the matrix of the transform is symmetric
}

// --- lowering ---------------------------------------------------------------------------------

Ssa Fft::emit(Emitter& e, const Ssa& x, const Aval& result) const {
  return e.op1("stablehlo.fft", {x},
               str_cat("fft_type = #stablehlo<fft_type ", name_of(type_),
                       ">, fft_length = ", mlir_i64_array(lengths_)),
               result);
}

// IRFFT of several axes as IFFT of all but the last, and IRFFT of that one.
Ssa Fft::emit_by_axes(Emitter& e, const Ssa& x) const {
  const auto inverse = [this](std::span<const Array> operands) {
    const std::int64_t rank = operands[0].ndim(), n = static_cast<std::int64_t>(lengths_.size());
    Axes last_first = iota_axes(rank);
    std::rotate(last_first.end() - n, last_first.end() - 1, last_first.end());
    const Array y = fft(lax::transpose(operands[0], last_first), FftType::IFFT,
                        Shape(lengths_.begin(), lengths_.end() - 1));
    return std::vector<Array>{
        fft(lax::transpose(y, inverse_permutation(last_first)), type_, {lengths_.back()})};
  };
  return lower_composed(e, inverse, {&x, 1})[0];
}

std::vector<Ssa> Fft::lower(Emitter& e, std::span<const Ssa> operands,
                            std::span<const Aval> results) const {
  // The GPUs' libraries take symmetry along all axes for granted, where only the last has it.
  const bool is_gpu = e.platform() == "cuda" || e.platform() == "rocm";
  if (is_gpu && halves_operand() && lengths_.size() > 1) return {emit_by_axes(e, operands[0])};
  return {emit(e, operands[0], results[0])};
}

FftType type_named(std::string_view name) {
  constexpr std::string_view small[] = {"fft", "ifft", "rfft", "irfft"};
  for (int i = 0; i < 4; ++i)
    if (name == small[i] || name == kTypeNames[i]) return static_cast<FftType>(i);
  throw ValueError(str_cat("Unknown FFT type '", name, "'; it is fft, ifft, rfft or irfft"));
}

}  // namespace

Array fft(const Array& x, FftType type, const Shape& fft_lengths) {
  if (type == FftType::RFFT && is_complex(x.dtype())) {
    throw DTypeError(str_cat("only real valued inputs are supported for rfft, got ", x.aval()));
  }
  const DType inexact = to_inexact(x.dtype());
  Array y = convert_element_type(x, type == FftType::RFFT ? inexact : complex_of(inexact));
  if (fft_lengths.empty()) return y;
  return bind1<Fft>({y}, type, fft_lengths);
}

Array fft(const Array& x, std::string_view type, const Shape& fft_lengths) {
  return fft(x, type_named(type), fft_lengths);
}

}  // namespace linum::lax
