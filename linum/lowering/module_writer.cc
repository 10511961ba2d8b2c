#include "linum/lowering/module_writer.h"

#include <cctype>

#include "linum/lowering/mlir_text.h"
#include "linum/lowering/sdy_text.h"

namespace linum {

const std::string& ModuleWriter::location(const std::string* scope, std::string_view primitive) {
  static const std::string nowhere;
  if (scope->empty()) return nowhere;
  std::string path = str_cat(*scope, "/", primitive);
  auto [it, is_new] = locations_.try_emplace(std::move(path));
  if (is_new) {
    std::string name = str_cat("#loc", locations_.size());
    location_table_ += str_cat(name, " = loc(", mlir_string(it->first), ")\n");
    it->second = str_cat(" loc(", name, ")");
  }
  return it->second;
}

// Letters, digits and underscores only: what MLIR takes as a bare symbol name.
static std::string symbol(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  if (out.empty()) return "fn";
  return std::isdigit(static_cast<unsigned char>(out[0])) ? "_" + out : out;
}

void ModuleWriter::use_mesh(const Mesh& mesh) {
  if (mesh_.empty()) mesh_ = mesh;
  if (mesh_ == mesh) return;
  throw ValueError(str_cat("one program is split over two meshes, ", mesh_.to_string(), " and ",
                           mesh.to_string(), "; put its arrays on one (device_put)"));
}

std::string ModuleWriter::on_first_device(std::size_t results) {
  names_first_device_ = true;
  return sdy_on_first_device(results);
}

std::string ModuleWriter::function_for(std::string_view name, const Program& p) {
  const std::string key = str_cat(p.key(), manual_mesh.key(), join(manual_axes, ","));
  auto it = function_names_.find(key);
  if (it != function_names_.end()) return it->second;
  std::string unique = str_cat(symbol(name), "_", function_names_.size());
  function_names_.emplace(key, unique);
  write_function(str_cat("func.func private @", unique), p);
  return unique;
}

static std::string attribute_list(const std::vector<std::string>& all) {
  return all.empty() ? "" : str_cat(" {", join(all, ", "), "}");
}

void ModuleWriter::write_function(std::string_view header, const Program& p,
                                  const std::vector<Attributes>& inputs,
                                  const std::vector<Attributes>& outputs) {
  FunctionEmitter body(*this);
  std::vector<Ssa> args;
  std::string text = str_cat(header, "(");
  for (std::size_t i = 0; i < p.inputs.size(); ++i) {
    args.push_back(body.new_value(p.aval(Atom{p.inputs[i]})));
    text += str_cat(i ? ", %" : "%", i, ": ", mlir_type(args.back().aval));
    if (!inputs.empty()) text += attribute_list(inputs[i]);
  }
  text += ") -> (";
  std::vector<Aval> results = p.output_avals();
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i) text += ", ";
    append_mlir_type(text, results[i]);
    if (!outputs.empty()) text += attribute_list(outputs[i]);
  }
  text += ") {\n";
  body.return_from("func.return", body.inline_program(p, args));
  text += body.take_text();
  text += "}\n";
  functions_.push_back(std::move(text));
}

// Where an array lies, if not in the device's own memory.
static std::vector<std::string> memory_attributes(const Aval& a) {
  if (a.memory() == MemorySpace::Device) return {};
  return {str_cat("mhlo.memory_kind = ", mlir_string(memory_kind(a.memory())))};
}

// How an input is split, and where its buffer goes.
ModuleWriter::Attributes ModuleWriter::input_attributes(const Program& p, std::vector<bool>& taken,
                                                        std::size_t input) const {
  const Aval& a = p.aval(Atom{p.inputs[input]});
  Attributes out = memory_attributes(a);
  if (!options_.mesh.empty()) {
    const NamedSharding split(options_.mesh, options_.in_specs.at(input));
    out.push_back(str_cat("sdy.sharding = ", sdy_sharding(split, a.rank())));
  }
  if (input < options_.donated.size() && options_.donated[input])
    out.push_back(donation(p, taken, a));
  return out;
}

// A donated input gives its buffer to the first free output of its type; without one, or where the
// compiler splits the arrays, the plugin may still use it for what it likes.
std::string ModuleWriter::donation(const Program& p, std::vector<bool>& taken,
                                   const Aval& a) const {
  for (std::size_t i = 0; options_.mesh.empty() && i < p.outputs.size(); ++i) {
    const Aval& out = p.aval(p.outputs[i]);
    if (taken[i] || out.strong() != a.strong()) continue;
    taken[i] = true;
    return str_cat("tf.aliasing_output = ", i, " : i32");
  }
  return "jax.buffer_donor = true";
}

std::string ModuleWriter::write(const Program& main) {
  std::vector<bool> taken(main.outputs.size());
  std::vector<Attributes> inputs, outputs;
  for (std::size_t i = 0; i < main.inputs.size(); ++i)
    inputs.push_back(input_attributes(main, taken, i));
  for (const Aval& a : main.output_avals()) outputs.push_back(memory_attributes(a));
  write_function("func.func public @main", main, inputs, outputs);
  std::string out = str_cat("module @", symbol(options_.name), " {\n");
  if (!mesh_.empty()) out += sdy_mesh(mesh_);
  if (names_first_device_) out += sdy_first_device();
  for (const std::string& f : functions_) out += f;
  out += "}\n";
  out += location_table_;
  return out;
}

LoweredModule lower_module(const Program& program, const LowerOptions& options) {
  install_kernels();
  ModuleWriter writer(options);
  bool ordered = program.effects() & kOrderedEffect;
  std::string text = writer.write(ordered ? *with_tokens(program) : program);
  return {std::move(text), writer.mesh(), std::move(writer.callbacks)};
}

std::string lower_to_text(const Program& program, const LowerOptions& options) {
  return lower_module(program, options).text;
}

}  // namespace linum
