#include "linum/core/devices.h"

#include <gmock/gmock.h>

#include "linum/base/testing.h"
#include "linum/core/value.h"
#include "linum/lax/lax.h"
#include "linum/runtime/plugin.h"
#include "linum/transforms/jit.h"

namespace linum {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Two virtual CPU devices while it lives.
class TwoDevices : public testing::Test {
 protected:
  TwoDevices() : before_(&runtime::default_client()) {
    runtime::set_default_client(client());
    first = devices()[0];
    second = devices()[1];
  }
  ~TwoDevices() override { runtime::set_default_client(before_); }
  static Ref<runtime::Client> client() {
    static const auto* made = new Ref<runtime::Client>(runtime::make_client(
        runtime::Plugin::load(runtime::find_plugin()), {{"cpu_device_count", std::int64_t{2}}}));
    return *made;
  }
  static Device& device_of(const Array& x) { return as_device(x)->buffer()->device(); }

  Device *first = nullptr, *second = nullptr;
  const Array x = Array::of<float>({2}, {1, 2});

 private:
  Ref<runtime::Client> before_;
};

TEST_F(TwoDevices, AreListed) {
  EXPECT_EQ(device_count(), 2);
  EXPECT_EQ(local_device_count("cpu"), 2);
  EXPECT_EQ(local_devices(), devices());
  EXPECT_EQ(default_backend(), "cpu");
  EXPECT_ERROR(devices("tpu"), ValueError,
               "there is no platform 'tpu' here: the one in use is 'cpu'");
}

TEST_F(TwoDevices, BelongToOneProcess) {
  EXPECT_EQ(process_count(), 1);
  EXPECT_EQ(process_index(), 0);
  EXPECT_THAT(process_indices(), ElementsAre(0));
  EXPECT_EQ(host_count(), 1);
  EXPECT_EQ(host_id(), 0);
  EXPECT_THAT(host_ids(), ElementsAre(0));
}

TEST_F(TwoDevices, TakeArrays) {
  const Array y = device_put(x, *second);
  EXPECT_EQ(&device_of(y), second);
  EXPECT_THAT(y.to_vector<float>(), ElementsAre(1, 2));
  const Array scalar = device_put(Array(2.5), *second);
  EXPECT_EQ(&device_of(scalar), second);
  EXPECT_TRUE(scalar.weak());
  const auto pair = device_put(std::pair{x, Array(1)}, *second);
  EXPECT_EQ(&device_of(pair.first), second);
  EXPECT_EQ(&device_of(pair.second), second);
  EXPECT_EQ(&device_of(device_put(Array(1))), first);
  EXPECT_EQ(device_put(x).value(), x.value());
}

TEST_F(TwoDevices, ComputeWhereTheirArraysAre) {
  const Array y = device_put(x, *second);
  const Array sum = lax::add(x, y);
  EXPECT_EQ(&device_of(sum), second);
  EXPECT_THAT(sum.to_vector<float>(), ElementsAre(2, 4));
  auto f = jit([](Array a, Array b) { return lax::mul(a, b); });
  const Array product = f(sum, x);
  EXPECT_EQ(&device_of(product), second);
  EXPECT_THAT(product.to_vector<float>(), ElementsAre(2, 8));
  EXPECT_EQ(&device_of(f(x, x)), first);
  EXPECT_EQ(&device_of(f(product, Array(2.f))), second);
}

TEST_F(TwoDevices, DoNotComputeTogether) {
  const Array a = device_put(x, *first), b = device_put(x, *second);
  EXPECT_ERROR(lax::add(a, b), ValueError,
               "the arrays of one computation are committed to two devices");
}

TEST_F(TwoDevices, CanBeTheDefault) {
  {
    const DefaultDevice scope(*second);
    const Array made = Array::of<float>({2}, {3, 4});
    EXPECT_EQ(&device_of(made), second);
    EXPECT_EQ(&device_of(lax::add(made, x)), second);
    const DefaultDevice inner(*first);
    EXPECT_EQ(&device_of(lax::add(made, x)), first);
  }
  EXPECT_EQ(&runtime::default_device(), first);
}

TEST(DevicePut, IsNothingInsideTransforms) {
  auto f = jit([](Array x) { return device_put(x, *devices()[0]); });
  EXPECT_EQ(f(Array(2.f)).item<float>(), 2);
}

TEST(DeviceGet, CopiesAllLeaves) {
  const Array x = Array::of<float>({2}, {1, 2}), y = Array::of<int>({1}, {3});
  const std::vector<HostArray> host = device_get(std::pair{x, y});
  ASSERT_EQ(host.size(), 2u);
  EXPECT_THAT(host[0].as<float>(), ElementsAre(1, 2));
  EXPECT_THAT(host[1].as<std::int32_t>(), ElementsAre(3));
  EXPECT_THAT(device_get(x).as<float>(), ElementsAre(1, 2));
}

TEST(CopyToHostAsync, IsTakenByTheNextRead) {
  const Array x = lax::add(Array::of<float>({2}, {1, 2}), Array(1));
  copy_to_host_async(copy_to_host_async(x));
  EXPECT_THAT(x.to_vector<float>(), ElementsAre(2, 3));
  EXPECT_THAT(x.to_vector<float>(), ElementsAre(2, 3));
  const auto pair = std::pair{x, Array(2)};
  EXPECT_EQ(&copy_to_host_async(pair), &pair);
  EXPECT_EQ(&block_until_ready(pair), &pair);
  EXPECT_THAT(block_until_ready(x).to_vector<float>(), ElementsAre(2, 3));
}

TEST(EnvironmentInfo, NamesVersionsAndDevices) {
  const std::string info = environment_info();
  for (const char* part : {"linum: ", "plugin: ", "platform: cpu", "devices: ", "system: Linux"}) {
    EXPECT_THAT(info, HasSubstr(part));
  }
}

}  // namespace
}  // namespace linum
