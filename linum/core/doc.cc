#include "linum/core/doc.h"

namespace linum {

struct Doc::Node {
  enum Kind { kText, kLine, kGroup, kNest, kConcat } kind;
  std::string text;  // of a text; of a line when flat
  int columns = 0;
  std::shared_ptr<const Node> first, second;
  std::size_t width = 0;  // when flat
};

Doc::Doc(std::string text) {
  std::size_t width = text.size();
  node_ = std::make_shared<Node>(Node{Node::kText, std::move(text), 0, nullptr, nullptr, width});
}
Doc Doc::line(std::string flat) {
  std::size_t width = flat.size();
  return Doc(
      std::make_shared<Node>(Node{Node::kLine, std::move(flat), 0, nullptr, nullptr, width}));
}
Doc Doc::group(Doc c) {
  return Doc(std::make_shared<Node>(Node{Node::kGroup, "", 0, c.node_, nullptr, c.node_->width}));
}
Doc Doc::nest(int columns, Doc c) {
  return Doc(
      std::make_shared<Node>(Node{Node::kNest, "", columns, c.node_, nullptr, c.node_->width}));
}
Doc operator+(const Doc& a, const Doc& b) {
  std::size_t width = a.node_->width + b.node_->width;
  return Doc(
      std::make_shared<Doc::Node>(Doc::Node{Doc::Node::kConcat, "", 0, a.node_, b.node_, width}));
}

std::string Doc::format(int width) const {
  struct Item {
    const Node* node;
    int indent;
    bool flat;
  };
  std::string out;
  std::vector<Item> todo{{node_.get(), 0, false}};
  std::size_t line_start = 0;
  while (!todo.empty()) {
    auto [n, indent, flat] = todo.back();
    todo.pop_back();
    switch (n->kind) {
      case Node::kText:
        out += n->text;
        break;
      case Node::kLine:
        if (flat) {
          out += n->text;
        } else {
          out += '\n';
          line_start = out.size();
          out.append(static_cast<std::size_t>(indent), ' ');
        }
        break;
      case Node::kGroup: {
        std::size_t column = out.size() - line_start;
        bool fits = column + n->width <= static_cast<std::size_t>(width);
        todo.push_back({n->first.get(), indent, flat || fits});
        break;
      }
      case Node::kNest:
        todo.push_back({n->first.get(), indent + n->columns, flat});
        break;
      case Node::kConcat:
        todo.push_back({n->second.get(), indent, flat});
        todo.push_back({n->first.get(), indent, flat});
        break;
    }
  }
  return out;
}

Doc join(const std::vector<Doc>& parts, const Doc& separator) {
  Doc out;
  for (std::size_t i = 0; i < parts.size(); ++i) out += i ? separator + parts[i] : parts[i];
  return out;
}

}  // namespace linum
