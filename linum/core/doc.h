// Doc: text that is laid out on one line where it fits and broken where it does not (Wadler's
// pretty printer, as jaxprs are printed).
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace linum {

class Doc {
 public:
  Doc() : Doc("") {}
  Doc(std::string text);
  Doc(const char* text) : Doc(std::string(text)) {}
  // A new line, or `flat` where the group around it fits on one.
  static Doc line(std::string flat = " ");
  // Either all lines of `content` break, or none.
  static Doc group(Doc content);
  // Lines inside are indented by `columns` more.
  static Doc nest(int columns, Doc content);
  friend Doc operator+(const Doc& a, const Doc& b);
  Doc& operator+=(const Doc& b) { return *this = *this + b; }

  std::string format(int width) const;

 private:
  struct Node;
  explicit Doc(std::shared_ptr<const Node> node) : node_(std::move(node)) {}
  std::shared_ptr<const Node> node_;
};

// The parts with `separator` between them.
Doc join(const std::vector<Doc>& parts, const Doc& separator);

}  // namespace linum
