#include "linum/nn/text_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "linum/base/error.h"

namespace linum::nn {

// --- text ------------------------------------------------------------------------------------

static std::uint8_t bits(TextStyle style) { return static_cast<std::uint8_t>(style); }

static std::size_t utf8_length(char first) {
  auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  return byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
}

void StyledText::append(const std::string& text, TextStyle style) {
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = std::min(utf8_length(text[i]), text.size() - i);
    glyphs_.push_back({text.substr(i, length), bits(style)});
    i += length;
  }
}

void StyledText::append(const StyledText& text) {
  glyphs_.insert(glyphs_.end(), text.glyphs_.begin(), text.glyphs_.end());
}

StyledText StyledText::part(std::size_t begin, std::size_t end) const {
  StyledText out;
  auto first = glyphs_.begin();
  out.glyphs_.assign(first + static_cast<std::ptrdiff_t>(begin),
                     first + static_cast<std::ptrdiff_t>(end));
  return out;
}

std::vector<StyledText> StyledText::lines() const {
  std::vector<StyledText> out;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < glyphs_.size(); ++i) {
    if (glyphs_[i].text != "\n") continue;
    out.push_back(part(begin, i));
    begin = i + 1;
  }
  out.push_back(part(begin, glyphs_.size()));
  return out;
}

namespace {

struct Word {
  std::size_t begin, letters, end;  // up to the end of its letters, and of the spaces after them
};

std::vector<Word> words_of(const StyledText& line) {
  std::vector<Word> out;
  std::size_t at = 0, size = line.width();
  auto skip = [&](bool spaces) {
    while (at < size && line.is_space(at) == spaces) ++at;
    return at;
  };
  while (at < size) {
    std::size_t begin = at;
    skip(true);
    if (at == size) break;
    std::size_t letters = skip(false);
    out.push_back({begin, letters, skip(true)});
  }
  return out;
}

// Where a line is broken so that its parts fit.
std::vector<std::size_t> breaks_of(const StyledText& line, std::size_t width) {
  std::vector<std::size_t> out;
  std::size_t used = 0;
  for (const Word& word : words_of(line)) {
    std::size_t length = word.letters - word.begin;
    if (used + length <= width) {
      used += word.end - word.begin;
      continue;
    }
    if (word.begin > 0 && (used > 0 || length > width)) out.push_back(word.begin);
    used = word.end - word.begin;
  }
  return out;
}

StyledText fitted(StyledText line, std::size_t width) {
  std::size_t size = line.width();
  while (size > width && line.is_space(size - 1)) --size;
  if (size <= width) return line.part(0, size);
  StyledText cut = line.part(0, width - 1);
  cut.append("…");
  return cut;
}

}  // namespace

std::vector<StyledText> StyledText::wrapped(std::size_t width) const {
  std::vector<StyledText> out;
  for (const StyledText& line : lines()) {
    std::size_t begin = 0;
    std::vector<std::size_t> breaks = breaks_of(line, width);
    breaks.push_back(line.width());
    for (std::size_t end : breaks) {
      out.push_back(fitted(line.part(begin, end), width));
      begin = end;
    }
  }
  return out;
}

static std::string escape_code(std::uint8_t style) {
  std::string out;
  auto add = [&](TextStyle bit, char code) {
    if (!(style & bits(bit))) return;
    if (!out.empty()) out += ';';
    out += code;
  };
  add(TextStyle::Bold, '1');
  add(TextStyle::Dim, '2');
  add(TextStyle::Italic, '3');
  return out;
}

std::string StyledText::render(TextStyle base, bool codes) const {
  std::string out;
  for (std::size_t i = 0; i < glyphs_.size();) {
    std::uint8_t style = glyphs_[i].style;
    std::string code = codes ? escape_code(style | bits(base)) : "";
    if (!code.empty()) out += str_cat("\x1b[", code, "m");
    for (; i < glyphs_.size() && glyphs_[i].style == style; ++i) out += glyphs_[i].text;
    if (!code.empty()) out += "\x1b[0m";
  }
  return out;
}

// --- table -----------------------------------------------------------------------------------

