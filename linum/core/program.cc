#include "linum/core/program.h"

#include <cstring>
#include <mutex>

#include "linum/core/aval_key.h"
#include "linum/core/trace.h"

namespace linum {

static std::mutex program_key_mutex;

std::vector<Aval> Program::input_avals() const {
  std::vector<Aval> out;
  for (VarId v : inputs) out.push_back(aval(Atom{v}));
  return out;
}
std::vector<Aval> Program::output_avals() const {
  std::vector<Aval> out;
  for (Atom a : outputs) out.push_back(aval(a));
  return out;
}
Effects Program::effects() const {
  Effects all = 0;
  for (const Equation& e : equations) all |= e.primitive->effects();
  return all;
}

namespace {

// Numbers variables in order of appearance, so that numbering does not matter.
class ProgramKey {
 public:
  explicit ProgramKey(const Program& p) : p_(p), numbers_(p.avals.size(), -1) {}
  std::string build() {
    list(p_.inputs);
    for (const Equation& e : p_.equations) {
      put(static_cast<std::int32_t>(e.primitive->key().size()));
      out_ += e.primitive->key();
      put(static_cast<std::int32_t>(e.inputs.size()));
      for (Atom a : e.inputs) atom(a);
      list(e.outputs);
    }
    put(-1);
    for (Atom a : p_.outputs) atom(a);
    return std::move(out_);
  }

 private:
  void put(std::int32_t v) { out_.append(reinterpret_cast<const char*>(&v), sizeof v); }
  void list(const std::vector<VarId>& vars) {
    put(static_cast<std::int32_t>(vars.size()));
    for (VarId v : vars) {
      numbers_[static_cast<std::size_t>(v)] = next_++;
      append_key(out_, p_.avals[static_cast<std::size_t>(v)]);
    }
  }
  void atom(Atom a) {
    if (!a.is_literal()) return put(numbers_[static_cast<std::size_t>(a.id)]);
    put(-2);
    const ScalarValue& s = *as_scalar(p_.literals[a.literal()]);
    append_key(out_, s.aval());
    std::complex<double> number = s.number();
    std::int64_t integer = s.integer();
    out_.append(reinterpret_cast<const char*>(&number), sizeof number);
    out_.append(reinterpret_cast<const char*>(&integer), sizeof integer);
  }

