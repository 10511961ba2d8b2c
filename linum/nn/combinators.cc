#include "linum/nn/combinators.h"

namespace linum::nn::detail {

Array run_sequential(const std::vector<Layer>& layers, Tree args) {
  if (layers.empty()) {
    throw ValueError(
        "Empty Sequential module: give it layers, as {.layers = "
        "{nn::Dense{.features = 4}, nn::relu}}");
  }
  for (const Layer& layer : layers) {
    Tree out = layer.call(args);
    args = out.is_list() ? out : Tree::list({out});
  }
  if (args.size() != 1) {
    throw ValueError(str_cat("The last layer of Sequential gives ", args.size(),
                             " results: only layers before the last may give several"));
  }
  return args[0].array();
}

void throw_wrong_arguments(const std::string& layer, std::size_t given) {
  throw ValueError(str_cat("The layer ", layer, " cannot be called with ", given,
                           " arrays: they are the results of the layer before it"));
}

}  // namespace linum::nn::detail
