// StableHLO text that JAX wrote, run by Linum.
#include "linum/export/stablehlo.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

constexpr const char* kWhy = "a module is compiled already: it cannot be called under jit";

// The first input is the text, the others are the arguments of its @main.
Tree run_text(const Tree& in) {
  HostArray bytes = in[0].array().to_host();
  StableHlo f(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.byte_size()),
              "f.mlir");
  return f(Tree::list({in.as_list().begin() + 1, in.as_list().end()}));
}
bool bind_text(const std::string& name) {
  return bind({"stablehlo:" + name, run_text, 0, true, kWhy});
}

const bool kBound[] = {
    bind_text("matmul"),
    bind_text("tree"),
    bind_text("donated"),
    bind_text("kept"),
    bind_text("dtypes"),
    bind_text("sort"),
    bind_text("scan"),
    bind_text("while"),
    bind_text("random"),
    bind_text("grad"),
    bind_text("flax_convolutions"),
    bind_text("flax_attention"),
};

}  // namespace
}  // namespace linum::parity
