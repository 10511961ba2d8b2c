// Errors: one type per kind of user mistake. Each message says what happened, where, and the fix.
#pragma once

#include <stdexcept>

#include "linum/base/text.h"

namespace linum {

// Root of everything Linum throws on purpose.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Operand shapes, ranks, axes or sizes that do not fit an operation.
class ShapeError : public Error {
 public:
  using Error::Error;
};

// An element type that an operation cannot take, or a promotion that is ambiguous.
class DTypeError : public Error {
 public:
  using Error::Error;
};

// An argument whose value (not its shape or type) is unusable.
class ValueError : public Error {
 public:
  using Error::Error;
};

// A tree whose structure, keys or leaf kinds are not the expected ones.
class TreeError : public Error {
 public:
  using Error::Error;
};

// A traced value used where a number is needed: in `if`, as an index, printed as data, saved to
// disk.
class ConcretizationError : public Error {
 public:
  using Error::Error;
};

// A traced value used after its transform ended.
class LeakedTracerError : public Error {
 public:
  using Error::Error;
};

// A derivative, transpose or batching rule that mathematically does not exist.
class TransformError : public Error {
 public:
  using Error::Error;
};

// A NaN or an infinity under DebugNans or DebugInfs.
class FloatingPointError : public Error {
 public:
  using Error::Error;
};

// A function of the user that failed while a compiled program called it; holds what it threw.
class CallbackError : public Error {
 public:
  using Error::Error;
};

// A checkify::check that did not hold.
class CheckError : public Error {
 public:
  using Error::Error;
};

// What NoTracing or NoExecution forbids.
class GuardError : public Error {
 public:
  using Error::Error;
};

// A plugin that is missing, foreign, too old, or that refused a request; holds the plugin's own
// text.
class PluginError : public Error {
 public:
  using Error::Error;
};

// A buffer that was donated or deleted and is read again.
class DeletedBufferError : public Error {
 public:
  using Error::Error;
};

// A file that cannot be read or written, or whose bytes are not what its format promises.
class IoError : public Error {
 public:
  using Error::Error;
};

// An invariant of Linum itself is broken: please report it.
class InternalError : public Error {
 public:
  using Error::Error;
};

}  // namespace linum
