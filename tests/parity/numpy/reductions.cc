// jax.numpy: reductions and what is made of them.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.amax", [](const Tree& in) { return np::amax(in[0]); });
PARITY("numpy.amax:axis", [](const Tree& in) { return np::amax(in[0], -1); });
PARITY("numpy.amin", [](const Tree& in) { return np::amin(in[0]); });
PARITY("numpy.amin:axis", [](const Tree& in) { return np::amin(in[0], -1); });
PARITY("numpy.max", [](const Tree& in) { return np::max(in[0]); });
PARITY("numpy.max:axis", [](const Tree& in) { return np::max(in[0], -1); });
PARITY("numpy.mean", [](const Tree& in) { return np::mean(in[0]); });
PARITY("numpy.mean:axis", [](const Tree& in) { return np::mean(in[0], -1); });
PARITY("numpy.min", [](const Tree& in) { return np::min(in[0]); });
PARITY("numpy.min:axis", [](const Tree& in) { return np::min(in[0], -1); });
PARITY("numpy.prod", [](const Tree& in) { return np::prod(in[0]); });
PARITY("numpy.prod:axis", [](const Tree& in) { return np::prod(in[0], -1); });
PARITY("numpy.ptp", [](const Tree& in) { return np::ptp(in[0]); });
PARITY("numpy.ptp:axis", [](const Tree& in) { return np::ptp(in[0], -1); });
PARITY("numpy.std", [](const Tree& in) { return np::std(in[0]); });
PARITY("numpy.std:axis", [](const Tree& in) { return np::std(in[0], -1); });
PARITY("numpy.sum", [](const Tree& in) { return np::sum(in[0]); });
PARITY("numpy.sum:axis", [](const Tree& in) { return np::sum(in[0], -1); });
PARITY("numpy.var", [](const Tree& in) { return np::var(in[0]); });
PARITY("numpy.var:axis", [](const Tree& in) { return np::var(in[0], -1); });
PARITY("numpy.median", [](const Tree& in) { return np::median(in[0]); });
PARITY("numpy.median:axis", [](const Tree& in) { return np::median(in[0], -1); });
PARITY("numpy.max:keepdims", [](const Tree& in) {
  return np::max(in[0], {.axis = {0, 2}, .keepdims = true});
});
PARITY("numpy.mean:keepdims", [](const Tree& in) {
  return np::mean(in[0], {.axis = {0, 2}, .keepdims = true});
});
PARITY("numpy.sum:keepdims", [](const Tree& in) {
  return np::sum(in[0], {.axis = {0, 2}, .keepdims = true});
});
PARITY("numpy.var:keepdims", [](const Tree& in) {
  return np::var(in[0], {.axis = {0, 2}, .keepdims = true});
});
PARITY("numpy.nanmax", [](const Tree& in) { return np::nanmax(in[0], -1); });
PARITY("numpy.nanmean", [](const Tree& in) { return np::nanmean(in[0], -1); });
PARITY("numpy.nanmin", [](const Tree& in) { return np::nanmin(in[0], -1); });
PARITY("numpy.nanprod", [](const Tree& in) { return np::nanprod(in[0], -1); });
PARITY("numpy.nanstd", [](const Tree& in) { return np::nanstd(in[0], -1); });
PARITY("numpy.nansum", [](const Tree& in) { return np::nansum(in[0], -1); });
PARITY("numpy.nanvar", [](const Tree& in) { return np::nanvar(in[0], -1); });
PARITY("numpy.nanmedian", [](const Tree& in) { return np::nanmedian(in[0], -1); });
PARITY("numpy.sum:int", [](const Tree& in) { return np::sum(in[0]); });
PARITY("numpy.prod:int", [](const Tree& in) { return np::prod(in[0]); });
PARITY("numpy.max:int", [](const Tree& in) { return np::max(in[0]); });
PARITY("numpy.mean:int", [](const Tree& in) { return np::mean(in[0]); });
PARITY("numpy.sum:bool", [](const Tree& in) { return np::sum(in[0], 1); });
PARITY("numpy.sum:where",
       [](const Tree& in) { return np::sum(in[0], {.axis = 1, .where = in[1]}); });
PARITY("numpy.mean:where", [](const Tree& in) { return np::mean(in[0], {.where = in[1]}); });
PARITY("numpy.var:ddof", [](const Tree& in) { return np::var(in[0], {.axis = 0, .ddof = 1}); });
PARITY("numpy.std:ddof", [](const Tree& in) { return np::std(in[0], {.axis = 1, .ddof = 1}); });
PARITY("numpy.all", [](const Tree& in) { return np::all(in[0], 1); });
PARITY("numpy.any", [](const Tree& in) { return np::any(in[0], 0); });
PARITY("numpy.count_nonzero", [](const Tree& in) { return np::count_nonzero(in[0], 1); });
PARITY("numpy.average",
       [](const Tree& in) { return np::average(in[0], {.axis = 1, .weights = in[1]}); });
PARITY("numpy.argmax", [](const Tree& in) { return np::argmax(in[0], 1); });
PARITY("numpy.argmax:flat", [](const Tree& in) { return np::argmax(in[0]); });
PARITY("numpy.argmin", [](const Tree& in) { return np::argmin(in[0], 0); });
PARITY("numpy.nanargmax", [](const Tree& in) { return np::nanargmax(in[0], 1); });
PARITY("numpy.nanargmin", [](const Tree& in) { return np::nanargmin(in[0], 1); });
PARITY("numpy.cumsum", [](const Tree& in) { return np::cumsum(in[0], 1); });
PARITY("numpy.cumsum:flat", [](const Tree& in) { return np::cumsum(in[0]); });
PARITY("numpy.cumprod", [](const Tree& in) { return np::cumprod(in[0], 1); });
PARITY("numpy.cumprod:flat", [](const Tree& in) { return np::cumprod(in[0]); });
PARITY("numpy.cumulative_sum",
       [](const Tree& in) { return np::cumulative_sum(in[0], {.axis = 1}); });
