#include "linum/np/functional.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "linum/lax/lax.h"
#include "linum/np/creation.h"
#include "linum/np/cumulative.h"
#include "linum/np/manipulation.h"
#include "linum/np/operators.h"
#include "linum/np/reductions.h"
#include "linum/transforms/vmap.h"

namespace linum::np {

Array apply_along_axis(const Function& f, std::int64_t axis, const Array& x) {
  const std::int64_t along = normalize_axis(axis, x.ndim(), "apply_along_axis");
  Function over = f;
  for (std::int64_t i = 1; i < x.ndim() - along; ++i) {
    over = vmap(over, {.in_axes = {i}, .out_axes = {-1}});
  }
  for (std::int64_t i = 0; i < along; ++i) over = vmap(over);
  return over(x);
}

Array apply_over_axes(const std::function<Array(const Array&, std::int64_t)>& f, const Array& x,
                      const Axes& axes) {
  Array out = x;
  for (std::int64_t axis : axes) {
    const Array next = f(out, axis);
    const bool dropped = next.ndim() == out.ndim() - 1;
    if (!dropped && next.ndim() != out.ndim()) {
      throw ShapeError(
          str_cat("apply_over_axes: the function must keep the rank or drop one axis, ",
                  "but gave ", next.aval(), " of ", out.aval()));
    }
    out = dropped ? expand_dims(next, axis) : next;
  }
  return out;
}

Array fromfunction(const ManyFunction& f, const Shape& shape, DType dtype) {
  std::vector<Array> grids;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    Shape open(shape.size(), 1);
    open[i] = shape[i];
    grids.push_back(lax::reshape(lax::iota(dtype, shape[i]), open));
  }
  return vectorize(f)(grids);
}

// --- vectorize --------------------------------------------------------------------------------

namespace {

using CoreAxes = std::vector<std::string>;

// "(n,m),(m)->(n)": the names of the axes of each argument and of the result.
struct Signature {
  std::string text;
  std::vector<CoreAxes> inputs;
  CoreAxes output;
  bool has_output = false;
};

std::vector<CoreAxes> parse_terms(std::string_view signature, std::string_view terms) {
  std::vector<CoreAxes> out;
  bool inside = false;
  for (char c : terms) {
    if (c == '(' && !inside) {
      out.emplace_back();
      inside = true;
    } else if (c == ')' && inside) {
      inside = false;
    } else if (c == ',' && inside && !out.back().empty()) {
      out.back().emplace_back();
    } else if (inside && (std::isalnum(static_cast<unsigned char>(c)) || c == '_')) {
      if (out.back().empty()) out.back().emplace_back();
      out.back().back() += c;
    } else if (c != ' ' && (inside || c != ',')) {
      throw ValueError(str_cat("vectorize: not a valid signature: \"", signature, "\""));
    }
  }
  return out;
}

Signature parse_signature(std::string_view text, std::size_t arguments) {
  Signature out{std::string(text), std::vector<CoreAxes>(arguments), {}, !text.empty()};
  if (text.empty()) return out;
  const std::size_t arrow = text.find("->");
  out.inputs = parse_terms(text, text.substr(0, arrow));
  const std::vector<CoreAxes> outputs =
      arrow == text.npos ? std::vector<CoreAxes>() : parse_terms(text, text.substr(arrow + 2));
  if (outputs.size() != 1) {
    throw ValueError(str_cat("vectorize: not a valid signature of one result: \"", text, "\""));
  }
  out.output = outputs[0];
  if (out.inputs.size() != arguments) {
    throw ValueError(str_cat("vectorize: the signature \"", text, "\" has ", out.inputs.size(),
                             " arguments, got ", arguments));
  }
  return out;
}

// The sizes of the named axes, as arguments and result agree on them.
class CoreSizes {
 public:
  explicit CoreSizes(const Signature& signature) : text_(signature.text) {}
  void meet(const Shape& shape, const CoreAxes& names, bool exact) {
    const std::size_t loose = shape.size() - std::min(names.size(), shape.size());
    if (names.size() > shape.size() || (exact && loose > 0)) {
      throw ShapeError(str_cat("vectorize: shape ", to_text(shape), " does not fit the ",
                               names.size(), " axes of its term in \"", text_, "\""));
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      const std::int64_t size = shape[loose + i];
      auto [known, is_new] = sizes_.try_emplace(names[i], size);
      if (is_new || known->second == size) continue;
      throw ShapeError(str_cat("vectorize: axis ", names[i], " of \"", text_, "\" has sizes ",
                               known->second, " and ", size));
    }
  }

