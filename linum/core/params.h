// ParamSink: how a primitive shows its parameters, once, for printing, hashing and equality.
#pragma once

#include <string>
#include <string_view>

#include "linum/base/dtype.h"
#include "linum/base/shape.h"

namespace linum {

class Program;

class ParamSink {
 public:
  virtual ~ParamSink() = default;
  virtual void boolean(std::string_view name, bool v) { integer(name, v); }
  virtual void integer(std::string_view name, std::int64_t) = 0;
  virtual void number(std::string_view name, double) = 0;
  virtual void text(std::string_view name, std::string_view) = 0;
  virtual void integers(std::string_view name, const std::vector<std::int64_t>&) = 0;
  virtual void program(std::string_view name, const Program&) = 0;
  // Something that has no value equality (a user's function): distinct pointers are distinct.
  virtual void identity(std::string_view name, const void*) = 0;

  void operator()(std::string_view name, bool v) { boolean(name, v); }
  void operator()(std::string_view name, int v) { integer(name, v); }
  void operator()(std::string_view name, std::int64_t v) { integer(name, v); }
  void operator()(std::string_view name, double v) { number(name, v); }
  void operator()(std::string_view name, std::string_view v) { text(name, v); }
  void operator()(std::string_view name, const char* v) { text(name, v); }
  void operator()(std::string_view name, const std::string& v) { text(name, v); }
  void operator()(std::string_view name, DType v) { text(name, name_of(v)); }
  void operator()(std::string_view name, const std::vector<std::int64_t>& v) { integers(name, v); }
  void operator()(std::string_view name, const Program& v) { program(name, v); }
};

}  // namespace linum
