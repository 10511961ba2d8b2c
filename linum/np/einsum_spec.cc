#include "linum/np/einsum_spec.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "linum/base/error.h"

namespace linum::np {
namespace {

// Labels of the axes that an ellipsis stands for: below all letters, the last axis fixed.
constexpr char kLastEllipsisLabel = 32;

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> out(1);
  for (char c : text) {
    if (c == ',') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

template <class... Parts>
[[noreturn]] void refuse_subscripts(std::string_view text, const Parts&... parts) {
  throw ValueError(str_cat("einsum \"", text, "\": ", parts...));
}

void check_characters(std::string_view text, std::string_view part) {
  for (std::size_t i = 0; i < part.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(part[i]))) continue;
    if (part.substr(i, 3) != "...")
      refuse_subscripts(text, "'", part[i], "' is no letter, comma, -> or ...");
    if (part.find("...", i + 3) != part.npos)
      refuse_subscripts(text, "a term can have one \"...\" only");
    i += 2;
  }
}

std::string ellipsis_labels(std::int64_t count) {
  std::string out;
  for (std::int64_t i = count - 1; i >= 0; --i) {
    out += static_cast<char>(kLastEllipsisLabel - i);
  }
  return out;
}

std::string replace_ellipsis(std::string term, const std::string& labels) {
  const std::size_t at = term.find("...");
  return at == term.npos ? term : term.replace(at, 3, labels);
}

// A term with one label for each axis of its operand.
std::string expand(std::string_view text, const std::string& term, std::size_t operand,
                   const Shape& shape) {
  check_characters(text, term);
  const auto rank = static_cast<std::int64_t>(shape.size());
  const bool has_ellipsis = term.find("...") != term.npos;
  const auto letters = static_cast<std::int64_t>(term.size()) - (has_ellipsis ? 3 : 0);
  if (has_ellipsis ? letters > rank : letters != rank) {
    throw ShapeError(str_cat("einsum \"", text, "\": the term \"", term, "\" has ", letters,
                             " letters, but operand ", operand, " has shape ", to_text(shape)));
  }
  return replace_ellipsis(term, ellipsis_labels(rank - letters));
}

// The letters that occur once, in order; the ellipsis' labels come first in any case.
std::string implicit_output(const std::vector<std::string>& inputs) {
  std::map<char, int> counts;
  for (const std::string& term : inputs) {
    for (char label : term) ++counts[label];
  }
  std::string out;
  for (auto [label, count] : counts) {
    if (label <= kLastEllipsisLabel || count == 1) out += label;
  }
  return out;
}

std::string explicit_output(std::string_view text, const std::string& term,
                            const std::vector<std::string>& inputs) {
  check_characters(text, term);
  std::set<char> known;
  for (const std::string& input : inputs) known.insert(input.begin(), input.end());
  std::int64_t dots = 0;
  for (char label : known) dots += label <= kLastEllipsisLabel;
  std::string out = replace_ellipsis(term, ellipsis_labels(dots));
  for (char label : out) {
    if (!known.contains(label))
      refuse_subscripts(text, "the output has '", label, "', which no operand has");
    if (std::count(out.begin(), out.end(), label) > 1) {
      refuse_subscripts(text, "the output has '", label, "' twice");
    }
  }
  return out;
}

std::string without_spaces(std::string_view text) {
  std::string out(text);
  std::erase(out, ' ');
  return out;
}

std::string name_of_label(char label) {
  return label <= kLastEllipsisLabel ? "..." : std::string(1, label);
}

// Throws unless each label has one size (besides 1) everywhere.
void check_sizes(const EinsumSpec& spec, const std::vector<Shape>& shapes) {
  std::map<char, std::pair<std::int64_t, std::size_t>> sizes;  // and the operand that has it
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    for (std::size_t axis = 0; axis < shapes[i].size(); ++axis) {
      const char label = spec.inputs[i][axis];
      const std::int64_t size = shapes[i][axis];
      auto [known, is_new] = sizes.try_emplace(label, size, i);
      auto& [old, owner] = known->second;
      if (is_new || size == 1 || size == old) continue;
      if (old == 1) {
        known->second = {size, i};
        continue;
      }
      throw ShapeError(str_cat("einsum \"", spec.text, "\": '", name_of_label(label), "' has size ",
                               old, " in operand ", owner, " of shape ", to_text(shapes[owner]),
                               ", but ", size, " in operand ", i, " of shape ",
                               to_text(shapes[i])));
    }
  }
}

}  // namespace

EinsumSpec parse_einsum(std::string_view subscripts, const std::vector<Shape>& shapes) {
  const std::string text = without_spaces(subscripts);
  const std::size_t arrow = text.find("->");
  const std::vector<std::string> terms = split_at_commas(text.substr(0, arrow));
  if (terms.size() != shapes.size()) {
    refuse_subscripts(subscripts, "it has ", terms.size(), terms.size() == 1 ? " term" : " terms",
                      ", but ", shapes.size(), " operands were given");
  }
  EinsumSpec spec{std::string(subscripts), {}, {}};
  for (std::size_t i = 0; i < terms.size(); ++i) {
    spec.inputs.push_back(expand(subscripts, terms[i], i, shapes[i]));
  }
  spec.output = arrow == text.npos
                    ? implicit_output(spec.inputs)
                    : explicit_output(subscripts, text.substr(arrow + 2), spec.inputs);
  check_sizes(spec, shapes);
  return spec;
}

}  // namespace linum::np
