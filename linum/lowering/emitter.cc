#include "linum/core/trace.h"
#include "linum/lowering/mlir_text.h"
#include "linum/lowering/module_writer.h"
#include "linum/lowering/sdy_text.h"

namespace linum {

void FunctionEmitter::value(const Ssa& v) {
  text_ += '%';
  append_number(text_, v.id);
}
void FunctionEmitter::values(std::span<const Ssa> v) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i) text_ += ", ";
    value(v[i]);
  }
}
void FunctionEmitter::types(std::span<const Ssa> v) {
  for (std::size_t i = 0; i < v.size(); ++i) {
    if (i) text_ += ", ";
    append_mlir_type(text_, v[i].aval);
  }
}
std::vector<Ssa> FunctionEmitter::define(std::span<const Aval> results) {
  std::vector<Ssa> out;
  out.reserve(results.size());
  for (const Aval& a : results) out.push_back(new_value(a));
  values(out);
  if (!out.empty()) text_ += " = ";
  return out;
}
void FunctionEmitter::signature(std::span<const Ssa> operands, std::span<const Aval> results) {
  text_ += " : (";
  types(operands);
  text_ += ") -> (";
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i) text_ += ", ";
    append_mlir_type(text_, results[i]);
  }
  text_ += ')';
}
void FunctionEmitter::end_line() {
  if (location_) text_ += *location_;
  text_ += '\n';
}

Ssa FunctionEmitter::elementwise(std::string_view op_name, std::span<const Ssa> operands,
                                 const Aval& result) {
  if (op_name.find('.') != std::string_view::npos) return op1(op_name, operands, "", result);
  Ssa out = define({&result, 1})[0];
  text_ += "stablehlo.";
  text_ += op_name;
  text_ += ' ';
  values(operands);
  text_ += " : ";
  append_mlir_type(text_, result);
  end_line();
  return out;
}

std::vector<Ssa> FunctionEmitter::op(std::string_view name, std::span<const Ssa> operands,
                                     std::string_view attributes, std::span<const Aval> results) {
  return op_with_regions(name, operands, attributes, {}, results);
}

std::vector<Ssa> FunctionEmitter::op_with_regions(std::string_view name,
                                                  std::span<const Ssa> operands,
                                                  std::string_view attributes,
                                                  std::span<const Region> regions,
                                                  std::span<const Aval> results) {
  std::vector<Ssa> out = define(results);
  text_ += '"';
  text_ += name;
  text_ += "\"(";
  values(operands);
  text_ += ')';
  for (std::size_t i = 0; i < regions.size(); ++i) {
    text_ += i ? ", {\n" : " ({\n";
    region(regions[i]);
    text_ += '}';
  }
  if (!regions.empty()) text_ += ')';
  if (!attributes.empty()) {
    text_ += " {";
    text_ += attributes;
    text_ += '}';
  }
  signature(operands, results);
  end_line();
  return out;
}

void FunctionEmitter::region(const Region& r) {
  std::vector<Ssa> arguments;
  for (const Aval& a : r.arguments) arguments.push_back(new_value(a));
  if (!arguments.empty()) {
    text_ += "^bb0(";
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (i) text_ += ", ";
      value(arguments[i]);
      text_ += ": ";
      append_mlir_type(text_, arguments[i].aval);
    }
    text_ += "):\n";
  }
  return_from(r.ends_with, r.body(*this, arguments));
}

void FunctionEmitter::return_from(std::string_view op_name, std::span<const Ssa> v) {
  text_ += '"';
  text_ += op_name;
  text_ += "\"(";
  values(v);
  text_ += ") : (";
  types(v);
  text_ += ") -> ()\n";
}

Ssa FunctionEmitter::dense(std::string_view element, const Aval& result) {
  Ssa out = define({&result, 1})[0];
  text_ += "stablehlo.constant dense<";
  text_ += element;
  text_ += "> : ";
  append_mlir_type(text_, result);
  end_line();
  return out;
}
Ssa FunctionEmitter::constant(double v, const Aval& result) {
  return dense(mlir_element(*as_scalar(make_scalar(v, result.dtype()))), result);
}
Ssa FunctionEmitter::integer_constant(std::int64_t v, const Aval& result) {
  return dense(mlir_element(*as_scalar(make_integer_scalar(v, result.dtype()))), result);
}
Ssa FunctionEmitter::literal(const Array& scalar) {
  return dense(mlir_element(*as_scalar(scalar)), scalar.aval());
}

