// Eigenvalues, singular values and the forms before them by LAPACK.
#include "linum/kernels/lapack_call.h"
#include "linum/kernels/lapack_targets.h"

namespace linum::kernels {
namespace {

LINUM_LAPACK_ROUTINE(syevd, syevd, heevd);
LINUM_LAPACK_ROUTINE(geev, geev, geev);
LINUM_LAPACK_ROUTINE(gees, gees, gees);
LINUM_LAPACK_ROUTINE(gesdd, gesdd, gesdd);
LINUM_LAPACK_ROUTINE(gesvd, gesvd, gesvd);
LINUM_LAPACK_ROUTINE(gehrd, gehrd, gehrd);
LINUM_LAPACK_ROUTINE(sytrd, sytrd, hetrd);

constexpr lapack_int kNotFinite = -1;  // these routines may loop for ever on NaN

// --- Hermitian --------------------------------------------------------------------------------

template <class T>
lapack_int eigh(lapack_int n, char triangle, T* v, RealOf<T>* w) {
  auto iwork = scratch<lapack_int>(3 + 5 * std::int64_t{n});
  const auto isize = static_cast<lapack_int>(iwork.size());
  return with_work<T>([&](T* work, lapack_int size) {
    if constexpr (is_complex_v<T>) {
      auto rwork = scratch<RealOf<T>>(1 + 5 * std::int64_t{n} + 2 * std::int64_t{n} * n);
      return syevd<T>(kByColumns, 'V', triangle, n, v, std::max(1, n), w, work, size, rwork.data(),
                      static_cast<lapack_int>(rwork.size()), iwork.data(), isize);
    } else {
      return syevd<T>(kByColumns, 'V', triangle, n, v, std::max(1, n), w, work, size, iwork.data(),
                      isize);
    }
  });
}

ffi::Error compute_eigh(ffi::ThreadPool pool, Operand x, Result v, Result w, bool lower) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*v, *w}, [&](std::int64_t i) {
      T* vectors = copied<T>(x, v, i, m);
      if (!all_finite(vectors, m.size())) return kNotFinite;
      return eigh<T>(m.rows, lower ? 'L' : 'U', vectors, part<RealOf<T>>(w, i, m.count));
    });
  });
}

ffi::Error compute_tridiagonal(ffi::ThreadPool pool, Operand x, Result a, Result d, Result e,
                               Result taus, bool lower) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*a, *d, *e, *taus}, [&](std::int64_t i) {
      T* reduced = copied<T>(x, a, i, m);
      return with_work<T>([&](T* work, lapack_int size) {
        return sytrd<T>(kByColumns, lower ? 'L' : 'U', m.rows, reduced, m.stride(),
                        part<RealOf<T>>(d, i, m.count), part<RealOf<T>>(e, i, m.count),
                        part<T>(taus, i, m.count), work, size);
      });
    });
  });
}

// --- any square matrix ------------------------------------------------------------------------

// Eigenvectors as LAPACK stores those of a real matrix: of a pair of conjugates the real part of
// the first, then its imaginary part.
template <class R>
void unpack(lapack_int n, const R* imaginary, const R* packed, std::complex<R>* out) {
  const auto size = static_cast<std::size_t>(n);
  for (std::size_t j = 0; j < size; ++j) {
    const R* re = packed + j * size;
    if (imaginary[j] == 0) {
      std::copy_n(re, size, out + j * size);
      continue;
    }
    for (std::size_t k = 0; k < size; ++k) {
      out[j * size + k] = {re[k], re[size + k]};
      out[(j + 1) * size + k] = {re[k], -re[size + k]};
    }
    ++j;
  }
}

// vl or vr: null where not wanted.
template <class T>
lapack_int eig(lapack_int n, T* a, std::complex<RealOf<T>>* w, std::complex<RealOf<T>>* vl,
               std::complex<RealOf<T>>* vr) {
  const lapack_int stride = std::max(1, n);
  const char left = vl ? 'V' : 'N', right = vr ? 'V' : 'N';
  if constexpr (is_complex_v<T>) {
    auto rwork = scratch<RealOf<T>>(2 * std::int64_t{n});
    return with_work<T>([&](T* work, lapack_int size) {
      return geev<T>(kByColumns, left, right, n, a, stride, w, vl, stride, vr, stride, work, size,
                     rwork.data());
    });
  } else {
    auto re = scratch<T>(n), im = scratch<T>(n);
    auto l = scratch<T>(vl ? std::int64_t{n} * n : 1), r = scratch<T>(vr ? std::int64_t{n} * n : 1);
    const lapack_int info = with_work<T>([&](T* work, lapack_int size) {
      return geev<T>(kByColumns, left, right, n, a, stride, re.data(), im.data(), l.data(), stride,
                     r.data(), stride, work, size);
    });
    if (info != 0) return info;
    for (std::size_t j = 0; j < static_cast<std::size_t>(n); ++j) w[j] = {re[j], im[j]};
    if (vl) unpack(n, im.data(), l.data(), vl);
    if (vr) unpack(n, im.data(), r.data(), vr);
    return 0;
  }
}