namespace {

StyledText spaces(std::size_t count) { return std::string(count, ' '); }

StyledText padded(const StyledText& text, std::size_t left, std::size_t right) {
  StyledText out = spaces(left);
  out.append(text);
  out.append(spaces(right));
  return out;
}

// Takes `excess` from the widest columns, as far down as the next widest, evenly.
std::vector<int> reduced(const std::vector<int>& widths, int widest, int excess, int most) {
  std::vector<int> out;
  auto sharing = static_cast<int>(std::count(widths.begin(), widths.end(), widest));
  for (int width : widths) {
    int taken = 0;
    if (width == widest) {
      taken = std::min(most, static_cast<int>(std::nearbyint(double(excess) / sharing)));
      excess -= taken;
      --sharing;
    }
    out.push_back(width - taken);
  }
  return out;
}

std::vector<int> collapsed(std::vector<int> widths, int max_width) {
  for (;;) {
    int excess = std::accumulate(widths.begin(), widths.end(), 0) - max_width;
    if (excess <= 0) return widths;
    int widest = *std::max_element(widths.begin(), widths.end()), second = 0;
    for (int width : widths) {
      if (width != widest) second = std::max(second, width);
    }
    if (widest <= 4) return widths;  // one character and an ellipsis are always shown
    widths = reduced(widths, widest, excess, std::min(excess, widest - second));
  }
}

int width_of(const StyledText& cell) {
  std::size_t widest = 0;
  for (const StyledText& line : cell.lines()) widest = std::max(widest, line.width());
  return static_cast<int>(widest);
}

struct Edges {
  const char *left, *line, *cross, *right;
};

std::string rule(const Edges& edges, const std::vector<int>& widths) {
  std::string out = edges.left;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) out += edges.cross;
    for (int k = 0; k < widths[i]; ++k) out += edges.line;
  }
  return out + edges.right + "\n";
}

// One row of cells as lines of text; `right` is the cell that is aligned to the right.
std::string drawn_row(const std::vector<StyledText>& cells, const std::vector<int>& widths,
                      const char* divider, TextStyle base, bool codes, std::size_t right) {
  std::vector<std::vector<StyledText>> lines;
  std::size_t height = 1;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    lines.push_back(cells[i].wrapped(static_cast<std::size_t>(widths[i] - 2)));
    height = std::max(height, lines.back().size());
  }
  std::string out, margin = spaces(1).render(base, codes);
  for (std::size_t k = 0; k < height; ++k) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      auto width = static_cast<std::size_t>(widths[i]);
      out += divider;
      if (k >= lines[i].size()) {
        out += spaces(width).render(base, codes);
        continue;
      }
      std::size_t fill = width - 2 - lines[i][k].width();
      StyledText line = padded(lines[i][k], i == right ? fill : 0, i == right ? 0 : fill);
      out += margin;
      out += line.render(base, codes);
      out += margin;
    }
    out += divider + std::string("\n");
  }
  return out;
}

std::string centered(const StyledText& line, std::size_t width, TextStyle base, bool codes) {
  std::size_t fill = width > line.width() ? width - line.width() : 0;
  return padded(line, fill / 2, fill - fill / 2).render(base, codes) + "\n";
}

}  // namespace

std::vector<int> TextTable::column_widths(int width) const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < header.size(); ++i) {
    int widest = std::max(width_of(header[i]), width_of(footer[i]));
    for (auto& row : rows) widest = std::max(widest, width_of(row[i]));
    widths.push_back(widest + 2);
  }
  return collapsed(std::move(widths), width - static_cast<int>(header.size()) - 1);
}

std::string TextTable::render(int width, bool codes) const {
  constexpr auto kNone = static_cast<std::size_t>(-1);
  std::vector<int> widths = column_widths(width);
  auto total = std::accumulate(widths.begin(), widths.end(), widths.size() + 1,
                               [](std::size_t sum, int w) { return sum + std::size_t(w); });
  std::string out = centered(title, total, TextStyle::Italic, codes);
  out += rule({"┏", "━", "┳", "┓"}, widths);
  std::vector<StyledText> names(header.begin(), header.end());
  out += drawn_row(names, widths, "┃", TextStyle::Bold, codes, kNone);
  out += rule({"┡", "━", "╇", "┩"}, widths);
  for (auto& row : rows) {
    out += drawn_row(row, widths, "│", TextStyle::Plain, codes, kNone);
    out += rule({"├", "─", "┼", "┤"}, widths);
  }
  out += drawn_row(footer, widths, "│", TextStyle::Bold, codes, right_aligned_footer);
  out += rule({"└", "─", "┴", "┘"}, widths);
  for (auto& line : caption) out += centered(line, total, TextStyle::Bold, codes);
  return out;
}

}  // namespace linum::nn
