// Module::tabulate (flax.linen.summary).
#include <cstdio>
#include <set>

#include "linum/nn/module.h"
#include "linum/nn/text_table.h"

namespace linum::nn::detail {
namespace {

using Path = std::vector<std::string>;

// --- values as text --------------------------------------------------------------------------

std::string static_text(const Static& value) {
  if (auto* flag = dynamic_cast<const StaticOf<bool>*>(&value)) {
    return flag->value ? "True" : "False";
  }
  std::string text = value.to_string();
  std::erase(text, '\'');
  return text;
}

StyledText leaf_text(const Tree& leaf) {
  if (leaf.is_none()) return "None";
  if (leaf.is_static()) return static_text(*leaf.as_static());
  const Array& x = leaf.array();
  StyledText out(std::string(name_of(x.dtype())), TextStyle::Dim);
  std::string shape;
  for (std::int64_t d : x.shape()) shape += str_cat(shape.empty() ? "" : ",", d);
  out.append(str_cat("[", shape, "]"));
  return out;
}

bool is_inline(const Tree& t) { return !(t.is_dict() || t.is_list()) || t.size() == 0; }

// YAML's block style: the lines of `tree`, each after `indent`, but the first after what is there.
void append_yaml(StyledText& out, const Tree& tree, const std::string& indent) {
  std::string between;
  auto begin_entry = [&] {
    out.append(between);
    between = str_cat("\n", indent);
  };
  if (is_inline(tree)) {
    out.append(tree.is_dict() ? "{}" : tree.is_list() ? "[]" : leaf_text(tree));
  } else if (tree.is_list()) {
    for (const Tree& entry : tree.as_list()) {
      begin_entry();
      out.append("- ");
      append_yaml(out, entry, str_cat(indent, "  "));
    }
  } else {
    for (auto& [key, entry] : tree.as_dict()) {
      begin_entry();
      std::string inner = entry.is_dict() ? str_cat(indent, "  ") : indent;
      out.append(is_inline(entry) ? str_cat(key, ": ") : str_cat(key, ":\n", inner));
      append_yaml(out, entry, inner);
    }
  }
}

StyledText yaml(const Tree& tree) {
  StyledText out;
  bool nothing = tree.is_none() || ((tree.is_dict() || tree.is_list()) && tree.size() == 0);
  if (!nothing) append_yaml(out, tree, "");
  return out;
}

// 12,345 or 1,234.5
std::string with_commas(std::string digits) {
  std::size_t point = std::min(digits.find('.'), digits.size());
  for (std::size_t at = point; at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string bytes_text(double bytes) {
  if (bytes <= 1e3) return str_cat(with_commas(std::to_string(static_cast<long>(bytes))), " B");
  const char* unit = bytes > 1e9 ? "GB" : bytes > 1e6 ? "MB" : "KB";
  char digits[64];
  std::snprintf(digits, sizeof digits, "%.1f",
                bytes / (bytes > 1e9   ? 1e9
                         : bytes > 1e6 ? 1e6
                                       : 1e3));
  return str_cat(with_commas(digits), " ", unit);
}

struct Size {
  std::int64_t elements = 0, bytes = 0;

  Size& operator+=(const Size& other) {
    elements += other.elements;
    bytes += other.bytes;
    return *this;
  }
  StyledText text(TextStyle style) const {
    if (elements == 0) return {};
    StyledText out(str_cat(with_commas(std::to_string(elements)), " "), style);
    auto dim = static_cast<TextStyle>(static_cast<int>(style) | static_cast<int>(TextStyle::Dim));
    out.append(str_cat("(", bytes_text(static_cast<double>(bytes)), ")"), dim);
    return out;
  }
};

Size size_of(const Tree& tree) {
  Size out;
  for (const Array& x : tree::leaves(tree)) {
    out += {x.size(), x.size() * static_cast<std::int64_t>(item_size(x.dtype()))};
  }
  return out;
}

// --- rows ------------------------------------------------------------------------------------

// What one call shows of one collection.
struct Entry {
  Tree shown;
  Size counted;
};
struct Row {
  const CallRecord* call;
  std::map<std::string, Entry> collections;
};

class Rows {
 public:
  Rows(const std::vector<CallRecord>& calls, const Tree& variables, const TabulateOptions& options)
      : variables_(variables), options_(options) {
    for (const CallRecord& call : calls) paths_.insert(call.site.path);
    for (const CallRecord& call : calls) add(call);
  }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  void add(const CallRecord& call) {
    const Path& path = call.site.path;
    bool repeated = visited_.contains(path), bounded = options_.depth >= 0;
    auto depth = static_cast<std::size_t>(std::max(options_.depth, 0));
    if (repeated ? !options_.show_repeated : bounded && path.size() > depth) return;
    visited_.insert(path);
    rows_.push_back({&call, {}});
    if (repeated) return;
    for (auto& [collection, all] : variables_.as_dict()) {
      const Tree* here = find(all, path);
      if (!here) continue;
      Tree own = without_submodules(*here, path);
      bool with_below = bounded && path.size() == depth;
      rows_.back().collections[collection] = {own, size_of(with_below ? *here : own)};
    }
  }

  static const Tree* find(const Tree& collection, const Path& path) {
    const Tree* at = &collection;
    for (const std::string& name : path) {
      if (!at->is_dict() || !at->as_dict().contains(name)) return nullptr;
      at = &at->as_dict().at(name);
    }
    return at;
  }

  Tree without_submodules(const Tree& variables, Path path) const {
    Tree::Dict out;
    path.emplace_back();
    for (auto& [name, value] : variables.as_dict()) {
      path.back() = name;
      if (!paths_.contains(path)) out.emplace(name, value);
    }
    return Tree(std::move(out));
  }

  const Tree& variables_;
  const TabulateOptions& options_;
  std::set<Path> paths_, visited_;
  std::vector<Row> rows_;
};

StyledText module_text(const CallSite& site) {
  StyledText out = site.module;
  if (site.method != "__call__" && site.method != "<lambda>") {
    out.append(" ");
    out.append(str_cat("(", site.method, ")"), TextStyle::Dim);
  }
  return out;
}

StyledText entry_text(const Entry& entry) {
  StyledText out = yaml(entry.shown);
  if (!out.empty()) out.append("\n\n");
  out.append(entry.counted.text(TextStyle::Bold));
  return out;
}

std::vector<StyledText> cells_of(const Row& row, const std::vector<std::string>& collections) {
  const CallRecord& call = *row.call;
  std::string path;
  for (const std::string& name : call.site.path) path += str_cat(path.empty() ? "" : "/", name);
  bool single = call.args.size() == 1;
  std::vector<StyledText> cells{path, module_text(call.site),
                                yaml(single ? call.args[0] : call.args), yaml(call.result)};
  for (const std::string& collection : collections) {
    auto it = row.collections.find(collection);
    cells.push_back(it == row.collections.end() ? StyledText() : entry_text(it->second));
  }
  return cells;
}

}  // namespace

std::string tabulate(const RootCall& call, const Tree& args, const TabulateOptions& options) {
  auto [calls, variables] = record_calls(call, args);
  Rows rows(calls, variables, options);
  TextTable table{.title = str_cat(call.class_name, " Summary"),
                  .header = {"path", "module", "inputs", "outputs"},
                  .rows = {},
                  .footer = {"", "", "", "Total"},
                  .right_aligned_footer = 3,
                  .caption = {}};
  std::vector<std::string> collections;
  for (auto& [collection, all] : variables.as_dict()) collections.push_back(collection);
  for (const Row& row : rows.rows()) table.rows.push_back(cells_of(row, collections));
  Size total;
  for (const std::string& collection : collections) {
    Size size;
    for (const Row& row : rows.rows()) {
      auto it = row.collections.find(collection);
      if (it != row.collections.end()) size += it->second.counted;
    }
    table.header.push_back(collection);
    table.footer.push_back(size.text(TextStyle::Plain));
    total += size;
  }
  StyledText sum = "Total Parameters: ";
  sum.append(total.text(TextStyle::Plain));
  table.caption = {"", sum};
  return str_cat("\n", table.render(options.width, options.color), "\n");
}

}  // namespace linum::nn::detail
