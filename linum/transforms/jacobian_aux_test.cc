#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {
namespace {

std::pair<Array, Tree> squares(Array x) {
  return {lax::mul(x, x), Tree{{"n", lax::argmax(x, 0, DType::I32)}, {"sin", lax::sin(x)}}};
}
std::pair<Array, Array> cubes(Array x) {
  return {lax::reduce_sum(lax::mul(lax::mul(x, x), x), {0}), lax::neg(x)};
}
Array diagonal() { return floats({2, 2}, {2, 0, 0, 4}); }
Array corner() { return floats({2}, {1, 2}); }

void expect_aux(const Tree& aux) {
  EXPECT_EQ(aux["n"].array().item<int>(), 1);
  expect_close(aux["sin"], lax::sin(corner()));
}

}  // namespace

TEST(JacobianAux, ComesAlong) {
  auto [forward, forward_aux] = jacfwd(squares, has_aux)(corner());
  auto [reverse, reverse_aux] = jacrev(squares, has_aux)(corner());
  expect_close(forward, diagonal());
  expect_close(reverse, diagonal());
  expect_aux(forward_aux);
  expect_aux(reverse_aux);
}

TEST(JacobianAux, OfHessians) {
  auto [h, aux] = hessian(cubes, has_aux)(corner());
  expect_close(h, floats({2, 2}, {6, 0, 0, 12}));
  expect_close(aux, floats({2}, {-1, -2}));
}

TEST(JacobianAux, UnderJitAndVmap) {
  auto f = jit(vmap(jacfwd(squares, has_aux)));
  auto [j, aux] = f(lax::stack({corner(), corner()}));
  expect_close(j, lax::stack({diagonal(), diagonal()}));
  EXPECT_EQ(aux["n"].array().shape(), Shape{2});
}

}  // namespace linum
