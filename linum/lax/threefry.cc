#include "linum/lax/threefry.h"

#include "linum/core/value.h"
#include "linum/lax/arithmetic.h"
#include "linum/lax/families.h"
#include "linum/lax/structure.h"

namespace linum::lax {
namespace {

constexpr int kGroups = 5;  // of four rounds
constexpr int kRounds = 4;
constexpr std::int64_t kRotations[2][kRounds] = {{13, 15, 26, 6}, {17, 29, 16, 24}};
constexpr std::int64_t kParity = 0x1BD11BDA;  // of Threefish's key schedule

Array word(std::int64_t value) { return make_integer_scalar(value, DType::U32); }

Array rotate_left(const Array& x, const Array& bits) {
  return bitwise_or(shift_left(x, bits), shift_right_logical(x, sub(word(32), bits)));
}

// The state of the cipher: two words, and the key schedule in the order of its use.
struct ThreefryState {
  Array x0, x1, k0, k1, k2;
};

ThreefryState start(const Array& key0, const Array& key1, const Array& x0, const Array& x1) {
  const Array k2 = bitwise_xor(bitwise_xor(key0, key1), word(kParity));
  return {add(x0, key0), add(x1, key1), key1, k2, key0};
}

// Four rounds and one injection of the key; `group` counts from 1.
ThreefryState mix(ThreefryState s, const Array (&rotations)[kRounds], const Array& group) {
  for (const Array& bits : rotations) {
    s.x0 = add(s.x0, s.x1);
    s.x1 = bitwise_xor(s.x0, rotate_left(s.x1, bits));
  }
  return {add(s.x0, s.k0), add(s.x1, add(s.k1, group)), s.k1, s.k2, s.k0};
}

// All rounds in a row: what accelerators fuse best.
std::vector<Array> unrolled(std::span<const Array> in) {
  ThreefryState s = start(in[0], in[1], in[2], in[3]);
  for (int group = 0; group < kGroups; ++group) {
    const auto& bits = kRotations[group % 2];
    s = mix(s, {word(bits[0]), word(bits[1]), word(bits[2]), word(bits[3])}, word(group + 1));
  }
  return {s.x0, s.x1};
}

std::vector<Array> loop_start(std::span<const Array> in) {
  const ThreefryState s = start(in[0], in[1], in[2], in[3]);
  return {word(0), s.x0, s.x1, s.k0, s.k1, s.k2};
}
std::vector<Array> loop_condition(std::span<const Array> in) { return {lt(in[0], word(kGroups))}; }
std::vector<Array> loop_body(std::span<const Array> in) {
  const Array odd = eq(bitwise_and(in[0], word(1)), word(1));
  const auto bits = [&](int i) {
    return select(odd, word(kRotations[1][i]), word(kRotations[0][i]));
  };
  const Array next = add(in[0], word(1));
  const ThreefryState s =
      mix({in[1], in[2], in[3], in[4], in[5]}, {bits(0), bits(1), bits(2), bits(3)}, next);
  return {next, s.x0, s.x1, s.k0, s.k1, s.k2};
}

// As a loop over the groups: XLA's CPU compiler takes three times as long for the unrolled form.
std::vector<Ssa> lower_rolled(Emitter& emitter, std::span<const Ssa> operands) {
  const std::vector<Ssa> state = lower_composed(emitter, loop_start, operands);
  std::vector<Aval> avals;
  for (const Ssa& s : state) avals.push_back(s.aval);
  const auto region = [&avals](FlatFn f) {
    return Emitter::Region{avals, [f](Emitter& inner, std::span<const Ssa> args) {
                             return lower_composed(inner, f, args);
                           }};
  };
  const Emitter::Region regions[] = {region(loop_condition), region(loop_body)};
  const auto out = emitter.op_with_regions("stablehlo.while", state, "", regions, avals);
  return {out[1], out[2]};
}

class Threefry2x32 final : public Flat {
 public:
  std::string_view name() const override { return "threefry2x32"; }
  void params(ParamSink&) const override {}
  std::vector<Aval> infer(std::span<const Aval>) const override;
  Batched batch(const BatchAxis&, std::span<const Array>,
                std::span<const std::int64_t>) const override;
  std::vector<Ssa> lower(Emitter&, std::span<const Ssa>, std::span<const Aval>) const override;
};

std::vector<Aval> Threefry2x32::infer(std::span<const Aval> operands) const {
  check_arity(*this, operands, 4);
  Shape shape;
  for (const Aval& x : operands) {
    if (x.dtype() != DType::U32) {
      throw DTypeError(
          str_cat("threefry2x32 takes uint32 keys and counters, got ", name_of(x.dtype())));
    }
    if (x.rank() == 0) continue;
    if (!shape.empty() && x.shape() != shape) {
      throw ShapeError(str_cat("threefry2x32 takes operands of one shape, got ", to_text(shape),
                               " and ", to_text(x.shape())));
    }
    shape = x.shape();
  }
  return {Aval(DType::U32, shape), Aval(DType::U32, shape)};
}

Batched Threefry2x32::batch(const BatchAxis& axis, std::span<const Array> x,
                            std::span<const std::int64_t> dims) const {
  Shape shape;  // of one example
  for (std::size_t i = 0; i < x.size(); ++i) {
    const Shape own = dims[i] == kNotBatched ? x[i].shape() : without_axes(x[i].shape(), {dims[i]});
    if (!own.empty()) shape = own;
  }
  shape.insert(shape.begin(), axis.size);
  std::vector<Array> full;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (dims[i] == kNotBatched && x[i].ndim() == 0) {
      full.push_back(x[i]);
    } else {
      const Array front = move_batch_axis(x[i], axis.size, dims[i], 0);
      full.push_back(front.shape() == shape ? front : broadcast_in_dim(front, shape, {0}));
    }
  }
  return {linum::bind(the<Threefry2x32>(), full), {0, 0}};
}

std::vector<Ssa> Threefry2x32::lower(Emitter& emitter, std::span<const Ssa> operands,
                                     std::span<const Aval> results) const {
  std::vector<Ssa> full(operands.begin(), operands.end());
  // Scalar keys stay so; both or none, since the rounds exchange them.
  const bool scalar_key = full[0].aval.rank() == 0 && full[1].aval.rank() == 0;
  for (std::size_t i = scalar_key ? 2 : 0; i < full.size(); ++i) {
    full[i] = broadcast_ssa(emitter, full[i], results[0].shape());
  }
  if (emitter.platform() == "cpu") return lower_rolled(emitter, full);
  std::vector<Aval> avals;
  for (const Ssa& s : full) avals.push_back(s.aval);
  return emitter.call_program("threefry2x32", *trace_program(unrolled, avals).program, full);
}

}  // namespace

std::pair<Array, Array> threefry2x32(const Array& key0, const Array& key1, const Array& x0,
                                     const Array& x1) {
  const Array operands[] = {key0, key1, x0, x1};
  const std::vector<Array> out = bind(the<Threefry2x32>(), operands);
  return {out[0], out[1]};
}

}  // namespace linum::lax
