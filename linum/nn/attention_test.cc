#include "linum/nn/attention.h"

#include <cmath>

#include "linum/nn/module_testlib.h"

namespace linum::nn {
namespace {

Array ramp(Shape shape) {
  std::int64_t n = 1;
  for (std::int64_t d : shape) n *= d;
  return np::reshape(np::divide(np::astype(np::arange(n), DType::F32), static_cast<double>(n)),
                     shape);
}
// --- masks ---------------------------------------------------------------------------------------

TEST(AttentionMasks, CausalSeesNothingAhead) {
  Array mask = make_causal_mask(lax::zeros({1, 3}, DType::I32));
  EXPECT_EQ(mask.shape(), (Shape{1, 1, 3, 3}));
  EXPECT_EQ(floats(mask), (std::vector<float>{1, 0, 0, 1, 1, 0, 1, 1, 1}));
}

TEST(AttentionMasks, OfPaddingIsAProduct) {
  Array valid = Array::of<float>({1, 2}, {1, 0});
  EXPECT_EQ(floats(make_attention_mask(valid, valid)), (std::vector<float>{1, 0, 0, 0}));
}

TEST(AttentionMasks, TakeAnyPairwiseFunction) {
  Array places = Array::of<std::int32_t>({2}, {0, 1});
  Array mask =
      make_attention_mask(places, places, np::equal, {.extra_batch_dims = 2, .dtype = DType::Bool});
  EXPECT_EQ(mask.shape(), (Shape{1, 1, 1, 2, 2}));
  EXPECT_EQ(mask.dtype(), DType::Bool);
}

TEST(AttentionMasks, CombineByAnd) {
  Array a = Array::of<float>({2}, {1, 1}), b = Array::of<float>({2}, {1, 0});
  EXPECT_EQ(floats(*combine_masks({a, std::nullopt, b})), (std::vector<float>{1, 0}));
  EXPECT_FALSE(combine_masks({std::nullopt}));
}

TEST(AttentionMasks, OfTwoRanksThrow) {
  EXPECT_ERROR(combine_masks({Array(1.0f), ramp({2})}), ShapeError, "masks must have same rank");
}

// --- dot_product_attention
// -------------------------------------------------------------------------

TEST(DotProductAttention, WeightsSumToOne) {
  Array weights = dot_product_attention_weights(ramp({2, 3, 2, 4}), ramp({2, 5, 2, 4}));
  EXPECT_EQ(weights.shape(), (Shape{2, 2, 3, 5}));
  for (float sum : floats(np::sum(weights, -1))) EXPECT_NEAR(sum, 1, 1e-6);
}

TEST(DotProductAttention, EqualScoresGiveTheMean) {
  Array query = lax::zeros({1, 1, 1, 2}, DType::F32);
  Array key = ramp({1, 2, 1, 2});
  Array out = dot_product_attention(query, key, Array::of<float>({1, 2, 1, 2}, {1, 2, 3, 4}));
  EXPECT_EQ(floats(out), (std::vector<float>{2, 3}));
}

TEST(DotProductAttention, MaskedKeysHaveNoWeight) {
  Array mask = Array::of<float>({1, 1, 1, 2}, {1, 0});
  Array weights =
      dot_product_attention_weights(ramp({1, 1, 1, 2}), ramp({1, 2, 1, 2}), {.mask = mask});
  EXPECT_EQ(floats(weights), (std::vector<float>{1, 0}));
}

TEST(DotProductAttention, BiasIsAddedToScores) {
  Array bias = Array::of<float>({1, 1, 1, 2}, {0, std::log(3.0f)});
  Array zeros = lax::zeros({1, 2, 1, 2}, DType::F32);
  Array weights =
      dot_product_attention_weights(lax::zeros({1, 1, 1, 2}, DType::F32), zeros, {.bias = bias});
  EXPECT_NEAR(floats(weights)[0], 0.25, 1e-6);
}

TEST(DotProductAttention, ComputesInTheGivenDtype) {
  AttentionOptions half{.dtype = DType::BF16, .force_fp32_for_softmax = true};
  EXPECT_EQ(dot_product_attention_weights(ramp({1, 2, 1, 2}), ramp({1, 2, 1, 2}), half).dtype(),
            DType::F32);
  half.force_fp32_for_softmax = false;
  EXPECT_EQ(dot_product_attention_weights(ramp({1, 2, 1, 2}), ramp({1, 2, 1, 2}), half).dtype(),
            DType::BF16);
}

TEST(DotProductAttention, ShapesThatDoNotFitThrow) {
  Array q = ramp({1, 2, 2, 3});
  EXPECT_ERROR(dot_product_attention(q, ramp({1, 2, 3}), ramp({1, 2, 3})), ShapeError,
               "q, k must have same rank, but the shapes are (1, 2, 2, 3) and (1, 2, 3)");
  EXPECT_ERROR(dot_product_attention(q, ramp({1, 2, 2, 4}), ramp({1, 2, 2, 4})), ShapeError,
               "q, k depths must match");
  EXPECT_ERROR(dot_product_attention(q, ramp({1, 2, 1, 3}), ramp({1, 2, 1, 3})), ShapeError,
               "q, k num_heads must match");
  EXPECT_ERROR(dot_product_attention(q, q, ramp({1, 3, 2, 3})), ShapeError,
               "k, v lengths must match");
}

TEST(DotProductAttention, DropoutNeedsAKey) {
  Array q = ramp({1, 2, 1, 2});
  EXPECT_ERROR(dot_product_attention(q, q, q, {.dropout_rate = 0.5}), ValueError,
               "dropout needs .dropout_rng, or .deterministic = true");
}

TEST(DotProductAttention, BroadcastDropoutDropsTheSameOfAllHeads) {
  Array q = ramp({2, 4, 3, 2});
  AttentionOptions drops{.dropout_rng = test_key(1), .dropout_rate = 0.5};
  Array kept = np::greater(dot_product_attention_weights(q, q, drops), 0.0);
  Array first = lax::slice_in_dim(lax::slice_in_dim(kept, 0, 1, 1, 0), 0, 1, 1, 1);
  EXPECT_TRUE(bool(np::all(np::equal(kept, first))));
  drops.broadcast_dropout = false;
  kept = np::greater(dot_product_attention_weights(q, q, drops), 0.0);
  first = lax::slice_in_dim(lax::slice_in_dim(kept, 0, 1, 1, 0), 0, 1, 1, 1);
  EXPECT_FALSE(bool(np::all(np::equal(kept, first))));
}

// --- layers
// ----------------------------------------------------------------------------------------

using MHDPA = MultiHeadDotProductAttention;

TEST(MultiHeadAttention, HasFourProjections) {
  Tree variables =
      MHDPA{.num_heads = 2, .qkv_features = 6, .out_features = 3}.init(test_key(), ramp({1, 2, 4}));
  EXPECT_EQ(variables["params/query/kernel"].array().shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(variables["params/key/bias"].array().shape(), (Shape{2, 3}));
  EXPECT_EQ(variables["params/value/kernel"].array().shape(), (Shape{4, 2, 3}));
  EXPECT_EQ(variables["params/out/kernel"].array().shape(), (Shape{2, 3, 3}));
}

TEST(MultiHeadAttention, WithoutBiasAndWithNormalizedQueries) {
  MHDPA layer{.num_heads = 1, .use_bias = false, .normalize_qk = true};
  EXPECT_EQ(paths(layer.init(test_key(), ramp({1, 2, 4}))),
            (Paths{"params/key/kernel", "params/key_ln/scale", "params/out/kernel",
                   "params/query/kernel", "params/query_ln/scale", "params/value/kernel"}));
}

TEST(MultiHeadAttention, KeysAndValuesDefaultToTheQueries) {
  MHDPA layer{.num_heads = 2};
  Array x = ramp({1, 3, 4});
  Tree variables = layer.init(test_key(), x);
  std::vector<float> y = floats(layer.apply(variables, x));
  EXPECT_EQ(floats(layer.apply(variables, x, x)), y);
  EXPECT_EQ(floats(layer.apply(variables, x, x, x)), y);
}

TEST(MultiHeadAttention, NamesFollowTheAlias) {
  struct All : Module<All> {
    Array forward(Array x) const {
      x = MHDPA{.num_heads = 1}(x);
      x = MultiHeadAttention{.num_heads = 1}(x);
      return SelfAttention{.num_heads = 1}(x);
    }
  };
  Tree params = All().init(test_key(), ramp({1, 2, 2}))["params"];
  EXPECT_TRUE(params.contains("MultiHeadDotProductAttention_0"));
  EXPECT_TRUE(params.contains("MultiHeadAttention_0"));
  EXPECT_TRUE(params.contains("SelfAttention_0"));
}

TEST(MultiHeadAttention, SowsItsWeightsWhenAsked) {
  struct Sows : Module<Sows> {
    Array forward(Array x) const {
      return SelfAttention{.num_heads = 1, .name = "attention"}(x, {.sow_weights = true});
    }
  };
  Array x = ramp({1, 2, 2});
  auto [y, updated] =
      Sows().apply(Sows().init(test_key(), x), {.mutable_collections = {"intermediates"}}, x);
  EXPECT_EQ(paths(updated), (Paths{"intermediates/attention/attention_weights/0"}));
}

TEST(MultiHeadAttention, DropoutDrawsFromItsStream) {
  SelfAttention layer{.num_heads = 1, .dropout_rate = 0.5, .deterministic = false};
  Array x = ramp({1, 4, 2});
  Tree variables = layer.init(test_key(), x);
  auto run = [&](int seed) {
    return floats(layer.apply(variables, Rngs{{"dropout", test_key(seed)}}, x));
  };
  EXPECT_EQ(run(1), run(1));
  EXPECT_NE(run(1), run(2));
  EXPECT_ERROR(layer.apply(variables, x), InvalidRngError, "needs PRNG for \"dropout\"");
}

TEST(MultiHeadAttention, DropoutNeedsToKnowWhether) {
  SelfAttention layer{.num_heads = 1, .dropout_rate = 0.5};
  EXPECT_ERROR(layer.init(test_key(), ramp({1, 2, 2})), ValueError,
               "Parameter \"deterministic\" must be passed to the constructor or at call time");
}

TEST(MultiHeadAttention, DecodesStepByStepWhatItSeesAtOnce) {
  Array x = ramp({2, 4, 6});
  SelfAttention whole{.num_heads = 2}, step{.num_heads = 2, .decode = true};
  Tree variables = step.init(test_key(), x);
  EXPECT_EQ(variables["cache/cached_key"].array().shape(), (Shape{2, 4, 2, 3}));
  AttentionCall causal{.mask = make_causal_mask(lax::zeros({2, 4}, DType::F32))};
  Array expected = whole.apply({{"params", variables["params"]}}, x, causal);
  for (int t = 0; t < 4; ++t) {
    Array now = lax::slice_in_dim(x, t, t + 1, 1, 1);
    auto [y, updated] = step.apply(variables, {.mutable_collections = {"cache"}}, now);
    variables.set("cache", updated["cache"]);
    Array wanted = lax::slice_in_dim(expected, t, t + 1, 1, 1);
    EXPECT_TRUE(bool(np::allclose(y, wanted, {.rtol = 1e-5, .atol = 1e-6}))) << t;
  }
  EXPECT_EQ(variables["cache/cache_index"].array().item<int>(), 4);
}

TEST(MultiHeadAttention, DecodingTwoPositionsAtOnceThrows) {
  SelfAttention layer{.num_heads = 1, .decode = true};
  Array x = ramp({1, 3, 2});
  Tree variables = layer.init(test_key(), x);
  EXPECT_ERROR(layer.apply(variables, {.mutable_collections = {"cache"}}, x), ShapeError,
               "Autoregressive cache shape error, expected query shape (1, 1, 1, 2)");
}

TEST(MultiHeadAttention, HeadsThatDoNotDivideTheFeaturesThrow) {
  EXPECT_ERROR(SelfAttention{.num_heads = 3}.init(test_key(), ramp({1, 2, 4})), ShapeError,
               "Memory dimension (4) must be divisible by number of heads (3)");
}

TEST(MultiHeadAttention, TakesAnotherAttentionFunction) {
  SelfAttention layer{.num_heads = 1,
                      .attention_fn = [](const Array&, const Array&, const Array& value,
                                         const AttentionOptions&) { return value; }};
  EXPECT_NO_THROW(layer.init(test_key(), ramp({1, 2, 2})));
}

}  // namespace
}  // namespace linum::nn
