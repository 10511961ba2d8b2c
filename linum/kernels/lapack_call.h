// What the kernels on LAPACK share: routines by element type, batches of matrices, work space.
#pragma once

#include <algorithm>
#include <cmath>
#include <complex>
#include <functional>
#include <initializer_list>
#include <vector>

#include "xla/ffi/api/ffi.h"

#define LAPACK_COMPLEX_CUSTOM
#define lapack_complex_float std::complex<float>
#define lapack_complex_double std::complex<double>
#include <lapacke.h>

namespace linum::kernels {

namespace ffi = xla::ffi;
using Operand = ffi::AnyBuffer;
using Result = ffi::Result<ffi::AnyBuffer>;

template <class T>
inline constexpr bool is_complex_v = !std::is_floating_point_v<T>;
template <class T>
using RealOf = decltype(std::abs(T{}));

inline constexpr int kByColumns = LAPACK_COL_MAJOR;  // how each call gives its matrices

// --- routines ---------------------------------------------------------------------------------

template <class T, class S, class D, class C, class Z>
constexpr auto by_type(S s, D d, C c, Z z) {
  if constexpr (std::is_same_v<T, float>)
    return s;
  else if constexpr (std::is_same_v<T, double>)
    return d;
  else if constexpr (std::is_same_v<T, std::complex<float>>)
    return c;
  else
    return z;
}

// NAME<T>: LAPACK's routine for T, whose name differs between real and complex numbers.
#define LINUM_LAPACK_ROUTINE(name, real, complex)                                         \
  template <class T>                                                                      \
  inline constexpr auto name = by_type<T>(LAPACKE_s##real##_work, LAPACKE_d##real##_work, \
                                          LAPACKE_c##complex##_work, LAPACKE_z##complex##_work)

// Calls f(work, size) for the size that it asks for.
template <class T, class F>
lapack_int with_work(const F& f) {
  T wanted{};
  if (lapack_int info = f(&wanted, lapack_int{-1})) return info;
  std::vector<T> work(static_cast<std::size_t>(std::max(RealOf<T>(1), std::real(wanted))));
  return f(work.data(), static_cast<lapack_int>(work.size()));
}
template <class T>
std::vector<T> scratch(std::int64_t size) {
  return std::vector<T>(static_cast<std::size_t>(std::max<std::int64_t>(1, size)));
}

// --- batches ----------------------------------------------------------------------------------

// The sizes of the matrices in the last two axes, and how many there are.
struct Matrices {
  lapack_int rows, columns;
  std::int64_t count;
  std::int64_t size() const { return std::int64_t{rows} * columns; }
  lapack_int least() const { return std::min(rows, columns); }
  lapack_int stride() const { return std::max(1, rows); }
};
Matrices matrices(const Operand& x);

// Part i of `count` equal parts of a buffer.
template <class T>
T* part(const Operand& x, std::int64_t i, std::int64_t count) {
  return static_cast<T*>(x.untyped_data()) +
         static_cast<std::int64_t>(x.element_count()) / count * i;
}
template <class T>
T* part(Result& x, std::int64_t i, std::int64_t count) {
  return part<T>(*x, i, count);
}

// All bits set, which is NaN in every format.
void fill_nan(const Operand& x, std::int64_t i, std::int64_t count);

template <class T>
bool all_finite(const T* x, std::int64_t size) {
  return std::all_of(x, x + size, [](const T& v) {
    return std::isfinite(std::real(v)) && std::isfinite(std::imag(v));
  });
}

// f(tag), tag::type being the type of x's elements.
template <class F>
ffi::Error with_type_of(const Operand& x, const F& f) {
  switch (x.element_type()) {
    case ffi::F32:
      f(std::type_identity<float>{});
      break;
    case ffi::F64:
      f(std::type_identity<double>{});
      break;
    case ffi::C64:
      f(std::type_identity<std::complex<float>>{});
      break;
    case ffi::C128:
      f(std::type_identity<std::complex<double>>{});
      break;
    default:
      return ffi::Error::InvalidArgument("LAPACK does not compute with this dtype");
  }
  return ffi::Error::Success();
}

// body(i) for each matrix, several small ones to a thread; where it gives not 0, `results` are NaN.
void for_each_matrix(ffi::ThreadPool& pool, const Matrices& m,
                     std::initializer_list<Operand> results,
                     const std::function<lapack_int(std::int64_t)>& body);

// Matrix i of x, copied to the result it is worked on in.
template <class T>
T* copied(const Operand& x, Result& to, std::int64_t i, const Matrices& m) {
  T* out = part<T>(to, i, m.count);
  std::copy_n(part<T>(x, i, m.count), static_cast<std::int64_t>(x.element_count()) / m.count, out);
  return out;
}

}  // namespace linum::kernels
