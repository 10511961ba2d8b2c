#include "linum/train/apply_fn.h"

namespace linum::train {

std::pair<Tree, Tree> ApplyFn::call(const Tree& variables, const nn::ApplyOptions& options,
                                    const Tree& args) const {
  if (!fn_) {
    throw ValueError(
        "this train state has no apply_fn: it was created without a model, or for one whose "
        "forward "
        "is a template or overloaded; call the model's own apply");
  }
  return (*fn_)(variables, options, args);
}

void detail::check_argument_count(const Tree& args, std::size_t wanted) {
  if (args.size() == wanted) return;
  throw ValueError(str_cat("apply_fn got ", args.size(), " arguments after the variables, but the ",
                           "model's forward takes ", wanted, " (default arguments count too)"));
}

}  // namespace linum::train
