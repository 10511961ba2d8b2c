// For tests: errors by type and text.
#pragma once

#include <gtest/gtest.h>

#include <string>

namespace linum {

// The message of the E that `f` throws; "" when it throws none.
template <class E, class F>
std::string message_of(F f) {
  try {
    f();
  } catch (const E& error) {
    return error.what();
  }
  return "";
}

}  // namespace linum

// Expects that `statement` throws `type` and that its message contains `text`.
#define EXPECT_ERROR(statement, type, text)                                                   \
  do {                                                                                        \
    std::string linum_message_;                                                               \
    bool linum_thrown_ = false;                                                               \
    try {                                                                                     \
      statement;                                                                              \
    } catch (const type& e) {                                                                 \
      linum_thrown_ = true;                                                                   \
      linum_message_ = e.what();                                                              \
    } catch (const std::exception& e) {                                                       \
      linum_message_ = e.what();                                                              \
    }                                                                                         \
    EXPECT_TRUE(linum_thrown_) << "expected " #type ", got: " << linum_message_;              \
    EXPECT_NE(linum_message_.find(text), std::string::npos) << "message: " << linum_message_; \
  } while (false)
