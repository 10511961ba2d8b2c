#include "linum/transforms/debug_print.h"

#include <cstdio>
#include <mutex>

namespace linum::debug {
namespace {

struct Output {
  std::mutex mutex;
  PrintSink sink;
};
Output& output() {
  static auto* o = new Output;
  return *o;
}

void write_line(const std::string& line) {
  std::lock_guard lock(output().mutex);
  if (output().sink) return output().sink(line);
  std::string whole = line + "\n";
  std::fwrite(whole.data(), 1, whole.size(), stdout);
  std::fflush(stdout);
}

}  // namespace

PrintSink set_print_sink(PrintSink sink) {
  std::lock_guard lock(output().mutex);
  return std::exchange(output().sink, std::move(sink));
}

void print_args(std::string_view text, const std::vector<FormatArg>& args,
                const DebugCallbackOptions& options) {
  auto [names, values] = split_args(args);
  FormatText format(text, "debug::print");
  format.check(names);
  Tree::List leaves(values.begin(), values.end());
  auto show = [format, names = names](const Tree& in) {
    write_line(format.format(names, tree::leaves(in)));
    return Tree();
  };
  debug_callback_tree(show, options, Tree(std::move(leaves)));
}

}  // namespace linum::debug