// Kernels compute whole arrays, so that the compiler could not split them over devices.
std::vector<Ssa> FunctionEmitter::lower_equation(const Primitive& p, std::span<const Ssa> in,
                                                 std::span<const Aval> results) {
  const OverrideFn* custom = splits() ? nullptr : find_override(platform(), p.name());
  if (custom) {
    std::vector<Ssa> out = (*custom)(p, *this, in, results);
    if (out.size() == results.size()) return out;
  }
  return p.lower(*this, in, results);
}

std::vector<Ssa> FunctionEmitter::inline_program(const Program& p, std::span<const Ssa> args) {
  std::vector<Ssa> env(p.avals.size());
  auto read = [&](Atom a) {
    return a.is_literal() ? literal(p.literals[a.literal()]) : env[static_cast<std::size_t>(a.id)];
  };
  for (std::size_t i = 0; i < args.size(); ++i)
    env[static_cast<std::size_t>(p.inputs[i])] = args[i];
  const std::string* outer = location_;
  std::vector<Ssa> in;
  std::vector<Aval> results;
  for (const Equation& e : p.equations) {
    location_ = &module_.location(e.scope, e.primitive->name());
    in.clear();
    results.clear();
    for (Atom a : e.inputs) in.push_back(read(a));
    for (VarId v : e.outputs) results.push_back(p.avals[static_cast<std::size_t>(v)]);
    std::vector<Ssa> out = lower_equation(*e.primitive, in, results);
    for (std::size_t i = 0; i < out.size(); ++i)
      env[static_cast<std::size_t>(e.outputs[i])] = out[i];
  }
  location_ = outer;
  std::vector<Ssa> out;
  for (Atom a : p.outputs) out.push_back(read(a));
  return out;
}

std::vector<Ssa> FunctionEmitter::call_program(std::string_view name, const Program& p,
                                               std::span<const Ssa> args) {
  std::string function = module_.function_for(name, p);
  std::vector<Aval> results = p.output_avals();
  std::vector<Ssa> out = define(results);
  text_ += str_cat("func.call @", function, "(");
  values(args);
  text_ += ')';
  signature(args, results);
  end_line();
  return out;
}

std::string FunctionEmitter::sharding(const NamedSharding& s, std::int64_t rank) {
  module_.use_mesh(s.mesh());
  return sdy_sharding(s, rank);
}

std::vector<Ssa> FunctionEmitter::manual_computation(const Program& body,
                                                     std::span<const Ssa> operands,
                                                     std::span<const NamedSharding> in,
                                                     std::span<const NamedSharding> out,
                                                     std::span<const std::string> axes,
                                                     std::span<const Aval> results) {
  std::vector<Aval> types;
  for (const Ssa& v : operands) types.push_back(v.aval);
  const Mesh& mesh = out.empty() ? in[0].mesh() : out[0].mesh();
  module_.use_mesh(mesh);
  const Mesh outer_mesh = std::exchange(module_.manual_mesh, mesh);
  const std::vector<std::string> outer_axes = module_.manual_axes;
  module_.manual_axes.insert(module_.manual_axes.end(), axes.begin(), axes.end());
  const bool open = !is_fully_manual();
  Region region{body.input_avals(), [&](Emitter& e, std::span<const Ssa> args) {
                  return e.inline_program(body, args);
                }};
  region.ends_with = "sdy.return";
  auto made = op_with_regions("sdy.manual_computation", operands,
                              str_cat("in_shardings = ", sdy_shardings(in, types, open),
                                      ", manual_axes = ", sdy_manual_axes(axes),
                                      ", out_shardings = ", sdy_shardings(out, results, open)),
                              {&region, 1}, results);
  module_.manual_mesh = outer_mesh;
  module_.manual_axes = outer_axes;
  return made;
}

}  // namespace linum
