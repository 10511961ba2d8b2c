// Programs made at random and transforms stacked at random, with two ways to run them: by Linum,
// and by a plain C++ interpreter over (nested) dual numbers, which knows no transform.
#pragma once

#include <array>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "linum/core/array.h"

namespace linum::fuzz {

inline constexpr std::size_t kWidth = 3;  // everything is a vector of this many float64

enum class Op {
  Sin,
  Tanh,
  Exp,
  Add,
  Sub,
  Mul,
  Rev,
  Sum,
  MatVec,
  Where,  // plain operations
  Jit,
  Checkpoint,
  CustomJvp,
  CustomVjp,
  Cond,
  Switch,  // with bodies
  Fori,
  ForiDynamic,  // to a bound that is computed
  Scan,
  ScanReverse,
  ScanUnrolled,
  ScanRemat,  // each step in a checkpoint
  While,
  Vmap,
  Map,
  MapInBatches,
  LinearSolve,
  Root,
  AssociativeScan,
};
std::string_view name_of(Op);
inline constexpr Op kFirstWithBody = Op::Jit, kLast = Op::AssociativeScan;

// A function of two vectors: value 0 is the argument, value 1 is captured from around, and each
// step adds one. The result is the last.
struct Body;
struct Step {
  Op op;
  std::size_t a, b;  // operands, by number
  double k;          // a constant
  std::vector<std::shared_ptr<const Body>> bodies;
};
struct Body {
  std::vector<Step> steps;
  std::string to_string() const;
};

// What a program must live under: loops of unknown length have no reverse mode, custom_vjp no
// forward mode.
enum class Mode { Any, ForwardOnly, ReverseFirst };
Mode mode_of(Op);
struct Options {
  Mode mode = Mode::Any;
  int depth = 2;  // of bodies in bodies
  int steps = 4;
};
Body random_body(std::mt19937&, const Options&);
// The one operation with a small body, between others. The depth is that of bodies in its body.
Body body_around(Op, std::mt19937&, int depth);

// Each turns a function of a vector into another; the last of a stack is applied first.
enum class Transform { Jit, Vmap, Jvp, Grad, Linearize, Checkpoint };
inline constexpr int kTransforms = 6;
std::string_view name_of(Transform);
using Stack = std::vector<Transform>;
std::string to_text(const Stack&);
bool allowed(Mode, const Stack&);
Stack random_stack(std::mt19937&, Mode);

Array run(const Body&, const Stack&, const Array& x);
using Numbers = std::array<double, kWidth>;
Numbers reference(const Body&, const Stack&, const Numbers& x);

}  // namespace linum::fuzz
