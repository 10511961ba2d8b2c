#include "linum/train/checkpoint.h"

#include <filesystem>
#include <fstream>

#include "linum/base/testing.h"
#include "linum/np/np.h"
#include "linum/optim/optim.h"
#include "linum/train/state.h"

namespace linum::train {
namespace {

class Checkpoint : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  const std::string path_ = testing::TempDir() + "linum_" +
                            testing::UnitTest::GetInstance()->current_test_info()->name() +
                            ".safetensors";
  const Tree params_{{"Dense_0", Tree{{"bias", np::array({1.0, 2.0})},
                                      {"kernel", np::array({{1.0, 2.0}, {3.0, 4.0}})}}},
                     {"ids", Tree::list({np::array({7, 8}), np::array(true)})}};
};

TEST_F(Checkpoint, LoadsWhatWasSaved) {
  save_params(path_, params_);
  Tree loaded = load_params(path_, params_);
  tree::check_same_structure(loaded, params_, "loaded");
  auto a = tree::leaves(loaded), b = tree::leaves(params_);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_EQ(a[i].dtype(), b[i].dtype());
    EXPECT_TRUE(np::array_equal(a[i], b[i]).item<bool>());
  }
}

TEST_F(Checkpoint, LoadsWithoutKnowingTheModel) {
  save_params(path_, params_);
  EXPECT_EQ(load_params(path_)["Dense_0/bias"].array().to_vector<float>(),
            (std::vector<float>{1, 2}));
}

TEST_F(Checkpoint, ListsEveryDifference) {
  save_params(path_, params_);
  Tree other{{"Dense_0", Tree{{"bias", np::zeros({2}, int32)}, {"kernel", np::zeros({2, 3})}}},
             {"Dense_1", Tree{{"bias", np::zeros({4})}}}};
  EXPECT_ERROR(load_params(path_, other), TreeError, "was not saved from these parameters:");
  EXPECT_ERROR(load_params(path_, other), TreeError,
               "\n  'Dense_0/bias' is f32[2], expected i32[2]");
  EXPECT_ERROR(load_params(path_, other), TreeError,
               "\n  'Dense_0/kernel' is f32[2,2], expected f32[2,3]");
  EXPECT_ERROR(load_params(path_, other), TreeError, "\n  missing: 'Dense_1/bias' f32[4]");
  EXPECT_ERROR(load_params(path_, other), TreeError, "\n  not expected: 'ids/0' i32[2]");
}

TEST_F(Checkpoint, AFailedSaveLeavesTheOldFile) {
  save_params(path_, params_);
  Tree bad = params_;
  bad.set("Dense_0/bias", np::zeros({2}, complex128));
  EXPECT_ERROR(save_params(path_, bad), DTypeError, "safetensors cannot hold complex128");
  EXPECT_TRUE(load_params(path_).contains("Dense_0/kernel"));
}

TEST_F(Checkpoint, ADamagedFileIsNamed) {
  std::ofstream(path_) << "not a safetensors file";
  EXPECT_ERROR(load_params(path_, params_), IoError, path_);
}

TEST_F(Checkpoint, AStateGoesOnAsIfNothingHappened) {
  auto fresh = [&] { return State::create(ApplyFn(), params_["Dense_0"], optim::adam(0.1)); };
  Tree grads = optim::tree_ones_like(params_["Dense_0"]);
  State before = fresh().apply_gradients(grads);
  save_state(path_, before);
  State after = load_state(path_, fresh());
  EXPECT_EQ(after.step.item<int>(), 1);
  Tree expected = before.apply_gradients(grads).params;
  EXPECT_TRUE(optim::tree_allclose(after.apply_gradients(grads).params, expected).item<bool>());
}

}  // namespace
}  // namespace linum::train
