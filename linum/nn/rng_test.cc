// Random streams: the keys are Flax's (numbers from flax 0.12.8).
#include "linum/nn/rng.h"

#include "linum/nn/module_testlib.h"
#include "linum/nn/sha1.h"

namespace linum::nn {
namespace {

TEST(Rng, Sha1OfThePublishedExample) {
  auto digest = sha1("abc");
  EXPECT_EQ(digest[0], 0xa9);
  EXPECT_EQ(digest[1], 0x99);
  EXPECT_EQ(digest[19], 0x9d);
}

TEST(Rng, Sha1OfSeveralBlocks) {
  auto digest = sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq");
  EXPECT_EQ(digest[0], 0x84);
  EXPECT_EQ(digest[19], 0xf1);
}

TEST(Rng, PathsHashAsInFlax) {
  EXPECT_EQ(hash_of({std::uint64_t{1}}), 3213575472u);
  EXPECT_EQ(hash_of({std::string("Dense_0"), std::uint64_t{1}}), 2998342421u);
  EXPECT_EQ(hash_of({std::string("a"), std::string("b"), std::uint64_t{300}}), 2807206294u);
  EXPECT_EQ(hash_of({std::uint64_t{0}}), 3661210606u);
}

TEST(Rng, FoldedKeysAreFlaxs) {
  LazyRng rng{test_key(), {}};
  EXPECT_EQ(rng.as_key().to_vector<std::uint32_t>(), (Words{0, 0}));
  EXPECT_EQ(
      rng.with(std::string("Dense_0")).with(std::uint64_t{1}).as_key().to_vector<std::uint32_t>(),
      (Words{3043437727, 3662875008}));
}

struct Leaf : Module<Leaf> {
  std::vector<std::string> streams;
  std::string name = {};
  std::vector<Array> forward() const {
    std::vector<Array> out;
    for (auto& stream : streams) out.push_back(make_rng(stream));
    return out;
  }
};
struct Branch : Module<Branch> {
  std::vector<Array> forward() const {
    Leaf leaf{.streams = {"params", "noise"}, .name = "leaf"};
    std::vector<Array> out = leaf(), more = leaf();
    out.insert(out.end(), more.begin(), more.end());
    out.push_back(make_rng("noise"));
    out.push_back(Leaf{.streams = {"noise"}}()[0]);
    out.push_back(make_rng("unknown"));
    return out;
  }
};

TEST(Rng, StreamsFoldPathsAndCountsAsInFlax) {
  Rngs rngs{{"params", test_key(0)}, {"noise", test_key(7)}};
  std::vector<Array> keys = Branch().apply(Tree::empty_dict(), rngs);
  std::vector<Words> words;
  for (const Array& key : keys) words.push_back(key.to_vector<std::uint32_t>());
  EXPECT_EQ(words[0], (Words{1897628845, 1737772182}));
  EXPECT_EQ(words[1], (Words{4015735947, 2636931552}));
  EXPECT_NE(words[3], words[1]) << "a second call draws new keys";
  EXPECT_EQ(words[4], (Words{3162605422, 448796902}));
  EXPECT_EQ(words[5], (Words{2331096749, 2035494891}));
  EXPECT_EQ(words[6], (Words{1428664606, 3351135085})) << "an unknown stream is that of params";
}

TEST(Rng, AStreamThatWasNotGivenThrows) {
  Leaf leaf{.streams = {"dropout"}};
  EXPECT_ERROR(leaf.apply(Tree::empty_dict()), InvalidRngError,
               "needs PRNG for \"dropout\": pass it, as {.rngs = {{\"dropout\", key}}}");
}

TEST(Rng, WhatIsNoKeyThrows) {
  EXPECT_ERROR(Scale().init(Array::of<float>({2}, {0, 0}), Array(1.0)), InvalidRngError,
               "RNGs should be keys of shape (2,) and dtype uint32 in Module Scale");
  EXPECT_ERROR(Scale().init(Rngs(), Array(1.0)), InvalidRngError,
               "init of Scale needs a random key");
}

}  // namespace
}  // namespace linum::nn