  const Program& p_;
  std::vector<std::int32_t> numbers_;
  std::int32_t next_ = 0;
  std::string out_;
};

}  // namespace

const std::string& Program::key() const {
  if (!has_key_.load(std::memory_order_acquire)) {
    std::string key = ProgramKey(*this).build();
    std::lock_guard lock(program_key_mutex);
    if (!has_key_.load(std::memory_order_relaxed)) key_ = std::move(key);
    has_key_.store(true, std::memory_order_release);
  }
  return key_;
}

// --- verify ----------------------------------------------------------------------------------

namespace {

class Verifier {
 public:
  explicit Verifier(const Program& p) : p_(p), made_(p.avals.size(), false) {}
  void run() {
    for (const Array& x : p_.literals)
      if (!as_scalar(x)) fail("a literal is no host scalar");
    for (VarId v : p_.inputs) make(v, "an input");
    for (const Equation& e : p_.equations) check(e);
    for (Atom a : p_.outputs) use(a, "the outputs");
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InternalError(str_cat("invalid program: ", what, " in\n", p_.to_string()));
  }
  void make(VarId v, std::string_view where) {
    if (v < 0 || static_cast<std::size_t>(v) >= made_.size())
      fail(str_cat("a variable has no type, made by ", where));
    if (made_[static_cast<std::size_t>(v)]) fail(str_cat("a variable is made twice, by ", where));
    made_[static_cast<std::size_t>(v)] = true;
  }
  void use(Atom a, std::string_view where) const {
    bool there = a.is_literal() ? a.literal() < p_.literals.size()
                                : static_cast<std::size_t>(a.id) < made_.size() &&
                                      made_[static_cast<std::size_t>(a.id)];
    if (!there) fail(str_cat("a variable is used before it is made, by ", where));
  }
  std::vector<Aval> infer(const Equation& e, const std::vector<Aval>& in) const {
    try {
      return infer_checked(*e.primitive, in);
    } catch (const Error& error) {
      fail(str_cat("operands that do not fit (", error.what(), ")"));
    }
  }
  void check(const Equation& e) {
    if (!e.primitive) fail("an equation without an operation");
    std::vector<Aval> in;
    for (Atom a : e.inputs) {
      use(a, e.primitive->name());
      in.push_back(p_.aval(a));
    }
    std::vector<Aval> expected = infer(e, in);
    if (expected.size() != e.outputs.size()) {
      fail(str_cat(e.primitive->name(), " has ", e.outputs.size(), " results, the rule says ",
                   expected.size()));
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      make(e.outputs[i], e.primitive->name());
      const Aval& got = p_.aval(Atom{e.outputs[i]});
      if (!(got == expected[i]))
        fail(str_cat(e.primitive->name(), ": result is ", got, ", the rule says ", expected[i]));
    }
  }
  const Program& p_;
  std::vector<bool> made_;
};

}  // namespace

void Program::verify() const { Verifier(*this).run(); }

// --- evaluation and pruning ------------------------------------------------------------------

std::vector<Array> eval_program(const Program& p, std::span<const Array> args,
                                const std::function<ApplyFn>& apply) {
  if (args.size() != p.inputs.size()) {
    throw InternalError(str_cat("a program of ", p.inputs.size(), " inputs got ", args.size()));
  }
  std::vector<Array> env(p.avals.size());
  auto read = [&](Atom a) {
    return a.is_literal() ? p.literals[a.literal()] : env[static_cast<std::size_t>(a.id)];
  };
  for (std::size_t i = 0; i < args.size(); ++i)
    env[static_cast<std::size_t>(p.inputs[i])] = args[i];
  std::vector<Array> operands;
  for (const Equation& e : p.equations) {
    NameScope scope(e.scope);
    operands.clear();
    for (Atom a : e.inputs) operands.push_back(read(a));
    std::vector<Array> out = apply(e.primitive, operands);
    for (std::size_t i = 0; i < out.size(); ++i)
      env[static_cast<std::size_t>(e.outputs[i])] = std::move(out[i]);
  }
  std::vector<Array> out;
  out.reserve(p.outputs.size());
  for (Atom a : p.outputs) out.push_back(read(a));
  return out;
}

PrunedProgram prune(const Program& p, const std::vector<bool>& keep_outputs, bool keep_inputs) {
  std::vector<bool> needed(p.avals.size(), false);
  auto need = [&](Atom a) {
    if (!a.is_literal()) needed[static_cast<std::size_t>(a.id)] = true;
  };
  Ref<Program> out(new Program);
  out->avals = p.avals;
  out->literals = p.literals;
  for (std::size_t i = 0; i < p.outputs.size(); ++i) {
    if (!keep_outputs[i]) continue;
    need(p.outputs[i]);
    out->outputs.push_back(p.outputs[i]);
  }
  std::vector<bool> keep(p.equations.size());
  for (std::size_t i = p.equations.size(); i-- > 0;) {
    const Equation& e = p.equations[i];
    keep[i] = e.primitive->has_effects();
    for (VarId v : e.outputs) keep[i] = keep[i] || needed[static_cast<std::size_t>(v)];
    if (!keep[i]) continue;
    for (Atom a : e.inputs) need(a);
  }
  for (std::size_t i = 0; i < keep.size(); ++i)
    if (keep[i]) out->equations.push_back(p.equations[i]);
  PrunedProgram result;
  for (VarId v : p.inputs) {
    bool used = keep_inputs || needed[static_cast<std::size_t>(v)];
    result.used_inputs.push_back(used);
    if (used) out->inputs.push_back(v);
  }
  result.program = ProgramRef(out);
  return result;
}

}  // namespace linum
