#include "linum/nn/errors.h"

namespace linum::nn {

ApplyScopeInvalidVariablesTypeError::ApplyScopeInvalidVariablesTypeError(std::string_view got)
    : Error(str_cat("The first argument passed to an apply function should be a dictionary of "
                    "collections. Each collection should be a dictionary with string keys. Got ",
                    got, ": pass what init returned, or {{\"params\", params}}")) {}

ApplyScopeInvalidVariablesStructureError::ApplyScopeInvalidVariablesStructureError()
    : Error(
          "Expect the `variables` (first argument) passed to apply() to be a dict with the "
          "structure {\"params\": ...}, but got a dict with an extra params layer, i.e. "
          "{\"params\": {\"params\": ... } }. You should instead pass in your dict's "
          "[\"params\"]") {}

ScopeParamNotFoundError::ScopeParamNotFoundError(std::string_view param, std::string_view scope,
                                                 std::string_view known)
    : Error(str_cat("Could not find parameter named \"", param, "\" in scope \"", scope,
                    "\". The given parameters there: ", known.empty() ? "none" : known,
                    ". Use the variables that init made for this very model")) {}

ScopeCollectionNotFound::ScopeCollectionNotFound(std::string_view collection,
                                                 std::string_view variable, std::string_view scope)
    : Error(str_cat("Tried to access \"", variable, "\" from collection \"", collection, "\" in \"",
                    scope, "\" but the collection is empty. Pass it to apply, as {{\"", collection,
                    "\", ...}}, or make it mutable: {.mutable_collections = {\"", collection,
                    "\"}}")) {}

ScopeParamShapeError::ScopeParamShapeError(std::string_view param, std::string_view scope,
                                           const Shape& value, const Shape& expected)
    : Error(str_cat("For parameter \"", param, "\" in \"", scope,
                    "\", the given initializer is expected to generate shape ", expected,
                    ", but the existing parameter it received has shape ", value,
                    ". The input or an attribute of the layer differs from what init saw")) {}

ScopeVariableNotFoundError::ScopeVariableNotFoundError(std::string_view variable,
                                                       std::string_view collection,
                                                       std::string_view scope)
    : Error(str_cat("No Variable named \"", variable, "\" for collection \"", collection,
                    "\" exists in \"", scope,
                    "\". To create it, make the collection mutable: {.mutable_collections = {\"",
                    collection, "\"}}")) {}

InvalidFilterError::InvalidFilterError(std::string_view filter)
    : Error(str_cat("Invalid Filter: \"", filter,
                    "\". A filter is a bool, a collection's name, a list of names or a DenyList")) {
}

InvalidScopeError::InvalidScopeError(std::string_view scope)
    : Error(str_cat("The scope \"", scope,
                    "\" is no longer valid: its init or apply has ended. Return values from the "
                    "module instead of keeping its Variables")) {}

ModifyScopeVariableError::ModifyScopeVariableError(std::string_view collection,
                                                   std::string_view variable,
                                                   std::string_view scope)
    : Error(str_cat("Cannot update variable \"", variable, "\" in \"", scope,
                    "\" because collection \"", collection,
                    "\" is immutable. Make it mutable: auto [y, updated] = model.apply(variables, "
                    "{.mutable_collections = {\"",
                    collection, "\"}}, x)")) {}

JaxTransformError::JaxTransformError(std::string_view scope)
    : Error(str_cat("Jax transforms and Flax models cannot be mixed: the module \"", scope,
                    "\" is used inside a transform (jit, grad, vmap, ...) that was opened within a "
                    "module. Transform the whole apply instead, or use the lifted transform of "
                    "linum::nn")) {}

NameInUseError::NameInUseError(std::string_view kind, std::string_view name,
                               std::string_view module, std::string_view scope)
    : Error(str_cat("Could not create ", kind, " \"", name, "\" in Module ", module, " (\"", scope,
                    "\"): Name in use. To share a submodule, make it once and call it twice; "
                    "otherwise give it another name")) {}

CallCompactUnboundModuleError::CallCompactUnboundModuleError(std::string_view module)
    : Error(str_cat("Can't call compact methods on unbound modules: ", module,
                    " is used outside init and apply. Use model.init(key, x) to make its "
                    "variables and model.apply(variables, x) to run it")) {}

CallUnbindOnUnboundModuleError::CallUnbindOnUnboundModuleError(std::string_view module)
    : Error(str_cat("Can't call `unbind()` on unbound modules: ", module,
                    " has no variables. Bind it (or the model that holds it) first: "
                    "model.bind(variables)")) {}

CallShareScopeOnUnboundModuleError::CallShareScopeOnUnboundModuleError()
    : Error(
          "Can't call `share_scope` on unbound modules. Call it inside forward, where both "
          "modules have a scope") {}

LazyInitError::LazyInitError(std::string_view input)
    : Error(str_cat("Lazy init encountered a value that could not be computed with the given "
                    "inputs (shape: ",
                    input,
                    "): a variable depends on it. Pass an array with data instead of a "
                    "shape_struct")) {}

}  // namespace linum::nn
