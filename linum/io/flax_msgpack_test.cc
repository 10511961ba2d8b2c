#include "linum/io/flax_msgpack.h"

#include "linum/base/testing.h"
#include "linum/core/pytree.h"
#include "linum/io/state_dict.h"

namespace linum::io {
namespace {

std::string hex(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789abcdef"[c & 15];
  }
  return out;
}
std::string unhex(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    out += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
  }
  return out;
}
Tree restore(std::string_view bytes) { return msgpack_restore(view_of(bytes), "model.msgpack"); }

// flax.serialization.msgpack_serialize({"w": np.array([[1, 2]], np.float32)})
constexpr const char* kFlaxBytes = "81a177c7160193920102a7666c6f61743332c4080000803f00000040";

TEST(FlaxMsgpack, WritesFlaxsBytes) {
  std::string expected = kFlaxBytes;
  Tree tree{{"w", Array::of<float>({1, 2}, {1, 2})}};
  EXPECT_EQ(hex(msgpack_serialize(tree)), expected);
}

TEST(FlaxMsgpack, ReadsFlaxsBytes) {
  std::string bytes = kFlaxBytes;
  Tree tree = restore(unhex(bytes));
  EXPECT_EQ(tree.to_string(), "{'w': f32[1,2]}");
  EXPECT_EQ(tree["w"].array().to_vector<float>(), (std::vector<float>{1, 2}));
}

TEST(FlaxMsgpack, TreesReadBack) {
  Tree tree{{"params", Tree{{"kernel", Array::of<float>({2, 2}, {1, 2, 3, 4})},
                            {"half", Array::from_host(HostArray(DType::BF16, {3}))}}},
            {"list", Tree::list({Array::of<int>({}, {7}), Tree()})},
            {"name", to_tree(std::string("net"))}};
  Tree back = restore(msgpack_serialize(tree));
  EXPECT_EQ(back.to_string(), tree.to_string());
  EXPECT_EQ(back["list"][0].array().item<int>(), 7);
}

TEST(FlaxMsgpack, LargeArraysAreSplitAndJoined) {
  Tree tree{{"w", Array::of<float>({2, 3}, {1, 2, 3, 4, 5, 6})}};
  std::string bytes = msgpack_serialize(tree, 8);
  EXPECT_NE(bytes.find("__msgpack_chunked_array__"), std::string::npos);
  Tree back = restore(bytes);
  EXPECT_EQ(back.to_string(), "{'w': f32[2,3]}");
  EXPECT_EQ(back["w"].array().to_vector<float>(), (std::vector<float>{1, 2, 3, 4, 5, 6}));
}

TEST(FlaxMsgpack, PythonNumbersBecomeWeakScalars) {
  Tree tree = restore(unhex("83a16103a162cb3ff8000000000000a163c3"));
  EXPECT_EQ(tree["a"].array().item<int>(), 3);
  EXPECT_TRUE(tree["a"].array().weak());
  EXPECT_EQ(tree["b"].array().item<double>(), 1.5);
  EXPECT_EQ(tree["c"].array().dtype(), DType::Bool);
}

TEST(FlaxMsgpack, ToBytesGoesThroughTheStateDictionary) {
  Tree target = Tree::list({Array::of<int>({}, {1}), Array::of<int>({}, {2})});
  std::string bytes = to_bytes(target);
  EXPECT_EQ(restore(bytes).to_string(), "{'0': i32[], '1': i32[]}");
  EXPECT_EQ(from_bytes(target, view_of(bytes))[1].array().item<int>(), 2);
}

TEST(FlaxMsgpack, SaysWhereTheBytesAreWrong) {
  std::string whole = msgpack_serialize(Tree{{"w", Array::of<float>({2}, {1, 2})}});
  EXPECT_ERROR(restore(whole.substr(0, 12)), IoError,
               "model.msgpack: offset 5: the msgpack data end too early");
  EXPECT_ERROR(restore(whole + "x"), IoError, "expected one msgpack object and nothing behind it");
  EXPECT_ERROR(restore("\xc1"), IoError, "model.msgpack: offset 0: no valid msgpack");
  EXPECT_ERROR(restore(unhex("810102")), IoError, "dictionary keys must be strings");
  EXPECT_ERROR(restore(unhex("82a16101a16102")), IoError, "the key 'a' occurs twice");
  EXPECT_ERROR(restore(unhex("d40500")), IoError, "offset 1: unknown msgpack extension type 5");
}

TEST(FlaxMsgpack, RefusesArraysThatDoNotFitTheirBytes) {
  std::string bytes = kFlaxBytes;
  std::string changed = unhex(bytes);
  changed[changed.find('\x02')] = 5;
  EXPECT_ERROR(restore(changed), IoError, "8 bytes do not fit float32(1, 5)");
}

}  // namespace
}  // namespace linum::io
