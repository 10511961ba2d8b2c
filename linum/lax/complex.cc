// Complex numbers and their parts. Transposes follow JAX: the pairing is bilinear, without a
// conjugate, so the cotangent of imag is -i times that of the part.
#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"

namespace linum::lax {

using X = const Array&;

Array real(X x) {
  static const auto op = unary("real", "real", kComplex, [](X, X, X t) { return real(t); },
                               {.result = real_part_of, .pull_back = [](X ct, const Aval&) {
                                  return complex(ct, make_scalar(0.0, ct.dtype()));
                                }});
  return apply(op, x);
}

Array imag(X x) {
  static const auto op = unary("imag", "imag", kComplex, [](X, X, X t) { return imag(t); },
                               {.result = real_part_of, .pull_back = [](X ct, const Aval&) {
                                  return complex(make_scalar(0.0, ct.dtype()), neg(ct));
                                }});
  return apply(op, x);
}

namespace {

const Accepts& complex_parts() {
  static const Accepts parts{[](DType d) { return d == DType::F32 || d == DType::F64; },
                             "float32 or float64"};
  return parts;
}

class Complex final : public Binary {
 public:
  std::string_view name() const override { return "complex"; }

 protected:
  const Accepts& accepts() const override { return complex_parts(); }
  std::string_view stablehlo() const override { return "complex"; }
  DType result_dtype(DType d) const override { return complex_of(d); }
  Tangent derivative(int side, const Array&, const Array&, const Array&,
                     const Tangent& t) const override {
    Array zero = make_scalar(0.0, t.dtype());
    return side == 0 ? complex(t, zero) : complex(zero, t);
  }
  Tangent pull_back(int side, const Tangent& ct, const Array&) const override {
    return side == 0 ? real(ct) : imag(neg(ct));
  }
};

}  // namespace

Array complex(X x, X y) { return apply(the<Complex>(), x, y); }

Array conj(X x) {
  static const Accepts accepted{[](DType d) { return is_complex(d) || complex_parts().test(d); },
                                "float32, float64, complex64 or complex128"};
  static const auto op = unary(
      "conj", "conj", accepted, [](X, X, X t) { return conj(t); },
      {.result = complex_of,
       .pull_back = [](X ct, const Aval& x) { return is_complex(x.dtype()) ? conj(ct) : real(ct); },
       .composed =
           [](X x) {
             if (is_complex(x.dtype())) return complex(real(x), neg(imag(x)));
             return complex(x, make_scalar(0.0, x.dtype()));
           }});
  return apply(op, x);
}

}  // namespace linum::lax
