// Capital letters of 5 x 7 pixels, for captions.
#pragma once

#include <array>
#include <cctype>
#include <cstdint>

// Rows from the top; bit 4 is the leftmost pixel. Empty for what is not here.
inline std::array<std::uint8_t, 7> glyph(char c) {
  switch (std::toupper(static_cast<unsigned char>(c))) {
    case 'A':
      return {14, 17, 17, 31, 17, 17, 17};
    case 'B':
      return {30, 17, 17, 30, 17, 17, 30};
    case 'C':
      return {14, 17, 16, 16, 16, 17, 14};
    case 'D':
      return {30, 17, 17, 17, 17, 17, 30};
    case 'E':
      return {31, 16, 16, 30, 16, 16, 31};
    case 'F':
      return {31, 16, 16, 30, 16, 16, 16};
    case 'G':
      return {14, 17, 16, 23, 17, 17, 15};
    case 'H':
      return {17, 17, 17, 31, 17, 17, 17};
    case 'I':
      return {14, 4, 4, 4, 4, 4, 14};
    case 'J':
      return {7, 2, 2, 2, 2, 18, 12};
    case 'K':
      return {17, 18, 20, 24, 20, 18, 17};
    case 'L':
      return {16, 16, 16, 16, 16, 16, 31};
    case 'M':
      return {17, 27, 21, 21, 17, 17, 17};
    case 'N':
      return {17, 25, 21, 19, 17, 17, 17};
    case 'O':
      return {14, 17, 17, 17, 17, 17, 14};
    case 'P':
      return {30, 17, 17, 30, 16, 16, 16};
    case 'Q':
      return {14, 17, 17, 17, 21, 18, 13};
    case 'R':
      return {30, 17, 17, 30, 20, 18, 17};
    case 'S':
      return {15, 16, 16, 14, 1, 1, 30};
    case 'T':
      return {31, 4, 4, 4, 4, 4, 4};
    case 'U':
      return {17, 17, 17, 17, 17, 17, 14};
    case 'V':
      return {17, 17, 17, 17, 17, 10, 4};
    case 'W':
      return {17, 17, 17, 21, 21, 27, 17};
    case 'X':
      return {17, 17, 10, 4, 10, 17, 17};
    case 'Y':
      return {17, 17, 10, 4, 4, 4, 4};
    case 'Z':
      return {31, 1, 2, 4, 8, 16, 31};
    case '-':
      return {0, 0, 0, 31, 0, 0, 0};
    case '/':
      return {1, 1, 2, 4, 8, 16, 16};
    default:
      return {};
  }
}
