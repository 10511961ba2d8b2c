// Mistakes with modules and variables: one type each, named as in flax.errors.
#pragma once

#include <string_view>

#include "linum/base/error.h"
#include "linum/base/shape.h"

namespace linum::nn {

// A random stream that init or apply was not given, or something that is no random key.
class InvalidRngError : public Error {
 public:
  using Error::Error;
};

// The variables given to apply are no dictionary of collections.
class ApplyScopeInvalidVariablesTypeError : public Error {
 public:
  explicit ApplyScopeInvalidVariablesTypeError(std::string_view got);
};

// The variables given to apply have one "params" too many: {"params": {"params": ...}}.
class ApplyScopeInvalidVariablesStructureError : public Error {
 public:
  ApplyScopeInvalidVariablesStructureError();
};

// A parameter that the given "params" lack.
class ScopeParamNotFoundError : public Error {
 public:
  ScopeParamNotFoundError(std::string_view param, std::string_view scope, std::string_view known);
};

// A variable of a collection that is empty or was not given.
class ScopeCollectionNotFound : public Error {
 public:
  ScopeCollectionNotFound(std::string_view collection, std::string_view variable,
                          std::string_view scope);
};

// A parameter whose shape is not the one that its initializer makes.
class ScopeParamShapeError : public Error {
 public:
  ScopeParamShapeError(std::string_view param, std::string_view scope, const Shape& value,
                       const Shape& expected);
};

// A variable that a given, immutable collection lacks.
class ScopeVariableNotFoundError : public Error {
 public:
  ScopeVariableNotFoundError(std::string_view variable, std::string_view collection,
                             std::string_view scope);
};

// A collection filter that selects by no name.
class InvalidFilterError : public Error {
 public:
  explicit InvalidFilterError(std::string_view filter);
};

// A scope (or a Variable of it) used after the init or apply that made it.
class InvalidScopeError : public Error {
 public:
  explicit InvalidScopeError(std::string_view scope);
};

// An update of a variable in an immutable collection.
class ModifyScopeVariableError : public Error {
 public:
  ModifyScopeVariableError(std::string_view collection, std::string_view variable,
                           std::string_view scope);
};

// A module used inside a plain transform that was opened within its forward.
class JaxTransformError : public Error {
 public:
  explicit JaxTransformError(std::string_view scope);
};

// Two submodules, parameters or variables of one name in one module.
class NameInUseError : public Error {
 public:
  // `kind`: "submodule", "param" or "variable".
  NameInUseError(std::string_view kind, std::string_view name, std::string_view module,
                 std::string_view scope);
};

// A module called outside init and apply.
class CallCompactUnboundModuleError : public Error {
 public:
  explicit CallCompactUnboundModuleError(std::string_view module);
};

// unbind() of a module that no bind() made.
class CallUnbindOnUnboundModuleError : public Error {
 public:
  explicit CallUnbindOnUnboundModuleError(std::string_view module);
};

// share_scope() outside init and apply.
class CallShareScopeOnUnboundModuleError : public Error {
 public:
  CallShareScopeOnUnboundModuleError();
};

// lazy_init of a module whose variables need the values of inputs that were given by shape only.
class LazyInitError : public Error {
 public:
  explicit LazyInitError(std::string_view input);
};

}  // namespace linum::nn
