#include "linum/np/operators.h"

#include "linum/np/arithmetic.h"
#include "linum/np/bitwise.h"
#include "linum/np/comparison.h"

namespace linum {

Array operator+(const Array& x, const Array& y) { return np::add(x, y); }
Array operator-(const Array& x, const Array& y) { return np::subtract(x, y); }
Array operator*(const Array& x, const Array& y) { return np::multiply(x, y); }
Array operator/(const Array& x, const Array& y) { return np::divide(x, y); }
Array operator%(const Array& x, const Array& y) { return np::remainder(x, y); }
Array operator+(const Array& x) { return np::positive(x); }
Array operator-(const Array& x) { return np::negative(x); }

Array operator==(const Array& x, const Array& y) { return np::equal(x, y); }
Array operator!=(const Array& x, const Array& y) { return np::not_equal(x, y); }
Array operator<(const Array& x, const Array& y) { return np::less(x, y); }
Array operator<=(const Array& x, const Array& y) { return np::less_equal(x, y); }
Array operator>(const Array& x, const Array& y) { return np::greater(x, y); }
Array operator>=(const Array& x, const Array& y) { return np::greater_equal(x, y); }

Array operator&(const Array& x, const Array& y) { return np::bitwise_and(x, y); }
Array operator|(const Array& x, const Array& y) { return np::bitwise_or(x, y); }
Array operator^(const Array& x, const Array& y) { return np::bitwise_xor(x, y); }
Array operator~(const Array& x) { return np::bitwise_not(x); }
Array operator<<(const Array& x, const Array& y) { return np::left_shift(x, y); }
Array operator>>(const Array& x, const Array& y) { return np::right_shift(x, y); }

Array& operator+=(Array& x, const Array& y) { return x = x + y; }
Array& operator-=(Array& x, const Array& y) { return x = x - y; }
Array& operator*=(Array& x, const Array& y) { return x = x * y; }
Array& operator/=(Array& x, const Array& y) { return x = x / y; }
Array& operator%=(Array& x, const Array& y) { return x = x % y; }
Array& operator&=(Array& x, const Array& y) { return x = x & y; }
Array& operator|=(Array& x, const Array& y) { return x = x | y; }
Array& operator^=(Array& x, const Array& y) { return x = x ^ y; }
Array& operator<<=(Array& x, const Array& y) { return x = x << y; }
Array& operator>>=(Array& x, const Array& y) { return x = x >> y; }

}  // namespace linum
