#include "linum/nn/weight_norm.h"

#include "linum/nn/layer_test.h"
#include "linum/nn/linear.h"

namespace linum::nn {
namespace {

// The columns of this kernel have the norms 5 and 1, and 5 is its greatest singular value.
Tree dense_params() {
  return Tree{{"bias", np::zeros({2})}, {"kernel", np::array({{3.0, 0.0}, {4.0, 0.0}})}};
}
Array identity_rows() { return np::array({{1.0, 0.0}, {0.0, 1.0}}); }

TEST(WeightNorm, AddsAScaleBesideTheLayersParameters) {
  WeightNorm norm{.layer_instance = Dense{.features = 2}};
  Tree variables = norm.init(test_key(), identity_rows());
  EXPECT_EQ(variables.to_string(),
            "{'params': {'layer_instance': {'bias': f32[2], 'kernel': f32[2,2]}, "
            "'layer_instance/kernel/scale': f32[2]}}");
}

TEST(WeightNorm, DividesColumnsByTheirNorms) {
  WeightNorm norm{.layer_instance = Dense{.features = 2}};
  Tree params{{"layer_instance", dense_params()},
              {"layer_instance/kernel/scale", np::array({10.0, 1.0})}};
  Array y = norm.apply(Tree{{"params", params}}, identity_rows());
  expect_values(y, {2, 2}, {6, 0, 8, 0});
}

TEST(WeightNorm, WorksOnALayerOfItsOwner) {
  struct Model : Module<Model> {
    Array forward(const Array& x) const {
      return WeightNorm{.layer_instance = Dense{.features = 2}}(x);
    }
  };
  Tree variables = Model{}.init(test_key(), identity_rows());
  EXPECT_TRUE(variables.contains("params/Dense_0/kernel"));
  EXPECT_TRUE(variables["params/WeightNorm_0"].contains("Dense_0/kernel/scale"));
}

TEST(WeightNorm, WantsAModule) {
  WeightNorm norm{.layer_instance = [](const Array& x) { return x; }};
  EXPECT_ERROR(norm.init(test_key(), identity_rows()), ValueError,
               "functions have no weights to normalize");
}

TEST(SpectralNorm, DividesByTheGreatestSingularValue) {
  SpectralNorm norm{.layer_instance = Dense{.features = 2}, .n_steps = 3};
  Tree variables = norm.init(test_key(), identity_rows(), false);
  variables.set("params/layer_instance", dense_params());
  auto [y, updated] =
      norm.apply(variables, {.mutable_collections = {"batch_stats"}}, identity_rows(), true);
  expect_values(y, {2, 2}, {0.6f, 0, 0.8f, 0});
  expect_values(updated["batch_stats"]["layer_instance/kernel/sigma"], {}, {5});
}

TEST(SpectralNorm, KeepsItsStatisticsUnlessAsked) {
  SpectralNorm norm{.layer_instance = Dense{.features = 2}};
  Tree variables = norm.init(test_key(), identity_rows(), false);
  expect_values(variables["batch_stats"]["layer_instance/kernel/sigma"], {}, {1});
  EXPECT_ERROR(norm.apply(variables, identity_rows(), true), ModifyScopeVariableError,
               "batch_stats");
}

TEST(SpectralNorm, RefusesOtherThanMatricesIfAsked) {
  SpectralNorm norm{.layer_instance = DenseGeneral{.features = {2, 2}},
                    .error_on_non_matrix = true};
  EXPECT_ERROR(norm.init(test_key(), identity_rows(), false), ValueError,
               "layer_instance/kernel has 3 axes but error_on_non_matrix is true");
}

}  // namespace
}  // namespace linum::nn
