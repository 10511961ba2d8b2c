// LU, QR, reflections and tridiagonal equations by LAPACK.
#include "linum/kernels/lapack_call.h"
#include "linum/kernels/lapack_targets.h"

namespace linum::kernels {
namespace {

LINUM_LAPACK_ROUTINE(getrf, getrf, getrf);
LINUM_LAPACK_ROUTINE(geqrf, geqrf, geqrf);
LINUM_LAPACK_ROUTINE(geqp3, geqp3, geqp3);
LINUM_LAPACK_ROUTINE(orgqr, orgqr, ungqr);
LINUM_LAPACK_ROUTINE(ormqr, ormqr, unmqr);
LINUM_LAPACK_ROUTINE(gtsv, gtsv, gtsv);

// Swaps counted from 0, and the permutation they make.
void finish_pivots(std::int32_t* pivots, lapack_int count, std::int32_t* permutation,
                   lapack_int rows) {
  for (lapack_int i = 0; i < rows; ++i) permutation[i] = i;
  for (lapack_int i = 0; i < count; ++i) {
    --pivots[i];
    std::swap(permutation[i], permutation[pivots[i]]);
  }
}

ffi::Error compute_lu(ffi::ThreadPool pool, Operand x, Result lu, Result pivots, Result order) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*lu}, [&](std::int64_t i) {
      auto* swaps = part<std::int32_t>(pivots, i, m.count);
      const lapack_int info =
          getrf<T>(kByColumns, m.rows, m.columns, copied<T>(x, lu, i, m), m.stride(), swaps);
      finish_pivots(swaps, m.least(), part<std::int32_t>(order, i, m.count), m.rows);
      return std::min(info, 0);  // a singular matrix has factors too
    });
  });
}

ffi::Error compute_geqrf(ffi::ThreadPool pool, Operand x, Result a, Result taus) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*a, *taus}, [&](std::int64_t i) {
      T* factors = copied<T>(x, a, i, m);
      return with_work<T>([&](T* work, lapack_int size) {
        return geqrf<T>(kByColumns, m.rows, m.columns, factors, m.stride(),
                        part<T>(taus, i, m.count), work, size);
      });
    });
  });
}

template <class T>
lapack_int pivoted_qr(const Matrices& m, T* a, std::int32_t* order, T* taus) {
  std::fill_n(order, m.columns, 0);  // every column may move
  [[maybe_unused]] auto rwork = scratch<RealOf<T>>(2 * std::int64_t{m.columns});
  const lapack_int info = with_work<T>([&](T* work, lapack_int size) {
    if constexpr (is_complex_v<T>) {
      return geqp3<T>(kByColumns, m.rows, m.columns, a, m.stride(), order, taus, work, size,
                      rwork.data());
    } else {
      return geqp3<T>(kByColumns, m.rows, m.columns, a, m.stride(), order, taus, work, size);
    }
  });
  for (lapack_int j = 0; j < m.columns; ++j) --order[j];
  return info;
}

ffi::Error compute_geqp3(ffi::ThreadPool pool, Operand x, Result a, Result taus, Result order) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*a, *taus}, [&](std::int64_t i) {
      return pivoted_qr<T>(m, copied<T>(x, a, i, m), part<std::int32_t>(order, i, m.count),
                           part<T>(taus, i, m.count));
    });
  });
}

lapack_int count_of(const Operand& taus) {
  const auto shape = taus.dimensions();
  return static_cast<lapack_int>(shape[shape.size() - 1]);
}

ffi::Error compute_householder_product(ffi::ThreadPool pool, Operand a, Operand taus, Result q) {
  const Matrices m = matrices(a);
  return with_type_of(a, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*q}, [&](std::int64_t i) {
      T* out = copied<T>(a, q, i, m);
      return with_work<T>([&](T* work, lapack_int size) {
        return orgqr<T>(kByColumns, m.rows, m.columns, count_of(taus), out, m.stride(),
                        part<T>(taus, i, m.count), work, size);
      });
    });
  });
}

ffi::Error compute_ormqr(ffi::ThreadPool pool, Operand a, Operand taus, Operand c, Result out,
                         bool left, bool transpose) {
  const Matrices m = matrices(c), reflections = matrices(a);
  return with_type_of(a, [&](auto tag) {
    using T = typename decltype(tag)::type;
    const char adjoint = is_complex_v<T> ? 'C' : 'T';
    for_each_matrix(pool, m, {*out}, [&](std::int64_t i) {
      T* result = copied<T>(c, out, i, m);
      return with_work<T>([&](T* work, lapack_int size) {
        return ormqr<T>(kByColumns, left ? 'L' : 'R', transpose ? adjoint : 'N', m.rows, m.columns,
                        count_of(taus), part<T>(a, i, m.count), reflections.stride(),
                        part<T>(taus, i, m.count), result, m.stride(), work, size);
      });
    });
  });
}

ffi::Error compute_tridiagonal_solve(ffi::ThreadPool pool, Operand dl, Operand d, Operand du,
                                     Operand b, Result x) {
  const Matrices m = matrices(b);
  return with_type_of(b, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*x}, [&](std::int64_t i) {
      const auto copy = [&](const Operand& v, lapack_int start) {
        const T* values = part<T>(v, i, m.count);
        auto out = scratch<T>(m.rows);
        std::copy(values + start, values + m.rows, out.begin());
        return out;
      };
      auto lower = copy(dl, 1), diagonal = copy(d, 0), upper = copy(du, 0);
      return gtsv<T>(kByColumns, m.rows, m.columns, lower.data(), diagonal.data(), upper.data(),
                     copied<T>(b, x, i, m), m.stride());
    });
  });
}

#define LINUM_PLAIN ffi::Ffi::Bind().Ctx<ffi::ThreadPool>()
XLA_FFI_DEFINE_HANDLER(lu_handler, compute_lu,
                       LINUM_PLAIN.Arg<Operand>().Ret<Operand>().Ret<Operand>().Ret<Operand>());
XLA_FFI_DEFINE_HANDLER(geqrf_handler, compute_geqrf,
                       LINUM_PLAIN.Arg<Operand>().Ret<Operand>().Ret<Operand>());
XLA_FFI_DEFINE_HANDLER(geqp3_handler, compute_geqp3,
                       LINUM_PLAIN.Arg<Operand>().Ret<Operand>().Ret<Operand>().Ret<Operand>());
XLA_FFI_DEFINE_HANDLER(householder_handler, compute_householder_product,
                       LINUM_PLAIN.Arg<Operand>().Arg<Operand>().Ret<Operand>());
XLA_FFI_DEFINE_HANDLER(ormqr_handler, compute_ormqr,
                       LINUM_PLAIN.Arg<Operand>()
                           .Arg<Operand>()
                           .Arg<Operand>()
                           .Ret<Operand>()
                           .Attr<bool>("left")
                           .Attr<bool>("transpose"));
XLA_FFI_DEFINE_HANDLER(
    tridiagonal_solve_handler, compute_tridiagonal_solve,
    LINUM_PLAIN.Arg<Operand>().Arg<Operand>().Arg<Operand>().Arg<Operand>().Ret<Operand>());
#undef LINUM_PLAIN

}  // namespace

std::vector<LapackTarget> lapack_factors() {
  return {{"lu", lu_handler, true},        {"geqrf", geqrf_handler, true},
          {"geqp3", geqp3_handler, false}, {"householder_product", householder_handler, true},
          {"ormqr", ormqr_handler, true},  {"tridiagonal_solve", tridiagonal_solve_handler, true}};
}

}  // namespace linum::kernels