PARITY("numpy.cumulative_prod",
       [](const Tree& in) { return np::cumulative_prod(in[0], {.axis = 1}); });
PARITY("numpy.nancumsum", [](const Tree& in) { return np::nancumsum(in[0], 2); });
PARITY("numpy.nancumprod", [](const Tree& in) { return np::nancumprod(in[0], 2); });
PARITY("numpy.quantile", [](const Tree& in) { return np::quantile(in[0], 0.3, {.axis = 1}); });
PARITY("numpy.percentile", [](const Tree& in) { return np::percentile(in[0], 30, {.axis = 1}); });
PARITY("numpy.diff", [](const Tree& in) { return np::diff(in[0], 1, 1); });
PARITY("numpy.ediff1d", [](const Tree& in) { return np::ediff1d(in[0]); });
PARITY("numpy.trapezoid", [](const Tree& in) { return np::trapezoid(in[0], {.axis = 1}); });
PARITY("numpy.gradient", [](const Tree& in) { return np::gradient(in[0], 2)[0]; });
PARITY("numpy.cov", [](const Tree& in) { return np::cov(in[0]); });
PARITY("numpy.corrcoef", [](const Tree& in) { return np::corrcoef(in[0]); });
PARITY("numpy.bincount", [](const Tree& in) { return np::bincount(in[0], {.length = 6}); });

PARITY("numpy.nanquantile", [](const Tree& in) {
  return np::nanquantile(in[0], np::array({0.2, 0.7}), {.axis = 2});
});
PARITY("numpy.nanpercentile",
       [](const Tree& in) { return np::nanpercentile(in[0], 40, {.keepdims = true}); });
PARITY("numpy.quantile:lower", [](const Tree& in) {
  return np::quantile(in[0], np::array({0.1, 0.55, 1.0}), {.axis = {0, 2}, .method = "lower"});
});
PARITY("numpy.quantile:higher", [](const Tree& in) {
  return np::quantile(in[0], np::array({0.1, 0.55, 1.0}), {.axis = {0, 2}, .method = "higher"});
});
PARITY("numpy.quantile:nearest", [](const Tree& in) {
  return np::quantile(in[0], np::array({0.1, 0.55, 1.0}), {.axis = {0, 2}, .method = "nearest"});
});
PARITY("numpy.quantile:midpoint", [](const Tree& in) {
  return np::quantile(in[0], np::array({0.1, 0.55, 1.0}), {.axis = {0, 2}, .method = "midpoint"});
});
PARITY("numpy.quantile:inverted_cdf", [](const Tree& in) {
  return np::quantile(in[0], np::array({0.1, 0.55, 1.0}),
                      {.axis = {0, 2}, .method = "inverted_cdf"});
});
PARITY("numpy.quantile:weights", [](const Tree& in) {
  return np::quantile(in[0], 0.4,
                      {.axis = 1, .method = "inverted_cdf", .keepdims = true, .weights = in[1]});
});
PARITY("numpy.median:nan", [](const Tree& in) { return np::median(in[0], 1); });
PARITY("numpy.unwrap", [](const Tree& in) { return np::unwrap(in[0]); });
PARITY("numpy.unwrap:period", [](const Tree& in) { return np::unwrap(in[0], {.period = 4}); });
PARITY("numpy.diff:ends",
       [](const Tree& in) { return np::diff(in[0], {.n = 2, .prepend = 1.0, .append = 0.5}); });
PARITY("numpy.gradient:uneven", [](const Tree& in) {
  return np::gradient(in[0], {np::array({0., 1., 3., 4.})})[0];
});
PARITY("numpy.trapezoid:x", [](const Tree& in) { return np::trapezoid(in[0], {.x = in[1]}); });
PARITY("numpy.interp:period", [](const Tree& in) {
  return np::interp(in[0], np::array({3., 0.5, 1.}), np::array({1., 3., 0.}), {.period = 4});
});
PARITY("numpy.histogram", [](const Tree& in) { return np::histogram(in[0], {.bins = 5}); });
PARITY("numpy.histogram:density", [](const Tree& in) {
  return np::histogram(in[0], {.bins = 4, .range = {{-1, 2}}, .weights = in[1], .density = true});
});
PARITY("numpy.histogram_bin_edges",
       [](const Tree& in) { return np::histogram_bin_edges(in[0], 5); });
PARITY("numpy.histogram2d", [](const Tree& in) {
  const np::Histogram2d h =
      np::histogram2d(in[0], in[1], {.bins = {3, np::array({-2., 0., 1., 2.})}});
  return std::tuple{h.counts, h.x_edges, h.y_edges};
});
PARITY("numpy.histogramdd",
       [](const Tree& in) { return np::histogramdd(in[0], {.bins = {3}, .density = true}); });
PARITY("numpy.cov:weights", [](const Tree& in) {
  return np::cov(in[0], {.rowvar = false, .fweights = in[2], .aweights = in[1]});
});
PARITY("numpy.cov:complex", [](const Tree& in) { return np::cov(in[0]); });
PARITY("numpy.cumulative_sum:initial",
       [](const Tree& in) { return np::cumulative_sum(in[0], {.include_initial = true}); });
PARITY("numpy.bincount:weights",
       [](const Tree& in) { return np::bincount(in[0], {.weights = in[1], .length = 4}); });

}  // namespace
}  // namespace linum
