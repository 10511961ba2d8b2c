#include "linum/transforms/interpret_testlib.h"

#include <algorithm>
#include <map>

#include "linum/core/params.h"
#include "linum/lax/lax.h"

namespace linum::fuzz {
namespace {

using Arrays = std::vector<Array>;
using Span = std::span<const Array>;

// The programs and numbers among an operation's parameters.
class Bodies final : public ParamSink {
 public:
  void integer(std::string_view name, std::int64_t v) override { numbers[std::string(name)] = v; }
  void program(std::string_view, const Program& p) override { programs.push_back(&p); }
  void number(std::string_view, double) override {}
  void text(std::string_view, std::string_view) override {}
  void integers(std::string_view, const std::vector<std::int64_t>&) override {}
  void identity(std::string_view, const void*) override {}
  std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(numbers.at(name));
  }
  std::map<std::string, std::int64_t> numbers;
  std::vector<const Program*> programs;
};

void append(Arrays& to, Span more) { to.insert(to.end(), more.begin(), more.end()); }

// Operands: constants, carry, stacked inputs.
Arrays run_scan(const Bodies& b, Span in) {
  std::size_t c = b.count("num_consts"), n = b.count("num_carry"), length = b.count("length");
  Arrays carry(in.begin() + static_cast<std::ptrdiff_t>(c),
               in.begin() + static_cast<std::ptrdiff_t>(c + n));
  std::vector<Arrays> ys(b.programs[0]->outputs.size() - n, Arrays(length));
  for (std::size_t step = 0; step < length; ++step) {
    std::size_t i = b.numbers.at("reverse") ? length - 1 - step : step;
    Arrays args(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(c));
    append(args, carry);
    for (const Array& x : in.subspan(c + n))
      args.push_back(lax::index_in_dim(x, static_cast<std::int64_t>(i), 0, false));
    Arrays out = interpret(*b.programs[0], args);
    carry.assign(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(n));
    for (std::size_t y = 0; y < ys.size(); ++y) ys[y][i] = out[n + y];
  }
  for (const Arrays& rows : ys) carry.push_back(lax::stack(rows));
  return carry;
}

// Operands: what the condition captured, what the body captured, the carry.
Arrays run_while(const Bodies& b, Span in) {
  std::size_t n = b.programs[1]->outputs.size();
  std::size_t cond_consts = b.programs[0]->inputs.size() - n;
  Arrays carry(in.end() - static_cast<std::ptrdiff_t>(n), in.end());
  auto with = [&](Span consts) {
    Arrays args(consts.begin(), consts.end());
    append(args, carry);
    return args;
  };
  while (interpret(*b.programs[0], with(in.first(cond_consts)))[0].item<bool>())
    carry = interpret(*b.programs[1], with(in.subspan(cond_consts, in.size() - n - cond_consts)));
  return carry;
}

Arrays run_cond(const Bodies& b, Span in) {
  auto last = static_cast<std::int64_t>(b.programs.size()) - 1;
  auto index = std::clamp<std::int64_t>(in[0].item<std::int64_t>(), 0, last);
  return interpret(*b.programs[static_cast<std::size_t>(index)], in.subspan(1));
}

// Operands: the constants of matvec, vecmat, solve and transpose_solve, then b.
Arrays run_linear_solve(const Bodies& b, Span in) {
  std::size_t n = b.programs[0]->outputs.size(), solve = b.programs.size() / 2, first = 0;
  for (std::size_t p = 0; p < solve; ++p) first += b.programs[p]->inputs.size() - n;
  Span consts = in.subspan(first, b.programs[solve]->inputs.size() - n);
  Arrays args(consts.begin(), consts.end());
  append(args, in.last(n));
  return interpret(*b.programs[solve], args);
}

Arrays run_equation(const Ref<const Primitive>& p, Span in) {
  Bodies bodies;
  p->params(bodies);
  if (bodies.programs.empty()) return linum::bind(p, in);
  if (p->name() == "scan") return run_scan(bodies, in);
  if (p->name() == "while") return run_while(bodies, in);
  if (p->name() == "cond") return run_cond(bodies, in);
  if (p->name() == "custom_linear_solve") return run_linear_solve(bodies, in);
  return interpret(*bodies.programs[0], in);  // calls
}

}  // namespace

Arrays interpret(const Program& p, Span args) {
  Arrays env(p.avals.size());
  auto read = [&](Atom a) {
    return a.is_literal() ? p.literals[a.literal()] : env[static_cast<std::size_t>(a.id)];
  };
  for (std::size_t i = 0; i < args.size(); ++i)
    env[static_cast<std::size_t>(p.inputs[i])] = args[i];
  for (const Equation& e : p.equations) {
    Arrays in;
    for (Atom a : e.inputs) in.push_back(read(a));
    Arrays out = run_equation(e.primitive, in);
    for (std::size_t i = 0; i < out.size(); ++i)
      env[static_cast<std::size_t>(e.outputs[i])] = out[i];
  }
  Arrays out;
  for (Atom a : p.outputs) out.push_back(read(a));
  return out;
}

}  // namespace linum::fuzz
