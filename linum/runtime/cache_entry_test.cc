#include "linum/runtime/cache_entry.h"

#include <gtest/gtest.h>

namespace linum::runtime {
namespace {

TEST(CacheEntry, GivesBackWhatWasPacked) {
  std::string entry = pack_cache_entry("key", "a program");
  EXPECT_EQ(unpack_cache_entry(entry, "key"), "a program");
  EXPECT_EQ(unpack_cache_entry(pack_cache_entry("key", ""), "key"), "");
}

TEST(CacheEntry, RefusesAnotherKey) {
  std::string entry = pack_cache_entry("key", "a program");
  EXPECT_EQ(unpack_cache_entry(entry, "kez"), std::nullopt);
  EXPECT_EQ(unpack_cache_entry(entry, "keykey"), std::nullopt);
}

TEST(CacheEntry, RefusesEveryDamagedByteAndEveryCut) {
  const std::string entry = pack_cache_entry("key", "a program");
  for (std::size_t i = 0; i < entry.size(); ++i) {
    std::string damaged = entry;
    damaged[i] ^= 1;
    EXPECT_EQ(unpack_cache_entry(damaged, "key"), std::nullopt) << i;
    EXPECT_EQ(unpack_cache_entry(entry.substr(0, i), "key"), std::nullopt) << i;
  }
}

}  // namespace
}  // namespace linum::runtime
