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

// How often `part` occurs in `text`.
inline int count(const std::string& text, const std::string& part) {
  int n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

// What EXPECT_ERROR expects, and where.
struct ExpectedError {
  const char* type;
  std::string text;
  const char* file;
  int line;

  void seen(const std::exception& e) const {
    if (std::string(e.what()).find(text) == std::string::npos) {
      ADD_FAILURE_AT(file, line) << "expected: " << text << "\nmessage: " << e.what();
    }
  }
  void missed(const std::string& instead) const {
    ADD_FAILURE_AT(file, line) << "expected " << type << ", got: " << instead;
  }
};

}  // namespace linum

// Expects that `statement` throws `type` and that its message contains `text`.
#define EXPECT_ERROR(statement, type, text)                                        \
  do {                                                                             \
    const ::linum::ExpectedError linum_expected_{#type, text, __FILE__, __LINE__}; \
    try {                                                                          \
      statement;                                                                   \
      linum_expected_.missed("no error");                                          \
    } catch (const type& e) {                                                      \
      linum_expected_.seen(e);                                                     \
    } catch (const std::exception& e) {                                            \
      linum_expected_.missed(e.what());                                            \
    }                                                                              \
  } while (false)
