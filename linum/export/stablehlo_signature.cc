// Reads the types of @main from a module's text.
#include <cctype>
#include <charconv>

#include "linum/export/stablehlo.h"
#include "linum/io/bytes.h"

namespace linum {
namespace {

// A place in the text; what is skipped is spaces and comments.
class Scanner {
 public:
  Scanner(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  [[noreturn]] void fail(std::string_view message) const {
    throw IoError(str_cat(name_, ": offset ", at_, ": ", message));
  }
  void seek(std::size_t at) { at_ = at; }
  std::size_t at() const { return at_; }
  char peek() {
    skip_spaces();
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(std::string_view token) {
    skip_spaces();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void expect(std::string_view token) {
    if (!accept(token)) fail(str_cat("expected '", token, "'"));
  }
  // Letters, digits and _ . $ -
  std::string_view word() {
    skip_spaces();
    std::size_t begin = at_;
    while (at_ < text_.size() && is_word(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }
  // What lies between brackets of any kind, which may hold others and strings.
  std::string_view bracketed() {
    skip_spaces();
    std::size_t begin = at_;
    std::string open;
    do {
      if (at_ >= text_.size()) fail("a bracket is not closed");
      if (text_[at_] == '"') {
        skip_string();
      } else {
        follow_bracket(open);
        ++at_;
      }
    } while (!open.empty());
    return text_.substr(begin, at_ - begin);
  }

 private:
  static bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '$' ||
           c == '-';
  }
  void skip_spaces() {
    while (at_ < text_.size()) {
      if (text_.substr(at_).starts_with("//")) {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (std::isspace(static_cast<unsigned char>(text_[at_]))) {
        ++at_;
      } else {
        return;
      }
    }
  }
  // Keeps in `open` what must close the brackets around this place.
  void follow_bracket(std::string& open) const {
    constexpr std::string_view kOpening = "([{<", kClosing = ")]}>";
    char c = text_[at_];
    bool arrow = c == '>' && at_ > 0 && text_[at_ - 1] == '-';
    if (auto kind = kOpening.find(c); kind != std::string_view::npos) {
      open += kClosing[kind];
    } else if (kClosing.find(c) != std::string_view::npos && !arrow) {
      if (open.empty() || open.back() != c) fail("a bracket is not closed");
      open.pop_back();
    }
  }
  void skip_string() {
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
      if (text_[at_] == '\\') ++at_;
    if (at_ >= text_.size()) fail("a string is not closed");
    ++at_;
  }
  std::string_view text_;
  const std::string& name_;
  std::size_t at_ = 0;
};

// --- types -----------------------------------------------------------------------------------

DType element_type(Scanner& in, std::string_view written) {
  for (int i = 0; i < kDTypeCount; ++i)
    if (mlir_name_of(static_cast<DType>(i)) == written) return static_cast<DType>(i);
  in.fail(str_cat("arrays of ", written, " are not supported"));
}

// "2x3xf32", the inside of tensor<...>.
Aval array_type(Scanner& in, std::string_view inside) {
  Shape shape;
  for (;;) {
    std::int64_t extent = 0;
    auto [end, error] = std::from_chars(inside.data(), inside.data() + inside.size(), extent);
    auto digits = static_cast<std::size_t>(end - inside.data());
    if (error != std::errc() || digits >= inside.size() || inside[digits] != 'x') break;
    shape.push_back(extent);
    inside.remove_prefix(digits + 1);
  }
  if (inside.starts_with("?"))
    in.fail("@main has an array of unknown shape; lower it for fixed ones");
  DType dtype = element_type(in, inside);
  if (io::checked_byte_size(shape, item_size(dtype)) < 0) in.fail("an array type is too large");
  return Aval(dtype, std::move(shape));
}

Aval type(Scanner& in) {
  std::size_t begin = in.at();
  if (!in.accept("tensor")) in.fail("@main must take and give arrays (tensor<...>) only");
  if (in.peek() != '<') in.fail("expected '<'");
  std::string_view written = in.bracketed();
  std::size_t end = in.at();
  in.seek(begin);
  Aval out = array_type(in, written.substr(1, written.size() - 2));
  in.seek(end);
  return out;
}

// --- the function ----------------------------------------------------------------------------

// The attributes of an argument or result: { ... }, then loc( ... ), if any.
std::string_view attributes(Scanner& in) {
  std::string_view out;
  if (in.peek() == '{') out = in.bracketed();
  if (in.accept("loc")) in.bracketed();
  return out;
}

bool donates(std::string_view attributes) {
  return attributes.find("tf.aliasing_output") != std::string_view::npos ||
         attributes.find("jax.buffer_donor") != std::string_view::npos;
}

Aval placed(const Aval& a, std::string_view attributes) {
  const bool on_host =
      attributes.find("mhlo.memory_kind = \"pinned_host\"") != std::string_view::npos;
  return a.in_memory(on_host ? MemorySpace::Host : MemorySpace::Device);
}

void read_inputs(Scanner& in, StableHloSignature& out) {
  in.expect("(");
  while (!in.accept(")")) {
    if (!out.inputs.empty()) in.expect(",");
    in.expect("%");
    in.word();
    in.expect(":");
    const Aval a = type(in);
    const std::string_view written = attributes(in);
    out.inputs.push_back(placed(a, written));
    out.donated.push_back(donates(written));
  }
}

void read_outputs(Scanner& in, StableHloSignature& out) {
  if (!in.accept("->")) return;
  if (in.peek() != '(') {
    out.outputs.push_back(type(in));
    return;
  }
  in.expect("(");
  while (!in.accept(")")) {
    if (!out.outputs.empty()) in.expect(",");
    const Aval a = type(in);
    out.outputs.push_back(placed(a, attributes(in)));
  }
}

// Behind "func.func [public] @main"; throws when there is none.
void find_main(Scanner& in, std::string_view text) {
  constexpr std::string_view kFunction = "func.func";
  for (std::size_t at = text.find(kFunction); at != std::string_view::npos;
       at = text.find(kFunction, at + 1)) {
    std::string_view line = text.substr(0, at);
    line.remove_prefix(line.rfind('\n') + 1);  // npos + 1 is 0
    if (line.find("//") != std::string_view::npos) continue;
    in.seek(at + kFunction.size());
    in.accept("public");
    if (in.accept("@main") && in.peek() == '(') return;
  }
  in.seek(0);
  in.fail("there is no function @main: this is no StableHLO module as text");
}

void check_one_device(Scanner& in, std::string_view text) {
  for (std::string_view count : {"mhlo.num_partitions", "mhlo.num_replicas"}) {
    std::size_t at = text.find(count);
    if (at == std::string_view::npos) continue;
    in.seek(at + count.size());
    if (!in.accept("=")) continue;
    std::string_view number = in.word();
    if (number != "1")
      in.fail(str_cat("the module is for several devices (", count, " = ", number, ")"));
  }
}

}  // namespace

StableHloSignature parse_stablehlo_signature(std::string_view text, const std::string& name) {
  Scanner in(text, name);
  check_one_device(in, text);
  find_main(in, text);
  StableHloSignature out;
  read_inputs(in, out);
  read_outputs(in, out);
  return out;
}

}  // namespace linum
