#include "linum/core/array.h"

#include <gmock/gmock.h>

#include <thread>

#include "linum/base/testing.h"
#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::Each;
using testing::ElementsAre;

// --- scalars ---------------------------------------------------------------------------------

TEST(Scalar, IsWeakWhenItComesFromACppNumber) {
  EXPECT_EQ(Array(2).aval(), Aval(int32, {}, true));
  EXPECT_EQ(Array(2.5).aval(), Aval(float32, {}, true));
  EXPECT_EQ(Array(2.5f).aval(), Aval(float32, {}, true));
  EXPECT_EQ(Array(std::complex<double>(1, 2)).aval(), Aval(complex64, {}, true));
  EXPECT_EQ(Array(true).aval(), Aval(bool_, {}));
  EXPECT_EQ(Array(7u).aval(), Aval(int32, {}, true));
  EXPECT_EQ(Array(std::size_t{7}).aval(), Aval(int32, {}, true));
}

TEST(Scalar, IsWideWhenItsNumberIs) {
  EXPECT_EQ(Array(3'000'000'000).aval(), Aval(int64, {}, true));
  EXPECT_EQ(Array(UINT64_MAX).aval(), Aval(uint64, {}));
  EXPECT_EQ(Array(UINT64_MAX).item<std::uint64_t>(), UINT64_MAX);
}

TEST(Scalar, KeepsAllDigitsOfItsNumber) {
  EXPECT_EQ(Array(0.1).item<double>(), 0.1);
  EXPECT_EQ(Array(0.1).item<float>(), 0.1f);
  EXPECT_EQ(lax::convert_element_type(Array(0.1), float64).item<double>(), 0.1);
}

TEST(Scalar, OfAStrongTypeIsRoundedToIt) {
  EXPECT_EQ(make_scalar(0.1, float32).item<double>(), static_cast<double>(0.1f));
  EXPECT_EQ(make_scalar(1.001, bfloat16).item<double>(), 1.0);
  EXPECT_EQ(make_integer_scalar(300, uint8).item<int>(), 44);
  EXPECT_EQ(make_scalar(2.9, int32).item<int>(), 2);
  EXPECT_TRUE(make_scalar(0.5, bool_).item<bool>());
}

// --- from the host and back ------------------------------------------------------------------

TEST(Array, IsOnePointerWide) { EXPECT_EQ(sizeof(Array), sizeof(void*)); }

TEST(Array, HoldsBools) {
  const Array x = Array::of<bool>({2, 2}, {true, false, false, true});
  EXPECT_EQ(x.aval(), Aval(bool_, {2, 2}));
  EXPECT_THAT(x.to_vector<bool>(), ElementsAre(true, false, false, true));
}

TEST(Array, HoldsHostData) {
  Array x = Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_EQ(x.dtype(), float32);
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.shape(-1), 3);
  EXPECT_EQ(x.ndim(), 2);
  EXPECT_EQ(x.size(), 6);
  EXPECT_FALSE(x.weak());
  EXPECT_FALSE(x.is_traced());
  EXPECT_THAT(x.to_vector<float>(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST(Array, KeepsItsOwnCopyOfHostData) {
  HostArray host = HostArray::of<float>({1}, std::span<const float>(std::vector<float>{1}));
  Array x = Array::from_host(host);
  host.as<float>()[0] = 2;
  EXPECT_EQ(x.item<float>(), 1);
}

TEST(Array, MayBeEmpty) {
  Array x = Array::of<float>({0, 3}, {});
  EXPECT_EQ(x.size(), 0);
  EXPECT_EQ(lax::add(x, x).shape(), (Shape{0, 3}));
  EXPECT_THAT(x.to_vector<float>(), ElementsAre());
}

TEST(Array, OfBools) {
  HostArray host(bool_, {3});
  for (int i = 0; i < 3; ++i) host.set_number(i, i == 1);
  Array x = Array::from_host(host);
  EXPECT_THAT(x.to_vector<bool>(), ElementsAre(false, true, false));
}

TEST(Array, CopiesShareTheirValue) {
  Array x = Array::of<float>({1}, {1}), y;
  y = x;
  EXPECT_EQ(x.value(), y.value());
}

TEST(Array, CanBeWaitedFor) {
  Array x = lax::exp(Array::of<float>({3}, {0, 0, 0}));
  EXPECT_THAT(x.block_until_ready().to_vector<float>(), Each(1));
}

// --- every dtype computes; f8 is stored ------------------------------------------------------

class EveryDType : public testing::TestWithParam<int> {};

TEST_P(EveryDType, GoesThroughAProgram) {
  DType dtype = static_cast<DType>(GetParam());
  HostArray host(dtype, {2});
  host.set_number(0, 1);
  host.set_number(1, 0);
  Array y = jit([](Array x) { return lax::reshape(x, {2, 1}); })(Array::from_host(host));
  EXPECT_EQ(y.aval(), Aval(dtype, {2, 1}));
  EXPECT_EQ(y.to_host().number(0), 1);
  EXPECT_EQ(y.to_host().number(1), 0);
}

TEST_P(EveryDType, ConvertsToFloatAndBack) {
  DType dtype = static_cast<DType>(GetParam());
  Array x = Array::of<float>({3}, {0, 1, 1});
  Array y = lax::convert_element_type(x, dtype);
  EXPECT_EQ(y.dtype(), dtype);
  if (is_complex(dtype)) y = lax::real(y);
  EXPECT_THAT(lax::convert_element_type(y, float32).to_vector<float>(), ElementsAre(0, 1, 1));
}

INSTANTIATE_TEST_SUITE_P(Array, EveryDType, testing::Range(0, kDTypeCount), [](auto& info) {
  return std::string(name_of(static_cast<DType>(info.param)));
});

// There is no flag for 64 bits: what is asked for is what one gets.
TEST(Wide, IntegersKeepTheirBits) {
  std::int64_t big = (std::int64_t{1} << 53) + 1;
  Array x = Array::of<std::int64_t>({1}, {big});
  Array y = lax::add(x, Array::of<std::int64_t>({1}, {1}));
  EXPECT_EQ(y.item<std::int64_t>(), big + 1);
  EXPECT_EQ(lax::add(make_integer_scalar(big, int64), Array(1)).item<std::int64_t>(), big + 1);
}

TEST(Wide, FloatsKeepTheirDigits) {
  Array x = Array::of<double>({1}, {1e-300});
  EXPECT_EQ(lax::mul(x, Array::of<double>({1}, {1e10})).item<double>(), 1e-300 * 1e10);
  EXPECT_EQ(lax::mul(Array::of<double>({}, {1.0}), Array(0.1)).item<double>(), 0.1);
  EXPECT_NEAR(lax::exp(Array::of<double>({1}, {1.0})).item<double>(), 2.718281828459045, 1e-15);
}

TEST(Wide, ComplexNumbersKeepBothParts) {
  using C = std::complex<double>;
  Array x = Array::of<C>({1}, {C(0.1, -0.2)});
  EXPECT_LT(std::abs(lax::mul(x, x).item<C>() - C(-0.03, -0.04)), 1e-16);
  EXPECT_EQ(x.dtype(), complex128);
}

// --- errors ----------------------------------------------------------------------------------

TEST(Item, NeedsOneElement) {
  EXPECT_ERROR((Array::of<float>({2}, {1, 2}).item<float>()), ShapeError,
               "item() needs an array with one element, got f32[2]; index it or reduce it first");
}

TEST(Item, OfAComplexNumberIsComplex) {
  using C = std::complex<float>;
  Array z = Array::of<C>({}, {C(1, 2)});
  EXPECT_EQ(z.item<C>(), C(1, 2));
  EXPECT_ERROR(z.item<float>(), DTypeError, "item() of c64[] is read as a real number; read it as");
  EXPECT_ERROR(z.item<int>(), DTypeError, "or take lax::real first");
}

TEST(Vector, NeedsTheStoredType) {
  EXPECT_ERROR((Array::of<float>({1}, {1}).to_vector<double>()), DTypeError,
               "an array of float32 is read as float64");
}

TEST(Truth, NeedsOneElement) {
  EXPECT_TRUE(static_cast<bool>(Array::of<float>({1, 1}, {2})));
  EXPECT_FALSE(static_cast<bool>(Array(0)));
  EXPECT_TRUE(static_cast<bool>(Array(std::complex<float>(0, 1))));
  EXPECT_ERROR(static_cast<void>(static_cast<bool>(Array::of<float>({2}, {1, 2}))), ShapeError,
               "the truth value of an array with 2 elements is ambiguous; use np::any or np::all");
}

TEST(Undefined, IsNotUsed) {
  Array x;
  EXPECT_FALSE(x.defined());
  EXPECT_ERROR(x.aval(), ValueError, "an undefined Array is used");
  EXPECT_ERROR(x.to_host(), ValueError, "an undefined Array is used");
  EXPECT_ERROR(lax::add(x, Array(1)), ValueError, "an undefined Array is used");
}

TEST(Axis, IsChecked) {
  EXPECT_ERROR(Array::of<float>({2}, {1, 2}).shape(1), ShapeError,
               "Array::shape: axis 1 is out of range for an array with 1 dimension");
}

TEST(Traced, HasNoNumberYet) {
  auto reads = [](auto read) {
    return jit([read](Array x) {
      read(x);
      return x;
    });
  };
  Array x = Array::of<float>({1}, {1});
  EXPECT_ERROR(reads([](Array t) { t.item<float>(); })(x), ConcretizationError,
               "a traced value of type f32[1] is read as a number: inside jit, grad or vmap there "
               "is no number yet. Use lax::cond or np::where instead of `if`");
  EXPECT_ERROR(reads([](Array t) { t.to_host(); })(x), ConcretizationError, "is read as data");
  EXPECT_ERROR(reads([](Array t) { return t ? 1 : 2; })(x), ConcretizationError,
               "is read as a bool");
}

// --- threads ---------------------------------------------------------------------------------

TEST(Array, IsSharedBetweenThreads) {
  const Array x = Array::of<float>({4}, {1, 2, 3, 4});
  std::vector<std::vector<float>> seen(4);
  std::vector<std::thread> threads;
  for (auto& out : seen)
    threads.emplace_back([&out, x] {
      for (int i = 0; i < 20; ++i) out = lax::mul(x, x).to_vector<float>();
    });
  for (std::thread& t : threads) t.join();
  EXPECT_THAT(seen, Each(ElementsAre(1, 4, 9, 16)));
}

}  // namespace
}  // namespace linum
