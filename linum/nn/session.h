// Sessions: what happens between the beginning and the end of one init, apply or bind. A module
// object holds only an identity; where its variables lie is the session's knowledge, so models are
// constant while they run, and one model serves many threads.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "linum/core/trace.h"
#include "linum/core/tree.h"
#include "linum/nn/scope.h"

namespace linum::nn {

// A call of a module's method, as filters and interceptors see it.
struct CallSite {
  std::vector<std::string> path;  // of the module
  std::string module;             // its class
  std::string method;             // "__call__" for forward
};

// Which calls leave their results in the collection "intermediates": none, all calls of forward
// (true), or those that a function chooses.
class CaptureFilter {
 public:
  CaptureFilter() = default;
  CaptureFilter(std::same_as<bool> auto all) {
    if (all) chosen_ = [](const CallSite& site) { return site.method == "__call__"; };
  }
  template <std::predicate<const CallSite&> F>
  CaptureFilter(F chosen) : chosen_(std::move(chosen)) {}
  bool active() const { return static_cast<bool>(chosen_); }
  bool operator()(const CallSite& site) const { return chosen_ && chosen_(site); }

 private:
  std::function<bool(const CallSite&)> chosen_;
};

// Wraps every call of a module's method: gets the arguments, may change them, calls `next` (or
// does not), may change the result.
using NextCall = std::function<Tree(const Tree& args)>;
using Interceptor =
    std::function<Tree(const NextCall& next, const Tree& args, const CallSite& site)>;

// Intercepts the calls of this thread while it lives (flax.linen.intercept_methods). The latest
// made runs first.
class [[nodiscard]] intercept_methods {
 public:
  explicit intercept_methods(Interceptor interceptor);
  ~intercept_methods();
  intercept_methods(const intercept_methods&) = delete;
};

// Whether modules put their names on the operations they make (default: yes).
void enable_named_call();
void disable_named_call();
class [[nodiscard]] override_named_call {
 public:
  explicit override_named_call(bool enable = true);
  ~override_named_call();
  override_named_call(const override_named_call&) = delete;

 private:
  bool previous_;
};

class ModuleBase;

namespace detail {

using ModuleId = std::uint64_t;
ModuleId fresh_module_id();

// A call that tabulate noted.
struct CallRecord {
  CallSite site;
  Tree args, result;
};

// Tells the bodies that run apart; 0 is no body.
using FrameId = std::uint64_t;
// Of the body that runs now in this thread.
FrameId current_frame();

struct Binding {
  ScopeRef scope;
  std::string class_name;
  bool auto_named = false;
  FrameId called_in = 0;  // the body whose call of the module gave it its place; 0: a member's
};

// The body of one module while it runs.
struct Frame {
  FrameId id;
  ModuleId module;
  ScopeRef scope;
  std::string class_name;
  std::map<std::string, int> next_number;  // by class, for automatic names
  Frame* caller;
};

class Session {
 public:
  static Session* current();  // of this thread; null outside

  Binding* find(ModuleId module);
  void bind(ModuleId module, Binding binding);
  // Gives an unbound module its place in a running frame: under `name`, or the next free
  // Class_N. Throws NameInUseError.
  Binding& adopt(Frame& place, ModuleId module, const std::string& class_name,
                 const std::string& name);
  // The frame in which both the running module got its place and `made_in` lies; null if none is.
  Frame* common_frame(FrameId made_in);
  // Counts a bound module's name as used in the running frame, which may run again.
  void claim_name(const Binding& binding);

  CaptureFilter capture;
  std::vector<CallRecord>* records = nullptr;
  Frame* frame = nullptr;

 private:
  friend class LiftPlace;
  std::unordered_map<ModuleId, Binding> bindings_;
};

// Makes a session current in this thread.
class SessionScope {
 public:
  explicit SessionScope(Session& session);
  ~SessionScope();
  SessionScope(const SessionScope&) = delete;

 private:
  Session* previous_;
};

// Where a lifted transform takes the places at and under `outer` to another scope.
class LiftPlace {
 public:
  explicit LiftPlace(ScopeRef outer);

  // While it lives, modules at and under `outer` have their places in `inner`. Modules placed
  // meanwhile lose their place afterwards, for `inner` ends with the transform.
  class Scoped {
   public:
    Scoped(const LiftPlace& place, const ScopeRef& inner);
    ~Scoped();
    Scoped(const Scoped&) = delete;

   private:
    Session& session_;
    std::unordered_map<ModuleId, Binding> bindings_;
    ScopeRef frame_scope_;
  };

 private:
  ScopeRef outer_;
  std::map<std::string, int> next_number_;  // of the running body, for each run of the transform
};

// A part of a running module's body whose layers lie one level deeper, under a name
// (flax.linen.compact_name_scope). The module's own parameters stay where they are.
class NameScopedPart {
 public:
  NameScopedPart(ModuleId module, const std::string& name);
  ~NameScopedPart();
  NameScopedPart(const NameScopedPart&) = delete;

 private:
  Session& session_;
  Frame frame_;
};

// One running call of a module: its frame, its name on operations, its observers.
class Call {
 public:
  Call(ModuleId module, const std::string& class_name, const std::string& name,
       std::string_view method);
  ~Call();
  Call(const Call&) = delete;

  // False when the module calls a method of itself: the frame is shared.
  bool opens_frame() const { return opens_frame_; }
  // True when someone (capture, tabulate, an interceptor) wants arguments and results as trees.
  bool observed() const;
  Tree run_observed(const Tree& args, const NextCall& body);
  // The error being handled, with this module's path in its message.
  [[noreturn]] void rethrow() const;

 private:
  void open(ModuleId module, const std::string& class_name, const std::string& name);
  CallSite site() const;

  Session& session_;
  Frame frame_;
  bool opens_frame_;
  std::string_view method_;
  std::optional<NameScope> name_scope_;
};

}  // namespace detail
}  // namespace linum::nn
