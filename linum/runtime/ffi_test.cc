#include "linum/runtime/ffi.h"

#include <gmock/gmock.h>

#include "linum/base/error.h"
#include "linum/base/testing.h"
#include "linum/runtime/plugin.h"
#include "xla/ffi/api/ffi.h"

namespace linum::runtime {
namespace {

namespace ffi = xla::ffi;
using testing::Contains;
using testing::ElementsAre;

ffi::Error scale(float factor, ffi::Buffer<ffi::F32> x, ffi::ResultBuffer<ffi::F32> y) {
  if (factor == 0) return ffi::Error::InvalidArgument("scale by zero is useless");
  for (std::size_t i = 0; i < x.element_count(); ++i)
    y->typed_data()[i] = factor * x.typed_data()[i];
  return ffi::Error::Success();
}
XLA_FFI_DEFINE_HANDLER(scale_handler, scale,
                       ffi::Ffi::Bind()
                           .Attr<float>("factor")
                           .Arg<ffi::Buffer<ffi::F32>>()
                           .Ret<ffi::Buffer<ffi::F32>>());

XLA_FFI_Error* handler(XLA_FFI_CallFrame* frame) { return scale_handler(frame); }
XLA_FFI_Error* other_handler(XLA_FFI_CallFrame* frame) { return scale_handler(frame); }

std::vector<float> call(Client& client, const std::string& target, const std::string& factor) {
  Ref<Executable> e = client.compile(
      R"(module @m { func.func public @main(%a: tensor<3xf32>) -> tensor<3xf32> {
  %0 = stablehlo.custom_call @)" +
          target + R"((%a) {backend_config = {factor = )" + factor +
          R"( : f32}, api_version = 4 : i32} : (tensor<3xf32>) -> tensor<3xf32>
  return %0 : tensor<3xf32> } })",
      {});
  std::vector<float> values{1, 2, 3};
  Ref<Buffer> x = client.to_device(HostArray::of<float>({3}, std::span<const float>(values)),
                                   *client.devices()[0]);
  Buffer* args[] = {x.get()};
  HostArray host = e->execute(args)[0]->to_host();
  auto view = host.as<float>();
  return {view.begin(), view.end()};
}

TEST(Ffi, CallsANativeFunctionFromAProgram) {
  ASSERT_TRUE(supports_ffi(default_client().plugin()));
  register_ffi_target("linum_test_scale", handler);
  EXPECT_THAT(ffi_targets(), Contains("linum_test_scale"));
  EXPECT_THAT(call(default_client(), "linum_test_scale", "2.0"), ElementsAre(2, 4, 6));
}

TEST(Ffi, ServesClientsThatAreMadeLater) {
  register_ffi_target("linum_test_scale", handler);
  Ref<Client> client = make_client(Plugin::load(find_plugin()));
  EXPECT_THAT(call(*client, "linum_test_scale", "3.0"), ElementsAre(3, 6, 9));
}

TEST(Ffi, PassesTheFunctionsErrorOn) {
  register_ffi_target("linum_test_scale", handler);
  EXPECT_ERROR(call(default_client(), "linum_test_scale", "0.0"), PluginError,
               "scale by zero is useless");
}

TEST(Ffi, KeepsAName) {
  register_ffi_target("linum_test_name", handler);
  register_ffi_target("linum_test_name", handler);  // the same one: nothing to do
  EXPECT_ERROR(register_ffi_target("linum_test_name", other_handler), ValueError,
               "the custom call 'linum_test_name' is registered with another handler already");
}

TEST(Ffi, NamesTheFunctionThatIsNotThere) {
  EXPECT_ERROR(call(default_client(), "linum_test_unknown", "1.0"), PluginError,
               "linum_test_unknown");
}

}  // namespace
}  // namespace linum::runtime