 private:
  std::string text_;
  std::map<std::string, std::int64_t> sizes_;
};

// The argument without its loop axes of size 1, and the sizes of all of them from the last.
struct Looped {
  Array x;
  Shape backward;
};
Looped strip(const Array& x, std::size_t core, std::size_t loops) {
  Looped out;
  const std::size_t own = x.shape().size() - core;
  Axes ones;
  for (std::size_t i = 0; i < own; ++i) {
    if (x.shape()[i] == 1) ones.push_back(static_cast<std::int64_t>(i));
  }
  out.x = lax::squeeze(x, ones);
  out.backward.assign(x.shape().rend() - static_cast<std::int64_t>(own), x.shape().rend());
  out.backward.resize(loops, 1);
  return out;
}

// f over one more axis of the arguments that have it.
FlatFn over_one_axis(FlatFn f, std::vector<std::int64_t> dims) {
  return [f = std::move(f), dims = std::move(dims)](std::span<const Array> args) {
    auto first = [](std::size_t n) { return std::vector<std::int64_t>(n, 0); };
    std::size_t with = 0;
    while (dims[with] == kNotBatched) ++with;
    return vmap_flat(f, args, dims, first, {args[with].shape(dims[with])});
  };
}

Array run_vectorized(const FlatFn& f, const std::vector<Array>& args, const Signature& signature) {
  CoreSizes sizes(signature);
  Shape loop;
  for (std::size_t i = 0; i < args.size(); ++i) {
    sizes.meet(args[i].shape(), signature.inputs[i], false);
    Shape own = args[i].shape();
    own.resize(own.size() - signature.inputs[i].size());
    loop = linum::broadcast_shapes(loop, own, "vectorize");
  }
  FlatFn over = [&](std::span<const Array> x) {
    std::vector<Array> out = f(x);
    if (signature.has_output) sizes.meet(out[0].shape(), signature.output, true);
    return out;
  };
  std::vector<Array> stripped;
  std::vector<Shape> backward;
  for (std::size_t i = 0; i < args.size(); ++i) {
    Looped one = strip(args[i], signature.inputs[i].size(), loop.size());
    stripped.push_back(one.x);
    backward.push_back(one.backward);
  }
  Axes ones;
  for (std::size_t axis = 0; axis < loop.size(); ++axis) {
    std::vector<std::int64_t> dims;
    for (const Shape& sizes_of : backward) dims.push_back(sizes_of[axis] == 1 ? kNotBatched : 0);
    if (std::count(dims.begin(), dims.end(), kNotBatched) == std::ssize(dims)) {
      ones.insert(ones.begin(), std::ssize(loop) - 1 - static_cast<std::int64_t>(axis));
    } else {
      over = over_one_axis(std::move(over), std::move(dims));
    }
  }
  return lax::expand_dims(over(stripped)[0], ones);
}

}  // namespace

ManyFunction vectorize(const ManyFunction& f, std::string_view signature,
                       const std::vector<std::size_t>& excluded) {
  return [f, text = std::string(signature), excluded](const std::vector<Array>& args) {
    auto is_whole = [&](std::size_t i) {
      return std::find(excluded.begin(), excluded.end(), i) != excluded.end();
    };
    std::vector<Array> looped;
    for (std::size_t i = 0; i < args.size(); ++i) {
      if (!is_whole(i)) looped.push_back(args[i]);
    }
    const FlatFn with_whole = [&](std::span<const Array> x) {
      std::vector<Array> all;
      std::size_t next = 0;
      for (std::size_t i = 0; i < args.size(); ++i) {
        all.push_back(is_whole(i) ? args[i] : x[next++]);
      }
      return std::vector{f(all)};
    };
    return run_vectorized(with_whole, looped, parse_signature(text, looped.size()));
  };
}

// --- pieces -----------------------------------------------------------------------------------

Array piecewise(const Array& x, const std::vector<Array>& conditions,
                const std::vector<Piece>& pieces) {
  if (pieces.size() != conditions.size() && pieces.size() != conditions.size() + 1) {
    throw ValueError(str_cat("piecewise: with ", conditions.size(), " conditions, either ",
                             conditions.size(), " or ", conditions.size() + 1,
                             " functions are expected, got ", pieces.size()));
  }
  auto value = [&](const Piece& piece) {
    const Function* f = std::get_if<Function>(&piece);
    const Array out = f ? (*f)(x) : std::get<Array>(piece);
    return broadcast_to(lax::convert_element_type(out, x.dtype()), x.shape());
  };
  Array out = pieces.size() > conditions.size() ? value(pieces.back()) : lax::zeros_like(x);
  for (std::size_t i = 0; i < conditions.size(); ++i) {
    const Array holds = broadcast_to(lax::convert_element_type(conditions[i], bool_), x.shape());
    out = lax::select(holds, value(pieces[i]), out);
  }
  return out;
}

std::vector<Array> mask_indices(std::int64_t n,
                                const std::function<Array(const Array&, std::int64_t)>& mask,
                                std::int64_t k, const NonzeroOptions& options) {
  return nonzero(mask(ones({n, n}), k), options);
}

}  // namespace linum::np
