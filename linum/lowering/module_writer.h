// The text of one StableHLO module while it is written.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "linum/core/emitter.h"
#include "linum/lowering/lower.h"

namespace linum {

// What all functions of a module share: the functions, and the table of locations.
class ModuleWriter {
 public:
  explicit ModuleWriter(const LowerOptions& options) : options_(options), mesh_(options.mesh) {}
  std::string write(const Program& main);

  // The function that computes `program`, written at first use.
  std::string function_for(std::string_view name, const Program& program);
  // " loc(#loc3)" for an operation of a module; "" outside modules.
  const std::string& location(const std::string* scope, std::string_view primitive);
  const LowerOptions& options() const { return options_; }
  runtime::Callbacks callbacks;  // that the text calls

  // Declares the mesh; throws ValueError when the module speaks of another one.
  void use_mesh(const Mesh&);
  const Mesh& mesh() const { return mesh_; }
  // The mesh and the axes of the shard_maps that are being written, if any.
  Mesh manual_mesh;
  std::vector<std::string> manual_axes;
  std::string on_first_device(std::size_t results);
  std::int64_t next_channel() { return ++channels_; }

 private:
  using Attributes = std::vector<std::string>;  // of an input or output
  Attributes input_attributes(const Program&, std::vector<bool>& taken, std::size_t input) const;
  std::string donation(const Program&, std::vector<bool>& taken, const Aval& input) const;
  void write_function(std::string_view header, const Program&,
                      const std::vector<Attributes>& inputs = {},
                      const std::vector<Attributes>& outputs = {});

  const LowerOptions& options_;
  std::vector<std::string> functions_;
  std::unordered_map<std::string, std::string> function_names_;  // by program key
  std::unordered_map<std::string, std::string> locations_;
  std::string location_table_;
  Mesh mesh_;
  bool names_first_device_ = false;
  std::int64_t channels_ = 0;
};

// Writes the body of one function.
class FunctionEmitter final : public Emitter {
 public:
  explicit FunctionEmitter(ModuleWriter& module) : module_(module) {}

  Ssa new_value(const Aval& aval) { return {next_++, aval}; }
  std::string take_text() { return std::move(text_); }

  Ssa elementwise(std::string_view, std::span<const Ssa>, const Aval&) override;
  std::vector<Ssa> op(std::string_view, std::span<const Ssa>, std::string_view,
                      std::span<const Aval>) override;
  std::vector<Ssa> op_with_regions(std::string_view, std::span<const Ssa>, std::string_view,
                                   std::span<const Region>, std::span<const Aval>) override;
  Ssa constant(double, const Aval&) override;
  Ssa integer_constant(std::int64_t, const Aval&) override;
  Ssa literal(const Array&) override;
  std::vector<Ssa> inline_program(const Program&, std::span<const Ssa>) override;
  std::string function_for(std::string_view name, const Program& program) override {
    return module_.function_for(name, program);
  }
  std::vector<Ssa> call_program(std::string_view, const Program&, std::span<const Ssa>) override;
  std::string sharding(const NamedSharding&, std::int64_t rank) override;
  std::vector<Ssa> manual_computation(const Program&, std::span<const Ssa>,
                                      std::span<const NamedSharding>,
                                      std::span<const NamedSharding>, std::span<const std::string>,
                                      std::span<const Aval>) override;
  const Mesh& manual_mesh() const override { return module_.manual_mesh; }
  const std::vector<std::string>& manual_axes() const override { return module_.manual_axes; }
  bool on_many_devices() const override {
    return !module_.options().mesh.empty() || !module_.manual_mesh.empty();
  }
  std::string on_first_device(std::size_t results) override {
    return module_.on_first_device(results);
  }
  std::int64_t next_channel() override { return module_.next_channel(); }
  void keep(std::shared_ptr<const runtime::HostCallback> callback) override {
    module_.callbacks.push_back(std::move(callback));
  }
  std::string_view platform() const override { return module_.options().platform; }

  void return_from(std::string_view op, std::span<const Ssa> values);

 private:
  std::vector<Ssa> lower_equation(const Primitive&, std::span<const Ssa>, std::span<const Aval>);
  void value(const Ssa& v);
  void values(std::span<const Ssa> v);
  void types(std::span<const Ssa> v);
  std::vector<Ssa> define(std::span<const Aval> results);  // "%5, %6 = "
  void signature(std::span<const Ssa> operands, std::span<const Aval> results);
  void region(const Region&);
  void end_line();
  Ssa dense(std::string_view element, const Aval& result);

  ModuleWriter& module_;
  std::string text_;
  std::int32_t next_ = 0;
  const std::string* location_ = nullptr;
};

}  // namespace linum
