#include "linum/nn/scaled_dot.h"

#include "linum/nn/layer_test.h"

namespace linum::nn {
namespace {

TEST(ScaledMatmul, ScalesBlocksOfNeighbours) {
  Array x = np::ones({1, 1, 4}), scales = np::array({1.0, 10.0});
  Array y = scaled_matmul(x, x, np::reshape(scales, {1, 1, 2}), np::ones({1, 1, 2}));
  expect_values(y, {1, 1, 1}, {22});
}

TEST(ScaledMatmul, ShowsShapesThatDoNotFit) {
  Array x = np::ones({1, 1, 4});
  EXPECT_ERROR(scaled_matmul(x, x, np::ones({1, 1, 3}), np::ones({1, 1, 3})), ShapeError,
               "K_s dividing K, got (1, 1, 4), (1, 1, 4), (1, 1, 3), (1, 1, 3)");
}

TEST(ScaledDotGeneral, RoundsToFourBitsWithScales) {
  // The greatest number of each block is 6, so that its scale is 1; 2.4 becomes 2.
  std::vector<float> numbers(16, 0.0f);
  numbers[0] = 6.0f;
  numbers[1] = 2.4f;
  Array x = Array::of<float>({1, 16}, numbers);
  std::vector configs(3, get_scaled_dot_general_config("nvfp4"));
  Array sixes = np::full({1, 16}, 6.0);
  Array y = scaled_dot_general(x, sixes, {{1}, {1}, {}, {}}, float32, configs);
  expect_values(y, {1, 1}, {48});
}

TEST(ScaledDotGeneral, RefusesSizesThatAreNoBlocks) {
  std::vector configs(3, get_scaled_dot_general_config("mxfp8"));
  Array x = np::ones({1, 20});
  EXPECT_ERROR(scaled_dot_general(x, x, {{1}, {1}, {}, {}}, float32, configs), ShapeError,
               "mxfp8 rounds blocks of 32 numbers, which do not divide the summed size 20");
}

TEST(ScaledDotGeneral, KnowsTwoModes) {
  EXPECT_ERROR(get_scaled_dot_general_config("int4"), ValueError,
               "unsupported mode 'int4'; use 'nvfp4' or 'mxfp8'");
}

}  // namespace
}  // namespace linum::nn