// w, then the vectors that are wanted.
ffi::Error compute_eig(ffi::ThreadPool pool, Operand x, Result w, ffi::RemainingRets vectors,
                       bool left, bool right, bool) {
  const Matrices m = matrices(x);
  std::vector<Operand> wanted;
  for (std::size_t i = 0; i < vectors.size(); ++i) wanted.push_back(**vectors.get<Operand>(i));
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    using C = std::complex<RealOf<T>>;
    for_each_matrix(pool, m, {*w}, [&](std::int64_t i) -> lapack_int {
      const T* values = part<T>(x, i, m.count);
      std::vector<T> a(values, values + m.size());
      C* vl = left ? part<C>(wanted.front(), i, m.count) : nullptr;
      C* vr = right ? part<C>(wanted.back(), i, m.count) : nullptr;
      const bool fails = !all_finite(values, m.size()) ||
                         eig<T>(m.rows, a.data(), part<C>(w, i, m.count), vl, vr) != 0;
      for (const Operand& v : wanted)
        if (fails) fill_nan(v, i, m.count);
      return fails ? 1 : 0;
    });
  });
}

template <class T>
lapack_int schur(lapack_int n, T* t, T* q) {
  const lapack_int stride = std::max(1, n);
  const char job = q ? 'V' : 'N';
  lapack_int sorted = 0;
  auto w = scratch<T>(n);
  [[maybe_unused]] auto im = scratch<RealOf<T>>(n);
  return with_work<T>([&](T* work, lapack_int size) {
    if constexpr (is_complex_v<T>) {
      return gees<T>(kByColumns, job, 'N', nullptr, n, t, stride, &sorted, w.data(), q, stride,
                     work, size, im.data(), nullptr);
    } else {
      return gees<T>(kByColumns, job, 'N', nullptr, n, t, stride, &sorted, w.data(), im.data(), q,
                     stride, work, size, nullptr);
    }
  });
}

ffi::Error compute_schur(ffi::ThreadPool pool, Operand x, Result t, ffi::RemainingRets vectors,
                         bool with_vectors) {
  const Matrices m = matrices(x);
  std::vector<Operand> q;
  if (with_vectors) q.push_back(**vectors.get<Operand>(0));
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*t}, [&](std::int64_t i) -> lapack_int {
      T* form = copied<T>(x, t, i, m);
      T* basis = with_vectors ? part<T>(q[0], i, m.count) : nullptr;
      const bool fails = !all_finite(form, m.size()) || schur<T>(m.rows, form, basis) != 0;
      if (fails && with_vectors) fill_nan(q[0], i, m.count);
      return fails ? 1 : 0;
    });
  });
}

ffi::Error compute_hessenberg(ffi::ThreadPool pool, Operand x, Result a, Result taus) {
  const Matrices m = matrices(x);
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*a, *taus}, [&](std::int64_t i) {
      T* form = copied<T>(x, a, i, m);
      return with_work<T>([&](T* work, lapack_int size) {
        return gehrd<T>(kByColumns, m.rows, 1, m.rows, form, m.stride(), part<T>(taus, i, m.count),
                        work, size);
      });
    });
  });
}

// --- singular values --------------------------------------------------------------------------

template <class T>
struct SvdOf {
  Matrices m;
  char job;  // as gesdd's
  T *a, *u, *vh;
  RealOf<T>* s;
  lapack_int vh_stride() const {
    return job == 'A' ? std::max(1, m.columns) : std::max(1, m.least());
  }
};

template <class T>
lapack_int by_qr_iteration(const SvdOf<T>& x) {
  const Matrices& m = x.m;
  [[maybe_unused]] auto rwork = scratch<RealOf<T>>(5 * std::int64_t{m.least()});
  return with_work<T>([&](T* work, lapack_int size) {
    const auto call = [&](auto... rest) {
      return gesvd<T>(kByColumns, x.job, x.job, m.rows, m.columns, x.a, m.stride(), x.s, x.u,
                      m.stride(), x.vh, x.vh_stride(), work, size, rest...);
    };
    if constexpr (is_complex_v<T>)
      return call(rwork.data());
    else
      return call();
  });
}

