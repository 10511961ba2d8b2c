#include "linum/export/exported.h"

#include <filesystem>
#include <fstream>

#include "linum/base/testing.h"
#include "linum/lax/compare_test.h"
#include "linum/lax/lax.h"
#include "linum/lax/memory.h"
#include "linum/lax/ramp_test.h"
#include "linum/transforms/autodiff.h"
#include "linum/transforms/eval_shape.h"

namespace linum {
namespace {

struct Params {
  Array kernel, bias;
  LINUM_FIELDS(kernel, bias)
};
Params params() { return {ramp({3, 2}), floats({2}, {1, -1})}; }
Tree predict(const Params& p, const Array& x) {
  Array y = lax::dot(x, p.kernel);
  return Tree{{"logits", lax::add(y, lax::broadcast_in_dim(p.bias, y.shape(), {1}))}};
}
Exported plain() { return export_function(predict, {.name = "predict"}, params(), ramp({4, 3})); }
Exported batched(ExportOptions options = {.name = "predict", .batch_sizes = {4, 2}}) {
  options.batched = {1};
  return export_function(predict, options, params(), shape_struct({1, 3}, DType::F32));
}
std::string temporary(const std::string& name) { return testing::TempDir() + name; }
Exported through_file(const Exported& f, bool trust_code = false) {
  std::string path = temporary("f.linum");
  f.save(path);
  return load_exported(path, trust_code);
}
std::string with_byte(std::string bytes, std::size_t at, char value) {
  bytes[at] = value;
  return bytes;
}

}  // namespace

// --- round trips -----------------------------------------------------------------------------

TEST(ExportedTest, KeepsMemories) {
  const Array there = device_put(ramp({2}), MemorySpace::Host);
  auto f = [&](Array x) {
    return device_put(lax::add(x, device_put(there, MemorySpace::Device)), MemorySpace::Host);
  };
  Exported g = through_file(export_function(f, {.name = "f"}, ramp({2})));
  const Array y = g(ramp({2})).array();
  EXPECT_EQ(y.memory(), MemorySpace::Host);
  expect_close(y, f(ramp({2})));
  expect_close(g(there).array(), y);  // brought to where the program wants it
}

TEST(ExportedTest, IsTheFunction) {
  Exported f = through_file(plain());
  expect_close(f(params(), ramp({4, 3}))["logits"], predict(params(), ramp({4, 3}))["logits"]);
  EXPECT_EQ(f.name(), "predict");
  EXPECT_EQ(to_text(f.in_avals()), "f32[2], f32[3,2], f32[4,3]");
  EXPECT_EQ(to_text(f.out_avals()), "f32[4,2]");
  EXPECT_EQ(f.out_tree().to_string(), plain().out_tree().to_string());
  EXPECT_TRUE(f.batch_sizes().empty());
  EXPECT_NE(f.text().find("@main"), std::string::npos);
}

TEST(ExportedTest, KeepsWhatItCaptured) {
  Array table = ramp({3}), flag = Array(2);
  auto f = [&](Array x) { return lax::mul(lax::add(x, table), flag); };
  Exported g = through_file(export_function(f, {}, ramp({3})));
  expect_close(g(ramp({3})), floats({3}, {0, 4, 8}));
}

TEST(ExportedTest, KeepsArgumentsItDoesNotRead) {
  Exported g =
      through_file(export_function([](Array, Array y) { return y; }, {}, ramp({3}), ramp({2})));
  expect_close(g(ramp({3}), ramp({2})), ramp({2}));
}

TEST(ExportedTest, EveryKindOfTree) {
  auto f = [](Tree t) { return Tree::list({t["none"], t["list"][1], Tree::empty_dict(), t}); };
  Tree in{
      {"none", Tree()}, {"list", Tree::list({ramp({2}), ramp({1})})}, {"empty", Tree::list({})}};
  Tree out = through_file(export_function(f, {}, in))(in);
  EXPECT_TRUE(out[0].is_none());
  expect_close(out[1], ramp({1}));
  EXPECT_TRUE(out[2].is_dict());
  EXPECT_EQ(out[3].to_string(), in.to_string());
}

TEST(ExportedTest, OfStages) {
  auto f = jit([](Array x) { return lax::sin(x); }, {.donate = {0}, .name = "wave"});
  Array x = ramp({3});
  for (const Exported& g : {export_stage(f.lower(x)), export_stage(f.lower(x).compile(), true)}) {
    EXPECT_EQ(g.name(), "wave");
    expect_close(through_file(g)(x), lax::sin(x));
    EXPECT_EQ(x.to_vector<float>()[1], 1) << "an exported function donates nothing";
  }
}

TEST(ExportedTest, OfAGradient) {
  auto loss = [](Array w) { return lax::reduce_sum(lax::mul(w, w), {0}); };
  Exported g = through_file(export_function(grad(loss), {}, ramp({3})));
  expect_close(g(ramp({3})), floats({3}, {0, 2, 4}));
}

TEST(ExportedTest, NumbersTakeTheDtype) {
  Exported g =
      export_function([](Array x) { return lax::mul(x, x); }, {}, shape_struct({}, DType::F32));
  EXPECT_EQ(g(Array(3)).array().item<float>(), 9);
}

TEST(ExportedTest, CompiledCodeIsUsedOnTrust) {
  Exported f = export_function(predict, {.name = "predict", .code = true}, params(), ramp({4, 3}));
  EXPECT_GT(f.serialize().size(), plain().serialize().size());
  for (bool trust : {false, true})
    expect_close(through_file(f, trust)(params(), ramp({4, 3}))["logits"],
                 predict(params(), ramp({4, 3}))["logits"]);
}

// --- batches ---------------------------------------------------------------------------------

TEST(ExportedBatches, TakeAnyNumberOfRows) {
  Exported f = through_file(batched());
  EXPECT_EQ(f.batch_sizes(), (std::vector<std::int64_t>{2, 4}));
  for (std::int64_t rows : {0, 1, 2, 3, 4, 5, 9, 11}) {
    Array x = ramp({rows, 3});
    expect_close(f(params(), x)["logits"], predict(params(), x)["logits"], 1e-6,
                 std::to_string(rows));
  }
}

TEST(ExportedBatches, HaveAProgramEach) {
  EXPECT_NE(batched().text(2).find("tensor<2x3xf32>"), std::string::npos);
  EXPECT_ERROR(batched().text(3), ValueError, "no program for a batch of 3, but for (2, 4)");
}

TEST(ExportedBatches, OtherResultsComeAlong) {
  auto f = [](Params p, Array x) { return std::pair{lax::dot(x, p.kernel), lax::neg(p.bias)}; };
  Exported g = export_function(f, {.batch_sizes = {4}, .batched = {1}}, params(),
                               shape_struct({4, 3}, DType::F32));
  Tree y = through_file(g)(params(), ramp({6, 3}));
  EXPECT_EQ(y[0].array().shape(), (Shape{6, 2}));
  expect_close(y[1], floats({2}, {-1, 1}));
}

TEST(ExportedBatches, AResultOfAllRowsIsRefused) {
  auto mean = [](Array x) { return lax::reduce_sum(x, {0}); };
  EXPECT_ERROR(export_function(mean, {.batch_sizes = {4}, .batched = {0}}, ramp({4, 3})),
               ShapeError, "result 0 (f32[3]) depends on the batch but has no batch axis");
}

TEST(ExportedBatches, MustBeTheFirstAxisOfResults) {
  auto f = [](Array x) { return lax::transpose(x, {1, 0}); };
  EXPECT_ERROR(export_function(f, {.batch_sizes = {4}, .batched = {0}}, ramp({4, 3})), ShapeError,
               "result 0 is f32[3,4] for a batch of 4 and f32[3,5] for 5; the batch must be");
}

TEST(ExportedBatches, OptionsAreChecked) {
  auto f = [](Array x) { return x; };
  EXPECT_ERROR(export_function(f, {.batch_sizes = {4}}, ramp({4})), ValueError, "go together");
  EXPECT_ERROR(export_function(f, {.batch_sizes = {0}, .batched = {0}}, ramp({4})), ValueError,
               "must be positive");
  EXPECT_ERROR(export_function(f, {.batch_sizes = {4}, .batched = {1}}, ramp({4})), ValueError,
               "batched names argument 1, but there are 1");
  EXPECT_ERROR(export_function(f, {.batch_sizes = {4}, .batched = {0}}, ramp({})), ShapeError,
               "argument 0 is f32[] and has no axis for the batch");
}

TEST(ExportedBatches, RowsMustAgree) {
  auto f = [](Array x, Array y) { return lax::add(x, y); };
  Exported g = export_function(f, {.name = "add", .batch_sizes = {4}, .batched = {0, 1}}, ramp({4}),
                               ramp({4}));
  EXPECT_ERROR(g(ramp({2}), ramp({3})), ShapeError,
               "exported add: argument 1 has 3 rows, another batched argument 2");
}

// --- mistakes --------------------------------------------------------------------------------

TEST(ExportedErrors, OtherShapesNameTheArgumentAndBoth) {
  EXPECT_ERROR(plain()(params(), ramp({4, 2})), ShapeError,
               "exported predict: argument 1 is f32[4,2], the function was exported for f32[4,3]");
  Params other{ramp({2, 2}), ramp({2})};
  EXPECT_ERROR(plain()(other, ramp({4, 3})), ShapeError,
               "argument 0 at kernel is f32[2,2], the function was exported for f32[3,2]");
  EXPECT_ERROR(
      batched()(params(), ramp({4, 2})), ShapeError,
      "argument 1 is f32[4,2], the function was exported for f32[2,3] with any number of rows");
}

TEST(ExportedErrors, OtherDtypesNameBoth) {
  EXPECT_ERROR(plain()(params(), lax::zeros({4, 3}, DType::F16)), DTypeError,
               "argument 1 is f16[4,3], the function was exported for f32[4,3]");
}

TEST(ExportedErrors, OtherStructuresShowBoth) {
  EXPECT_ERROR(plain()(ramp({3, 2}), ramp({4, 3})), TreeError,
               "the arguments are [f32[3,2], f32[4,3]]");
  EXPECT_ERROR(plain()(ramp({3, 2}), ramp({4, 3})), TreeError,
               "the function was exported for [{'bias'");
}

TEST(ExportedErrors, ItCannotBeTransformed) {
  Exported f = plain();
  auto loss = [&](Array x) { return f(params(), x)["logits"].array(); };
  EXPECT_ERROR(jit(loss)(ramp({4, 3})), ConcretizationError,
               "exported predict cannot be called inside jit, grad or vmap");
}

TEST(ExportedErrors, StaticsAreRefused) {
  auto f = [](Array x, bool twice) { return twice ? lax::add(x, x) : x; };
  EXPECT_ERROR(export_function(f, {}, ramp({2}), true), TreeError,
               "a static value (1) is an argument");
}

TEST(ExportedErrors, CapturedTracersAreRefused) {
  auto outer = jit([](Array y) {
    export_function([&](Array x) { return lax::add(x, y); }, {}, shape_struct({2}, DType::F32));
    return y;
  });
  EXPECT_ERROR(outer(ramp({2})), ConcretizationError, "captured a value of an enclosing transform");
}

TEST(ExportedFiles, DamageIsNoticedEverywhere) {
  std::string bytes = plain().serialize();
  for (std::size_t at = 0; at < bytes.size(); at += 1 + bytes.size() / 400) {
    std::string damaged = with_byte(bytes, at, static_cast<char>(bytes[at] ^ 1));
    EXPECT_ERROR(deserialize_exported(damaged, "f.linum"), IoError, "f.linum: offset ");
  }
}

TEST(ExportedFiles, CutOnesAreRefused) {
  std::string bytes = plain().serialize();
  for (std::size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 200)
    EXPECT_ERROR(deserialize_exported(bytes.substr(0, size), "f.linum"), IoError,
                 "f.linum: offset ");
}

TEST(ExportedFiles, OtherVersionsSayWhich) {
  EXPECT_ERROR(deserialize_exported(with_byte(plain().serialize(), 12, 9), "f.linum"), IoError,
               "f.linum: offset 16: the format has version 9, this Linum reads 1");
  EXPECT_ERROR(deserialize_exported("not one at all", "f.linum"), IoError,
               "f.linum: offset 0: this is no function saved by Linum's export");
}

TEST(ExportedFiles, SavingReplacesWhole) {
  std::string path = temporary("replaced.linum");
  std::ofstream(path) << "old";
  plain().save(path);
  EXPECT_EQ(load_exported(path).name(), "predict");
  EXPECT_ERROR(plain().save(temporary("absent_folder/f.linum")), IoError, "absent_folder");
}

}  // namespace linum
