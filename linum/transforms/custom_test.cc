#include "linum/transforms/custom.h"

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/checkpoint.h"
#include "linum/transforms/control_flow.h"
#include "linum/transforms/custom_gradient.h"
#include "linum/transforms/eval_shape.h"
#include "linum/transforms/implicit.h"
#include "linum/transforms/jacobian.h"
#include "linum/transforms/vmap.h"

namespace linum {

static Array total_of(Array x) { return lax::reduce_sum(x, {0}); }

// --- custom_jvp ------------------------------------------------------------------------------

// sin with a derivative that cannot be mistaken: 10 t cos x.
static Array loud_sin(const Array& x) {
  using One = std::tuple<Array>;
  static const auto f = custom_jvp(
      [](Array v) { return lax::sin(v); },
      [](One x, One t) {
        return std::pair{lax::sin(std::get<0>(x)), lax::mul(lax::mul(Array(10.0f), std::get<0>(t)),
                                                            lax::cos(std::get<0>(x)))};
      });
  return f(x);
}

TEST(CustomJvp, TheValueIsTheFunctions) { expect_close(loud_sin(ramp({3})), lax::sin(ramp({3}))); }

TEST(CustomJvp, EveryModeUsesTheRule) {
  Array x = floats({}, {0.5f}), ten_cos = lax::mul(Array(10.0f), lax::cos(x));
  expect_close(jvp(loud_sin, std::tuple{x}, std::tuple{floats({}, {1})}).second, ten_cos);
  expect_close(grad(loud_sin)(x), ten_cos);
  expect_close(grad(jit(loud_sin))(x), ten_cos);
  expect_close(jit(grad(loud_sin))(x), ten_cos);
  expect_close(linearize(loud_sin, x).second(floats({}, {1})), ten_cos);
}

TEST(CustomJvp, UnderVmapEitherWay) {
  Array x = ramp({3}), ten_cos = lax::mul(Array(10.0f), lax::cos(x));
  expect_close(vmap(grad(loud_sin))(x), ten_cos);
  expect_close(grad([](Array v) { return total_of(vmap(loud_sin)(v)); })(x), ten_cos);
}

TEST(CustomJvp, SecondOrderDifferentiatesTheRule) {
  Array x = floats({}, {0.5f});
  expect_close(grad(grad(loud_sin))(x), lax::mul(Array(-10.0f), lax::sin(x)));
}

TEST(CustomJvp, InsideLoops) {
  auto f = [](Array x) {
    return lax::fori_loop(
        0, 1, [](Array, Array c) { return loud_sin(c); }, x);
  };
  Array x = floats({}, {0.5f});
  expect_close(grad(f)(x), lax::mul(Array(10.0f), lax::cos(x)));
}

TEST(CustomJvp, ARuleMayMakeArrays) {
  using One = std::tuple<Array>;
  auto f = custom_jvp(
      [](Array v) { return lax::neg(v); },
      [](One x, One t) {
        Array mask = lax::ne(floats({3}, {1, 0, 1}), Array(0.0f));
        Array scaled = lax::mul(std::get<0>(t), floats({3}, {5, 6, 7}));
        return std::pair{lax::neg(std::get<0>(x)), lax::select(mask, scaled, std::get<0>(t))};
      });
  auto total = [&](Array x) { return total_of(f(x)); };
  expect_close(grad(total)(ramp({3})), floats({3}, {5, 1, 7}));
  expect_close(grad(jit(total))(ramp({3})), floats({3}, {5, 1, 7}));
  expect_close(jit(vmap(grad(jit(total))))(ramp({2, 3})), floats({2, 3}, {5, 1, 7, 5, 1, 7}));
}

TEST(CustomJvp, TreesAndSeveralArguments) {
  using In = std::tuple<Tree, Array>;
  auto f = custom_jvp(
      [](Tree p, Array x) {
        return Tree{{"y", lax::mul(p["w"], x)}};
      },
      [](In x, In t) {
        Tree y{{"y", lax::mul(std::get<0>(x)["w"], std::get<1>(x))}};
        return std::pair{y, Tree{{"y", lax::add(std::get<0>(t)["w"], std::get<1>(t))}}};
      });
  auto g = grad<0, 1>([&](Tree p, Array x) { return f(p, x)["y"].array(); });
  auto [dp, dx] = g(Tree{{"w", floats({}, {3})}}, floats({}, {5}));
  EXPECT_EQ(dp["w"].array().item<float>(), 1);
  EXPECT_EQ(dx.item<float>(), 1);
}

TEST(CustomJvp, ARuleOfAnotherStructureShowsBoth) {
  using In = std::tuple<Tree>;
  auto f = custom_jvp(
      [](Tree t) {
        return Tree{{"y", t["x"]}};
      },
      [](In x, In) {
        return std::pair{Tree{{"z", std::get<0>(x)["x"]}}, Tree{{"y", std::get<0>(x)["x"]}}};
      });
  auto g = grad([&](Tree t) { return f(t)["y"].array(); });
  EXPECT_ERROR(g(Tree{{"x", floats({}, {1})}}), TreeError, "the rule of custom_jvp gave {'z': ");
}

TEST(CustomJvp, ATangentOfAnotherShapeShowsBoth) {
  using In = std::tuple<Array>;
  auto f = custom_jvp([](Array x) { return total_of(x); },
                      [](In x, In t) {
                        return std::pair{total_of(std::get<0>(x)), std::get<0>(t)};
                      });
  EXPECT_ERROR(grad([&](Array x) { return f(x); })(ramp({2})), ShapeError,
               "the rule of custom_jvp gave a tangent f32[2] for the result f32[]");
}

TEST(CustomJvp, CapturedDifferentiatedValuesAreRefused) {
  auto g = grad([](Array x) {
    using In = std::tuple<Array>;
    auto f = custom_jvp([x](Array y) { return lax::mul(x, y); },
                        [x](In y, In t) {
                          return std::pair{lax::mul(x, std::get<0>(y)), std::get<0>(t)};
                        });
    return f(floats({}, {1}));
  });
  EXPECT_ERROR(g(floats({}, {1})), TransformError,
               "the function captured a value that is being differentiated");
}

// --- custom_vjp ------------------------------------------------------------------------------

// x^2 whose gradient is clipped to [-1, 1].
static Array clipped_square(const Array& x) {
  static const auto f = custom_vjp([](Array v) { return lax::mul(v, v); },
                                   [](Array v) {
                                     return std::pair{lax::mul(v, v), v};
                                   },
                                   [](Array v, Array ct) {
                                     Array g = lax::mul(lax::mul(Array(2.0f), v), ct);
                                     return std::tuple{lax::clamp(Array(-1.0f), g, Array(1.0f))};
                                   });
  return f(x);
}

TEST(CustomVjp, TheValueIsTheFunctions) {
  expect_close(clipped_square(ramp({3})), floats({3}, {0, 1, 4}));
}

TEST(CustomVjp, ReverseModeUsesTheRule) {
  EXPECT_EQ(grad(clipped_square)(floats({}, {0.25f})).item<float>(), 0.5f);
  EXPECT_EQ(grad(clipped_square)(floats({}, {3})).item<float>(), 1);
  EXPECT_EQ(grad(jit(clipped_square))(floats({}, {3})).item<float>(), 1);
  EXPECT_EQ(jit(grad(clipped_square))(floats({}, {3})).item<float>(), 1);
}

TEST(CustomVjp, UnderVmapEitherWay) {
  Array x = floats({3}, {0.25f, 3, -2}), expected = floats({3}, {0.5f, 1, -1});
  expect_close(vmap(grad(clipped_square))(x), expected);
  expect_close(grad([](Array v) { return total_of(vmap(clipped_square)(v)); })(x), expected);
}

TEST(CustomVjp, AnArgumentSharedByABatchGetsTheSum) {
  auto scale =
      custom_vjp([](Array w, Array x) { return lax::mul(w, x); },
                 [](Array w, Array x) {
                   return std::pair{lax::mul(w, x), std::tuple{w, x}};
                 },
                 [](std::tuple<Array, Array> wx, Array ct) {
                   return std::tuple{lax::mul(ct, std::get<1>(wx)), lax::mul(ct, std::get<0>(wx))};
                 });
  auto f = [&](Array w, Array x) {
    return total_of(vmap(scale, {.in_axes = {std::nullopt, 0}})(w, x));
  };
  auto [dw, dx] = grad<0, 1>(f)(floats({}, {5}), floats({2}, {1, 2}));
  EXPECT_EQ(dw.item<float>(), 3);
  expect_close(dx, floats({2}, {5, 5}));
}

TEST(CustomVjp, InsideScan) {
  auto f = [](Array x) {
    auto step = [](Array c, Array v) { return std::pair{lax::add(c, clipped_square(v)), Tree()}; };
    return lax::scan(step, lax::zeros({}, DType::F32), x).first;
  };
  expect_close(grad(f)(floats({3}, {0.25f, 3, -2})), floats({3}, {0.5f, 1, -1}));
}

// The rule of custom_jvp gives a tangent that is known to be zero: that of a constant.
TEST(CustomVjp, OfATangentThatIsKnown) {
  using In = std::tuple<Array, Array>;
  auto first = custom_jvp([](Array a, Array) { return lax::mul(a, Array(2.0f)); },
                          [](In x, In t) {
                            return std::pair{lax::mul(std::get<0>(x), Array(2.0f)),
                                             lax::mul(std::get<0>(t), Array(2.0f))};
                          });
  auto with = [&](auto transform) {
    return [&first, transform](Array x) {
      Array constant = first(floats({}, {3}), x);
      return lax::mul(transform(clipped_square)(constant), x);
    };
  };
  auto plain = [](auto f) { return f; };
  auto jitted = [](auto f) { return jit(f); };
  auto remat = [](auto f) { return checkpoint(f); };
  auto looped = [](auto f) {
    return [f](Array x) {
      return lax::fori_loop(
          0, 1, [f](Array, Array c) { return f(c); }, x);
    };
  };
  Array x = floats({}, {5});
  EXPECT_EQ(grad(with(plain))(x).item<float>(), 36);
  EXPECT_EQ(grad(with(jitted))(x).item<float>(), 36);
  EXPECT_EQ(grad(with(remat))(x).item<float>(), 36);
  EXPECT_EQ(grad(with(looped))(x).item<float>(), 36);
  EXPECT_EQ(jit(grad(with(remat)))(x).item<float>(), 36);
  expect_close(vmap(grad(with(remat)))(floats({2}, {5, 6})), floats({2}, {36, 36}));
}

TEST(CustomVjp, SecondOrderDifferentiatesTheRule) {
  EXPECT_EQ(grad(grad(clipped_square))(floats({}, {0.25f})).item<float>(), 2);
  EXPECT_EQ(grad(grad(clipped_square))(floats({}, {3})).item<float>(), 0);
}

TEST(CustomVjp, ForwardModeSaysWhatToUse) {
  EXPECT_ERROR(jvp(clipped_square, std::tuple{floats({}, {1})}, std::tuple{floats({}, {1})}),
               TransformError,
               "forward-mode differentiation (jvp, jacfwd, linearize applied) needs a jvp rule");
}

TEST(CustomVjp, NothingMeansAZeroCotangent) {
  auto f = custom_vjp([](Array x, Array y) { return lax::mul(x, y); },
                      [](Array x, Array y) {
                        return std::pair{lax::mul(x, y), y};
                      },
                      [](Array y, Array ct) {
                        return std::tuple{lax::mul(ct, y), Tree()};
                      });
  auto [dx, dy] =
      grad<0, 1>([&](Array x, Array y) { return f(x, y); })(floats({}, {3}), floats({}, {5}));
  EXPECT_EQ(dx.item<float>(), 5);
  EXPECT_EQ(dy.item<float>(), 0);
}

TEST(CustomVjp, ACotangentOfAnotherShapeShowsBoth) {
  auto f = custom_vjp([](Array x) { return total_of(x); },
                      [](Array x) {
                        return std::pair{total_of(x), Tree()};
                      },
                      [](Tree, Array ct) { return std::tuple{ct}; });
  EXPECT_ERROR(grad([&](Array x) { return f(x); })(ramp({2})), ShapeError,
               "the backward function of custom_vjp gave a cotangent f32[] for argument 0, f32[2]");
}

// --- custom_gradient -------------------------------------------------------------------------

TEST(CustomGradient, ThePullBackComesWithTheValue) {
  auto f = custom_gradient([](Array x) {
    return std::pair{lax::mul(x, x),
                     [x](Array ct) { return lax::mul(ct, lax::mul(Array(3.0f), x)); }};
  });
  EXPECT_EQ(f(floats({}, {2})).item<float>(), 4);
  EXPECT_EQ(grad([&](Array x) { return f(x); })(floats({}, {2})).item<float>(), 6);
  EXPECT_EQ(jit(grad([&](Array x) { return f(x); }))(floats({}, {2})).item<float>(), 6);
  expect_close(vmap(grad([&](Array x) { return f(x); }))(floats({2}, {2, 3})), floats({2}, {6, 9}));
}

TEST(CustomGradient, OfSeveralArgumentsGivesATuple) {
  auto f = custom_gradient([](Array x, Array y) {
    return std::pair{lax::mul(x, y), [x, y](Array ct) {
                       return std::tuple{lax::mul(ct, y), lax::mul(ct, Array(7.0f))};
                     }};
  });
  auto [dx, dy] =
      grad<0, 1>([&](Array x, Array y) { return f(x, y); })(floats({}, {2}), floats({}, {5}));
  EXPECT_EQ(dx.item<float>(), 5);
  EXPECT_EQ(dy.item<float>(), 7);
}

// --- custom_linear_solve ---------------------------------------------------------------------

// Solves a diagonal system by dividing; no derivative can come from there.
static Array solve_diagonal(Array d, Array b) {
  auto divide = [d](auto, Array y) { return lax::stop_gradient(lax::div(y, d)); };
  return lax::custom_linear_solve([d](Array x) { return lax::mul(d, x); }, b, divide, divide);
}

TEST(CustomLinearSolve, Solves) {
  expect_close(solve_diagonal(floats({2}, {2, 4}), floats({2}, {6, 8})), floats({2}, {3, 2}));
}

TEST(CustomLinearSolve, DerivativesAreThoseOfTheSolution) {
  Array d = floats({2}, {2, 4}), b = floats({2}, {6, 8});
  auto f = [](Array d, Array b) { return total_of(solve_diagonal(d, b)); };
  auto reference = [](Array d, Array b) { return total_of(lax::div(b, d)); };
  auto [dd, db] = grad<0, 1>(f)(d, b);
  auto [rd, rb] = grad<0, 1>(reference)(d, b);
  expect_close(dd, rd);
  expect_close(db, rb);
  expect_close(jacfwd(f)(d, b), rd);
  expect_close(hessian(f)(d, b), hessian(reference)(d, b));
}

TEST(CustomLinearSolve, UnderVmapAndJit) {
  Array d = floats({2, 2}, {2, 4, 1, 5}), b = floats({2}, {6, 8});
  auto f = vmap(grad([](Array d, Array b) { return total_of(solve_diagonal(d, b)); }),
                {.in_axes = {0, std::nullopt}});
  expect_close(jit(f)(d, b), floats({2, 2}, {-1.5f, -0.5f, -6, -0.32f}));
}

TEST(CustomLinearSolve, WithoutTransposeSolveThereIsNoReverseMode) {
  auto f = [](Array b) {
    return total_of(
        lax::custom_linear_solve([](Array x) { return lax::mul(Array(2.0f), x); }, b,
                                 [](auto, Array y) { return lax::div(y, Array(2.0f)); }));
  };
  EXPECT_ERROR(grad(f)(ramp({2})), TransformError,
               "reverse-mode differentiation needs transpose_solve");
  expect_close(jacfwd(f)(ramp({2})), floats({2}, {0.5f, 0.5f}));
}

TEST(CustomLinearSolve, ASymmetricOneIsItsOwnTranspose) {
  auto f = [](Array b) {
    return total_of(lax::custom_linear_solve([](Array x) { return lax::mul(Array(2.0f), x); }, b,
                                             [](auto, Array y) { return lax::div(y, Array(2.0f)); },
                                             true));
  };
  expect_close(grad(f)(ramp({2})), floats({2}, {0.5f, 0.5f}));
}

TEST(CustomLinearSolve, AMapThatIsNotSquareShowsBoth) {
  auto f = [] {
    return lax::custom_linear_solve([](Array x) { return total_of(x); }, ramp({2}),
                                    [](auto, Array y) { return y; });
  };
  EXPECT_ERROR(f(), TreeError, "custom_linear_solve: matvec must give what it takes");
  EXPECT_ERROR(f(), TreeError, "(f32[2])");
}

using Aux = std::map<std::string, Array>;

// The same, with what the division left over and a count.
static std::pair<Array, Aux> solve_diagonal_with_aux(Array d, Array b) {
  auto divide = [d](auto matvec, Array y) {
    Array x = lax::div(y, d);
    return std::pair{x, Aux{{"residual", lax::sub(matvec(x), y)}, {"steps", Array(1)}}};
  };
  return lax::custom_linear_solve([d](Array x) { return lax::mul(d, x); }, b, divide, divide,
                                  has_aux);
}

TEST(CustomLinearSolve, AuxComesWithTheSolution) {
  Array d = floats({2}, {2, 4}), b = floats({2}, {6, 8});
  for (auto f : {+solve_diagonal_with_aux,
                 +[](Array d, Array b) { return jit(solve_diagonal_with_aux)(d, b); }}) {
    auto [x, aux] = f(d, b);
    expect_close(x, floats({2}, {3, 2}));
    expect_close(aux["residual"], floats({2}, {0, 0}));
    EXPECT_EQ(aux["steps"].item<int>(), 1);
  }
}

TEST(CustomLinearSolve, AuxHasNoDerivative) {
  Array d = floats({2}, {2, 4}), b = floats({2}, {6, 8});
  auto f = [](Array d, Array b) {
    auto [x, aux] = solve_diagonal_with_aux(d, b);
    return std::pair{lax::add(total_of(x), total_of(aux["residual"])), aux};
  };
  auto plain = [](Array d, Array b) { return total_of(solve_diagonal(d, b)); };
  auto [gradients, aux] = grad<0, 1>(f)(d, b);
  expect_close(std::get<0>(gradients), grad<0>(plain)(d, b));
  expect_close(std::get<1>(gradients), grad<1>(plain)(d, b));
  EXPECT_EQ(aux["steps"].item<int>(), 1);
  auto value = [f](Array d, Array b) { return f(d, b).first; };
  expect_close(hessian(value)(d, b), hessian(plain)(d, b));
}

TEST(CustomLinearSolve, AuxUnderVmap) {
  Array d = floats({2, 2}, {2, 4, 1, 5}), b = floats({2}, {6, 8});
  auto [x, aux] = vmap(solve_diagonal_with_aux, {.in_axes = {0, std::nullopt}})(d, b);
  expect_close(x, floats({2, 2}, {3, 2, 6, 1.6f}));
  expect_close(aux["residual"], lax::zeros({2, 2}, DType::F32));
  expect_close(aux["steps"], ints({2}, {1, 1}));
}

TEST(CustomLinearSolve, AuxOfASymmetricOne) {
  auto f = [](Array b) {
    auto halve = [](auto, Array y) { return std::pair{lax::div(y, Array(2.0f)), total_of(y)}; };
    auto [x, aux] = lax::custom_linear_solve([](Array x) { return lax::mul(Array(2.0f), x); }, b,
                                             halve, has_aux, true);
    return std::pair{total_of(x), aux};
  };
  auto [gradient, aux] = grad(f)(ramp({2}));
  expect_close(gradient, floats({2}, {0.5f, 0.5f}));
  EXPECT_EQ(aux.item<float>(), 1);
}

TEST(CustomLinearSolve, ASolutionOfAnotherTypeIsRefusedWithAux) {
  auto f = [] {
    return lax::custom_linear_solve([](Array x) { return x; }, ramp({2}),
                                    [](auto, Array y) {
                                      return std::pair{total_of(y), y};
                                    },
                                    has_aux);
  };
  EXPECT_ERROR(f(), TreeError,
               "custom_linear_solve: solve must give what it takes.\n"
               "  takes: * of (f32[2])\n"
               "  gives: * of (f32[])");
}

// --- custom_root -----------------------------------------------------------------------------

// x^2 = a by Newton's method, in a loop that has no reverse mode itself.
static Array square_root(Array a) {
  auto f = [a](Array x) { return lax::sub(lax::mul(x, x), a); };
  auto newton = [](auto f, Array guess) {
    auto step = [f](Array x) { return lax::sub(x, lax::div(f(x), lax::mul(Array(2.0f), x))); };
    auto far = [f](Array x) { return lax::gt(lax::abs(f(x)), Array(1e-5f)); };
    return lax::while_loop(far, step, guess);
  };
  auto scalar_solve = [](auto g, Array y) { return lax::div(y, g(lax::ones({}, DType::F32))); };
  return lax::custom_root(f, lax::ones({}, DType::F32), newton, scalar_solve);
}

TEST(CustomRoot, FindsTheRoot) {
  EXPECT_NEAR(square_root(floats({}, {2})).item<float>(), 1.41421356f, 1e-5);
}

TEST(CustomRoot, DerivativesAreImplicit) {
  Array a = floats({}, {2.5f});
  expect_close(grad(square_root)(a), grad([](Array x) { return lax::sqrt(x); })(a), 1e-4);
  expect_close(jvp(square_root, std::tuple{a}, std::tuple{a}).second,
               lax::mul(a, grad(square_root)(a)), 1e-4);
  expect_close(grad(grad(square_root))(a), grad(grad([](Array x) { return lax::sqrt(x); }))(a),
               1e-4);
}

TEST(CustomRoot, UnderVmapAndJit) {
  Array a = floats({2}, {2, 3});
  expect_close(vmap(square_root)(a), lax::sqrt(a), 1e-4);
  expect_close(jit(vmap(grad(square_root)))(a), lax::div(Array(0.5f), lax::sqrt(a)), 1e-4);
}

// The same, with the number of steps and what is left.
static std::pair<Array, Aux> square_root_with_aux(Array a) {
  using State = std::tuple<Array, Array>;
  auto f = [a](Array x) { return lax::sub(lax::mul(x, x), a); };
  auto newton = [](auto f, Array guess) {
    auto step = [f](State s) {
      auto [n, x] = s;
      return State{lax::add(n, Array(1)), lax::sub(x, lax::div(f(x), lax::mul(Array(2.0f), x)))};
    };
    auto far = [f](State s) { return lax::gt(lax::abs(f(std::get<1>(s))), Array(1e-5f)); };
    auto [n, x] = lax::while_loop(far, step, State{lax::zeros({}, DType::I32), guess});
    return std::pair{x, Aux{{"steps", n}, {"left", f(x)}}};
  };
  auto scalar_solve = [](auto g, Array y) { return lax::div(y, g(lax::ones({}, DType::F32))); };
  return lax::custom_root(f, lax::ones({}, DType::F32), newton, scalar_solve, has_aux);
}

TEST(CustomRoot, AuxComesWithTheRoot) {
  auto [x, aux] = square_root_with_aux(floats({}, {2}));
  EXPECT_NEAR(x.item<float>(), 1.41421356f, 1e-5);
  EXPECT_EQ(aux["steps"].item<int>(), 3);
  EXPECT_NEAR(aux["left"].item<float>(), 0, 1e-5);
  EXPECT_EQ(jit(square_root_with_aux)(floats({}, {2})).second["steps"].item<int>(), 3);
}

TEST(CustomRoot, AuxHasNoDerivative) {
  Array a = floats({}, {2.5f});
  auto f = [](Array a) {
    auto [x, aux] = square_root_with_aux(a);
    return std::pair{lax::add(x, lax::mul(Array(9.0f), aux["left"])), aux};
  };
  auto [gradient, aux] = grad(f)(a);
  expect_close(gradient, grad(square_root)(a), 1e-4);
  EXPECT_EQ(aux["steps"].item<int>(), 4);
  auto root = [f](Array a) { return f(a).first; };
  expect_close(grad(grad(root))(a), grad(grad(square_root))(a), 1e-4);
  auto [y, t] = jvp(square_root_with_aux, std::tuple{a}, std::tuple{a});
  expect_close(t.second["left"], lax::zeros({}, DType::F32));
}

TEST(CustomRoot, AuxUnderVmap) {
  Array a = floats({2}, {2, 1});
  auto [x, aux] = vmap(square_root_with_aux)(a);
  expect_close(x, lax::sqrt(a), 1e-4);
  expect_close(aux["steps"], ints({2}, {3, 0}));
  auto f = [](Array a) {
    auto [x, aux] = square_root_with_aux(a);
    return std::pair{x, aux};
  };
  expect_close(jit(vmap(grad(f)))(a).first, lax::div(Array(0.5f), lax::sqrt(a)), 1e-4);
}

TEST(CustomRoot, WithAuxTheSolverGivesAPair) {
  auto solve = [](const TreeFn&, const Tree& guess) { return guess; };
  EXPECT_ERROR(
      custom_root_tree([](const Tree& x) { return x; }, Tree(ramp({2})), solve, solve, true),
      TreeError, "custom_root: solve with aux must give the pair (solution, aux), not *");
}

// --- lifetimes -------------------------------------------------------------------------------

TEST(CustomVjp, RulesThatHoldTracedValuesAreFreed) {
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> alive = held;
  {
    auto f = [held](Array w) {
      auto plain = [](Array x) { return lax::sin(x); };
      auto forward = [held, w](Array x) { return std::pair{lax::sin(x), lax::mul(x, w)}; };
      auto backward = [](Array, Array ct) { return std::tuple{ct}; };
      return total_of(custom_vjp(plain, forward, backward)(lax::mul(w, w)));
    };
    EXPECT_EQ(make_program(f, ramp({2}))->outputs.size(), 1u);
    EXPECT_EQ(make_program(grad(f), ramp({2}))->outputs.size(), 1u);
    auto fails = [f](Array w) { return f(w), throw std::runtime_error("never mind"), w; };
    EXPECT_ERROR(make_program(fails, ramp({2})), std::runtime_error, "never mind");
  }
  held.reset();
  EXPECT_TRUE(alive.expired());
}

}  // namespace linum