template <class T>
lapack_int by_divide_and_conquer(const SvdOf<T>& x) {
  const Matrices& m = x.m;
  const std::int64_t k = m.least(), larger = std::max(m.rows, m.columns);
  auto iwork = scratch<lapack_int>(8 * k);
  [[maybe_unused]] auto rwork =
      scratch<RealOf<T>>(std::max(5 * k * k + 7 * k, 2 * larger * k + 2 * k * k + k));
  return with_work<T>([&](T* work, lapack_int size) {
    const auto call = [&](auto... rest) {
      return gesdd<T>(kByColumns, x.job, m.rows, m.columns, x.a, m.stride(), x.s, x.u, m.stride(),
                      x.vh, x.vh_stride(), work, size, rest...);
    };
    if constexpr (is_complex_v<T>)
      return call(rwork.data(), iwork.data());
    else
      return call(iwork.data());
  });
}

template <class T>
void fill_eye(T* x, lapack_int n) {
  const auto size = static_cast<std::size_t>(n);
  std::fill_n(x, size * size, T{});
  for (std::size_t i = 0; i < size; ++i) x[i * size + i] = T{1};
}

template <class T>
lapack_int svd(const SvdOf<T>& x, bool qr_iteration) {
  if (x.m.least() > 0) return qr_iteration ? by_qr_iteration(x) : by_divide_and_conquer(x);
  if (x.job == 'A') fill_eye(x.u, x.m.rows), fill_eye(x.vh, x.m.columns);
  return 0;
}

ffi::Error compute_svd(ffi::ThreadPool pool, Operand x, Result s, ffi::RemainingRets vectors,
                       bool full, bool with_vectors, bool qr_iteration) {
  const Matrices m = matrices(x);
  std::vector<Operand> uv;
  for (std::size_t i = 0; i < vectors.size(); ++i) uv.push_back(**vectors.get<Operand>(i));
  const char job = !with_vectors ? 'N' : (full ? 'A' : 'S');
  return with_type_of(x, [&](auto tag) {
    using T = typename decltype(tag)::type;
    for_each_matrix(pool, m, {*s}, [&](std::int64_t i) -> lapack_int {
      const T* values = part<T>(x, i, m.count);
      std::vector<T> a(values, values + m.size());
      T* u = with_vectors ? part<T>(uv[0], i, m.count) : nullptr;
      T* vh = with_vectors ? part<T>(uv[1], i, m.count) : nullptr;
      const SvdOf<T> problem{m, job, a.data(), u, vh, part<RealOf<T>>(s, i, m.count)};
      const bool fails = !all_finite(values, m.size()) || svd(problem, qr_iteration) != 0;
      for (const Operand& v : uv)
        if (fails) fill_nan(v, i, m.count);
      return fails ? 1 : 0;
    });
  });
}

#define LINUM_PLAIN ffi::Ffi::Bind().Ctx<ffi::ThreadPool>().Arg<Operand>().Ret<Operand>()
XLA_FFI_DEFINE_HANDLER(eigh_handler, compute_eigh, LINUM_PLAIN.Ret<Operand>().Attr<bool>("lower"));
XLA_FFI_DEFINE_HANDLER(
    tridiagonal_handler, compute_tridiagonal,
    LINUM_PLAIN.Ret<Operand>().Ret<Operand>().Ret<Operand>().Attr<bool>("lower"));
XLA_FFI_DEFINE_HANDLER(eig_handler, compute_eig,
                       LINUM_PLAIN.RemainingRets()
                           .Attr<bool>("compute_left_eigenvectors")
                           .Attr<bool>("compute_right_eigenvectors")
                           .Attr<bool>("enable_eigvec_derivs"));
XLA_FFI_DEFINE_HANDLER(schur_handler, compute_schur,
                       LINUM_PLAIN.RemainingRets().Attr<bool>("compute_schur_vectors"));
XLA_FFI_DEFINE_HANDLER(hessenberg_handler, compute_hessenberg, LINUM_PLAIN.Ret<Operand>());
XLA_FFI_DEFINE_HANDLER(svd_handler, compute_svd,
                       LINUM_PLAIN.RemainingRets()
                           .Attr<bool>("full_matrices")
                           .Attr<bool>("compute_uv")
                           .Attr<bool>("qr_iteration"));
#undef LINUM_PLAIN

}  // namespace

std::vector<LapackTarget> lapack_spectra() {
  return {{"eigh", eigh_handler, false},
          {"tridiagonal", tridiagonal_handler, false},
          {"eig", eig_handler, false},
          {"schur", schur_handler, false},
          {"hessenberg", hessenberg_handler, false},
          {"svd", svd_handler, false}};
}

}  // namespace linum::kernels
