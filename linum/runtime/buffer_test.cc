#include <gmock/gmock.h>

#include <thread>

#include "linum/base/error.h"
#include "linum/base/testing.h"
#include "linum/runtime/client.h"
#include "linum/runtime/plugin.h"

namespace linum::runtime {
namespace {

using testing::ElementsAre;

Device& device() { return *default_client().devices()[0]; }

template <class T>
HostArray host(Shape shape, const std::vector<T>& values) {
  return HostArray::of<T>(std::move(shape), std::span<const T>(values));
}

// --- every dtype -----------------------------------------------------------------------------

HostArray counting(DType dtype, Shape shape) {
  HostArray out(dtype, std::move(shape));
  for (std::int64_t i = 0; i < out.size(); ++i)
    out.set_number(i, static_cast<double>(i % 2 ? i : -i));
  return out;
}
std::string bytes_of(const HostArray& x) {
  return {reinterpret_cast<const char*>(x.data()), x.byte_size()};
}

class EveryDType : public testing::TestWithParam<int> {
 protected:
  DType dtype() const { return static_cast<DType>(GetParam()); }
};

TEST_P(EveryDType, GoesToTheDeviceAndBack) {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{2, 3, 2}, Shape{0}, Shape{2, 0, 3}}) {
    HostArray x = counting(dtype(), shape);
    Ref<Buffer> copied = default_client().to_device(x, device());
    EXPECT_EQ(copied->dtype(), dtype());
    EXPECT_EQ(copied->shape(), shape);
    EXPECT_EQ(bytes_of(copied->to_host()), bytes_of(x));
    std::string expected = bytes_of(x);
    EXPECT_EQ(bytes_of(default_client().to_device(std::move(x), device())->to_host()), expected);
  }
}

INSTANTIATE_TEST_SUITE_P(Buffer, EveryDType, testing::Range(0, kDTypeCount), [](auto& info) {
  return std::string(name_of(static_cast<DType>(info.param)));
});

// --- whose memory ----------------------------------------------------------------------------

TEST(Transfer, CopiesWhatTheCallerKeeps) {
  HostArray x = host<float>({3}, {1, 2, 3});
  Ref<Buffer> buffer = default_client().to_device(x, device());
  x.as<float>()[0] = 9;
  EXPECT_THAT(buffer->to_host().as<float>(), ElementsAre(1, 2, 3));
}

// The owner of host memory, told when it is let go.
std::shared_ptr<void> watched(std::shared_ptr<void> memory, std::atomic<bool>& freed) {
  void* data = memory.get();
  return {data, [memory, &freed](void*) mutable {
            memory.reset();
            freed = true;
          }};
}
bool soon(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000 && !condition(); ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return condition();
}

TEST(Transfer, SharesAlignedMemoryThatItIsGiven) {
  HostArray storage = host<float>({16}, std::vector<float>(16, 1));
  auto* values = reinterpret_cast<float*>(storage.data());
  std::atomic<bool> freed{false};
  HostArray given(DType::F32, {16}, watched(storage.owner(), freed), storage.data());
  Ref<Buffer> buffer = default_client().to_device(std::move(given), device());
  values[3] = 7;  // only a test may do this: it shows that there is one memory
  EXPECT_EQ(buffer->to_host().as<float>()[3], 7);
  EXPECT_FALSE(freed);
  buffer = nullptr;
  EXPECT_TRUE(soon([&] { return freed.load(); }));
}

TEST(Transfer, CopiesUnalignedMemoryThatItIsGiven) {
  HostArray storage = host<float>({17}, std::vector<float>(17, 1));
  std::atomic<bool> freed{false};
  HostArray given(DType::F32, {16}, watched(storage.owner(), freed), storage.data() + 4);
  Ref<Buffer> buffer = default_client().to_device(std::move(given), device());
  buffer->await();
  EXPECT_TRUE(soon([&] { return freed.load(); }));
  storage.as<float>()[4] = 7;
  EXPECT_EQ(buffer->to_host().as<float>()[3], 1);
}

TEST(Transfer, TakesStridedMemoryPacked) {
  const float rows[2][3] = {{1, 2, 3}, {4, 5, 6}};
  HostArray columns = HostArray::from_strided(DType::F32, {3, 2}, {4, 12}, rows);
  EXPECT_THAT(default_client().to_device(std::move(columns), device())->to_host().as<float>(),
              ElementsAre(1, 4, 2, 5, 3, 6));
}

// --- the life of a buffer --------------------------------------------------------------------

TEST(Buffer, BecomesReady) {
  Ref<Buffer> buffer = default_client().to_device(host<float>({2}, {1, 2}), device());
  buffer->await();
  EXPECT_TRUE(buffer->is_ready());
  EXPECT_EQ(&buffer->device(), &device());
}

TEST(Buffer, IsNotReadOnceFreed) {
  Ref<Buffer> buffer = default_client().to_device(host<float>({2}, {1, 2}), device());
  EXPECT_FALSE(buffer->is_deleted());
  buffer->free();
  EXPECT_TRUE(buffer->is_deleted());
  EXPECT_ERROR(buffer->to_host(), DeletedBufferError,
               "cannot read a deleted array of float32(2,): it was donated to a jitted function or "
               "freed. Use the function's result instead, or do not list the argument in "
               "JitOptions::donate");
  EXPECT_ERROR(buffer->await(), DeletedBufferError, "cannot wait for a deleted array");
  EXPECT_ERROR(buffer->is_ready(), DeletedBufferError, "cannot query a deleted array");
  EXPECT_ERROR(buffer->copy_to(device()), DeletedBufferError, "cannot copy a deleted array");
  buffer->free();  // once more does no harm
}

TEST(Buffer, IsCopiedToAnotherDevice) {
  Ref<Client> client =
      make_client(Plugin::load(find_plugin()), {{"cpu_device_count", std::int64_t{2}}});
  Ref<Buffer> first = client->to_device(host<float>({2}, {1, 2}), *client->devices()[0]);
  Ref<Buffer> second = first->copy_to(*client->devices()[1]);
  first->free();
  EXPECT_EQ(&second->device(), client->devices()[1]);
  EXPECT_THAT(second->to_host().as<float>(), ElementsAre(1, 2));
}

TEST(Buffer, IsMovedToAnotherMemory) {
  EXPECT_THAT(device().memory_kinds(), ElementsAre("device", "pinned_host", "unpinned_host"));
  Ref<Buffer> x = default_client().to_device(host<float>({2}, {1, 2}), device());
  Ref<Buffer> there = x->copy_to_memory("pinned_host");
  EXPECT_EQ(x->memory_kind(), "device");
  EXPECT_EQ(there->memory_kind(), "pinned_host");
  EXPECT_THAT(there->to_host().as<float>(), ElementsAre(1, 2));
  EXPECT_EQ(there->copy_to_memory("device")->memory_kind(), "device");
  EXPECT_ERROR(x->copy_to_memory("disk"), ValueError,
               "has no memory 'disk' (it has: device, pinned_host, unpinned_host)");
  x->free();
  EXPECT_ERROR(x->copy_to_memory("device"), DeletedBufferError, "cannot move a deleted array");
}

TEST(Buffer, IsCopiedToAnotherClient) {
  Ref<Client> client = make_client(Plugin::load(find_plugin()));
  Ref<Buffer> there = default_client()
                          .to_device(host<float>({2}, {1, 2}), device())
                          ->copy_to(*client->devices()[0]);
  EXPECT_EQ(&there->device(), client->devices()[0]);
  EXPECT_THAT(there->to_host().as<float>(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace linum::runtime
