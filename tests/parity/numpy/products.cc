// jax.numpy: products and sums of products.
#include "linum/np/np.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

PARITY("numpy.dot", [](const Tree& in) { return np::dot(in[0], in[1]); });
PARITY("numpy.dot:vector", [](const Tree& in) { return np::dot(in[0], in[1]); });
PARITY("numpy.matmul", [](const Tree& in) { return np::matmul(in[0], in[1]); });
PARITY("numpy.matmul:batch", [](const Tree& in) { return np::matmul(in[0], in[1]); });
PARITY("numpy.matmul:broadcast", [](const Tree& in) { return np::matmul(in[0], in[1]); });
PARITY("numpy.matmul:vector", [](const Tree& in) { return np::matmul(in[0], in[1]); });
PARITY("numpy.inner", [](const Tree& in) { return np::inner(in[0], in[1]); });
PARITY("numpy.outer", [](const Tree& in) { return np::outer(in[0], in[1]); });
PARITY("numpy.vdot", [](const Tree& in) { return np::vdot(in[0], in[1]); });
PARITY("numpy.vdot:complex", [](const Tree& in) { return np::vdot(in[0], in[1]); });
PARITY("numpy.vecdot", [](const Tree& in) { return np::vecdot(in[0], in[1]); });
PARITY("numpy.matvec", [](const Tree& in) { return np::matvec(in[0], in[1]); });
PARITY("numpy.vecmat", [](const Tree& in) { return np::vecmat(in[0], in[1]); });
PARITY("numpy.kron", [](const Tree& in) { return np::kron(in[0], in[1]); });
PARITY("numpy.cross", [](const Tree& in) { return np::cross(in[0], in[1]); });
PARITY("numpy.convolve", [](const Tree& in) { return np::convolve(in[0], in[1]); });
PARITY("numpy.correlate", [](const Tree& in) { return np::correlate(in[0], in[1]); });
PARITY("numpy.polyval", [](const Tree& in) { return np::polyval(in[0], in[1]); });
PARITY("numpy.tensordot", [](const Tree& in) { return np::tensordot(in[0], in[1], 1); });
PARITY("numpy.tensordot:axes", [](const Tree& in) {
  return np::tensordot(in[0], in[1], {{0, 2}, {0, 1}});
});
PARITY("numpy.einsum:matmul", [](const Tree& in) {
  return np::einsum("ij,jk->ik", {in[0], in[1]});
});
PARITY("numpy.einsum:implicit", [](const Tree& in) { return np::einsum("ij,jk", {in[0], in[1]}); });
PARITY("numpy.einsum:outer", [](const Tree& in) {
  return np::einsum("ij,jk->ijk", {in[0], in[1]});
});
PARITY("numpy.einsum:sum", [](const Tree& in) { return np::einsum("ij,jk->", {in[0], in[1]}); });
PARITY("numpy.einsum:batch", [](const Tree& in) {
  return np::einsum("bij,bjk->bki", {in[0], in[1]});
});
PARITY("numpy.einsum:ellipsis", [](const Tree& in) {
  return np::einsum("...ij,...jk->...ik", {in[0], in[1]});
});
PARITY("numpy.einsum:diagonal", [](const Tree& in) { return np::einsum("ii->i", {in[0]}); });
PARITY("numpy.einsum:three", [](const Tree& in) {
  return np::einsum("ij,jk,k->i", {in[0], in[1], in[2]});
});

PARITY("numpy.convolve:same", [](const Tree& in) { return np::convolve(in[0], in[1], "same"); });
PARITY("numpy.correlate:full", [](const Tree& in) { return np::correlate(in[0], in[1], "full"); });
PARITY("numpy.cross:plane", [](const Tree& in) { return np::cross(in[0], in[1], {.axis = 0}); });
PARITY("numpy.einsum:repeated", [](const Tree& in) { return np::einsum("iij->ji", {in[0]}); });
PARITY("numpy.einsum:ones", [](const Tree& in) { return np::einsum("ij,ij->j", {in[0], in[1]}); });
PARITY("numpy.einsum:five", [](const Tree& in) {
  return np::einsum("ab,bc,cd,de,ea->bd", {in[0], in[1], in[2], in[3], in[4]});
});
PARITY("numpy.einsum_path", [](const Tree& in) {
  const np::EinsumPath plan = np::einsum_path("ij,jk,kl,l->i", {in[0], in[1], in[2], in[3]});
  std::vector<std::int64_t> flat;
  for (const Axes& step : plan.path) flat.insert(flat.end(), step.begin(), step.end());
  return np::reshape(np::array(flat, int32), {-1, 2});
});
PARITY("numpy.dot:half",
       [](const Tree& in) { return np::dot(in[0], in[1], {.preferred_element_type = float32}); });
PARITY("numpy.polyadd", [](const Tree& in) { return np::polyadd(in[0], in[1]); });
PARITY("numpy.polysub", [](const Tree& in) { return np::polysub(in[0], in[1]); });
PARITY("numpy.polymul", [](const Tree& in) { return np::polymul(in[0], in[1]); });
PARITY("numpy.polydiv", [](const Tree& in) { return np::polydiv(in[0], in[1]); });
PARITY("numpy.poly", [](const Tree& in) { return np::poly(in[0]); });
PARITY("numpy.polyder", [](const Tree& in) { return np::polyder(in[0], 2); });
PARITY("numpy.polyint", [](const Tree& in) { return np::polyint(in[0], 2, np::array({1., 2.})); });

}  // namespace
}  // namespace linum
