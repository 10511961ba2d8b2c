// A table of text for the terminal: heavy box lines, wrapped cells, bold and dim words (as Python's
// rich draws its default table).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace linum::nn {

enum class TextStyle : std::uint8_t { Plain = 0, Bold = 1, Dim = 2, Italic = 4 };

// Characters with one style each. One character takes one column of the terminal.
class StyledText {
 public:
  StyledText() = default;
  StyledText(const char* text) : StyledText(std::string(text)) {}
  StyledText(const std::string& text, TextStyle style = TextStyle::Plain) { append(text, style); }

  void append(const std::string& text, TextStyle style);
  void append(const StyledText& text);
  bool empty() const { return glyphs_.empty(); }
  std::size_t width() const { return glyphs_.size(); }
  StyledText part(std::size_t begin, std::size_t end) const;
  std::vector<StyledText> lines() const;
  // Broken between words; a word that is too wide is cut, and ends in an ellipsis.
  std::vector<StyledText> wrapped(std::size_t width) const;
  bool is_space(std::size_t i) const { return glyphs_[i].text == " "; }

  // With `base` added to every style; with `codes`, as the terminal's escape sequences.
  std::string render(TextStyle base, bool codes) const;

 private:
  struct Glyph {
    std::string text;  // one character, in UTF-8
    std::uint8_t style = 0;
  };
  std::vector<Glyph> glyphs_;
};

struct TextTable {
  std::string title;
  std::vector<std::string> header;
  std::vector<std::vector<StyledText>> rows;
  std::vector<StyledText> footer;
  std::size_t right_aligned_footer = 0;  // this cell of the footer is aligned to the right
  std::vector<StyledText> caption;       // lines

  // At most `width` columns wide where the cells can be wrapped or cut.
  std::string render(int width, bool codes) const;

 private:
  std::vector<int> column_widths(int width) const;
};

}  // namespace linum::nn
