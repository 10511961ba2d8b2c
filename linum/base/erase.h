// std::function from little code. std::function makes some twenty functions for each callable that
// it may hold; these make eight. For templates that erase whatever they are called with.
#pragma once

#include <functional>
#include <memory>
#include <utility>

namespace linum {

template <class Signature>
class Callable;
template <class R, class... Args>
class Callable<R(Args...)> {
 public:
  virtual ~Callable() = default;
  virtual R call(Args... args) = 0;
};

// Copies of the function share f.
template <class R, class... Args>
std::function<R(Args...)> shared_function(std::unique_ptr<Callable<R(Args...)>> f) {
  return [f = std::shared_ptr<Callable<R(Args...)>>(std::move(f))](Args... args) -> R {
    return f->call(std::forward<Args>(args)...);
  };
}

namespace detail {
template <class F, class Signature>
class CallableOf;
template <class F, class R, class... Args>
class CallableOf<F, R(Args...)> final : public Callable<R(Args...)> {
 public:
  explicit CallableOf(F&& f) : f_(std::move(f)) {}
  R call(Args... args) override { return f_(std::forward<Args>(args)...); }

 private:
  F f_;
};
}  // namespace detail

// f, which copies of the function share.
template <class Signature, class F>
std::function<Signature> erase(F f) {
  using Made = detail::CallableOf<F, Signature>;
  return shared_function(std::unique_ptr<Callable<Signature>>(new Made(std::move(f))));
}

}  // namespace linum
