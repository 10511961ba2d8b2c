#include "picture.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "font.h"
#include "linum/data/fashion_mnist.h"

using linum::HostArray;

namespace {

constexpr int kSide = 28, kPerRow = 5;

const char* name_of(int label) {
  return linum::data::kFashionMnistNames.at(static_cast<std::size_t>(label));
}

int pixel(const Prediction& p, int y, int x) {
  return p.image.as<std::uint8_t>()[static_cast<std::size_t>(y * kSide + x)];
}

// --- pixels -----------------------------------------------------------------------------------

using Color = std::array<std::uint8_t, 3>;
constexpr Color kInk{60, 60, 60}, kRight{20, 130, 50}, kWrong{200, 30, 30};
constexpr int kScale = 4, kMargin = 8, kLine = 20;
constexpr int kCellWidth = kSide * kScale + 2 * kMargin;
constexpr int kCellHeight = kSide * kScale + 2 * kLine + 2 * kMargin;

class Canvas {
 public:
  Canvas(int height, int width)
      : width_(width), pixels_(static_cast<std::size_t>(height * width * 3)) {
    std::fill(pixels_.begin(), pixels_.end(), std::uint8_t{255});
  }
  void fill(int y, int x, int height, int width, Color color) {
    for (int i = y; i < y + height; ++i)
      for (int j = x; j < x + width; ++j)
        std::copy(color.begin(), color.end(), pixels_.begin() + (i * width_ + j) * 3);
  }
  // Letters of 5 x 7 squares of 2 pixels, or 1 where the text would be wider than `room`.
  void write(int y, int x, int room, const std::string& text, Color color) {
    int dot = static_cast<int>(text.size()) * 12 <= room ? 2 : 1;
    x += (room - static_cast<int>(text.size()) * 6 * dot) / 2;
    for (char c : text) {
      auto rows = glyph(c);
      for (int i = 0; i < 7; ++i)
        for (int j = 0; j < 5; ++j)
          if (rows[static_cast<std::size_t>(i)] >> (4 - j) & 1)
            fill(y + i * dot, x + j * dot, dot, dot, color);
      x += 6 * dot;
    }
  }
  HostArray take(int height) const {
    return HostArray::of<std::uint8_t>({height, width_, 3}, pixels_);
  }

 private:
  int width_;
  std::vector<std::uint8_t> pixels_;
};

void draw_cell(Canvas& canvas, int top, int left, const Prediction& p) {
  top += kMargin;
  for (int y = 0; y < kSide; ++y)
    for (int x = 0; x < kSide; ++x) {
      auto gray = static_cast<std::uint8_t>(255 - pixel(p, y, x));
      canvas.fill(top + y * kScale, left + kMargin + x * kScale, kScale, kScale,
                  {gray, gray, gray});
    }
  int below = top + kSide * kScale + 6;
  canvas.write(below, left, kCellWidth, name_of(p.predicted),
               p.predicted == p.label ? kRight : kWrong);
  canvas.write(below + kLine, left, kCellWidth, name_of(p.label), kInk);
}

// --- characters -------------------------------------------------------------------------------

// The mean of a block of pixels, 0 to 255.
int block(const Prediction& p, int y, int x, int height, int width) {
  int sum = 0;
  for (int i = y; i < y + height; ++i)
    for (int j = x; j < x + width; ++j) sum += pixel(p, i, j);
  return sum / (height * width);
}

// Two blocks of 2 x 2 pixels, one above the other, in the grays 232 to 255 of the 256 colors.
std::string colored(const Prediction& p, int row, int column) {
  auto gray = [&](int y) { return std::to_string(232 + block(p, y, column * 2, 2, 2) * 23 / 255); };
  return "\033[38;5;" + gray(row * 4) + ";48;5;" + gray(row * 4 + 2) + "m▀\033[0m";
}

std::string shaded(const Prediction& p, int row, int column) {
  constexpr std::array<const char*, 5> shades{" ", "░", "▒", "▓", "█"};
  return shades[static_cast<std::size_t>(block(p, row * 4, column * 2, 4, 2) * 4 / 255)];
}

std::string centered(std::string text, std::size_t width) {
  text.resize(std::min(text.size(), width));
  std::size_t left = (width - text.size()) / 2;
  return std::string(left, ' ') + text + std::string(width - text.size() - left, ' ');
}

std::string text_row(std::span<const Prediction> row, bool color) {
  constexpr int kColumns = kSide / 2, kRows = kSide / 4;
  std::string out;
  for (int y = 0; y < kRows; ++y) {
    for (const Prediction& p : row) {
      out += " ";
      for (int x = 0; x < kColumns; ++x) out += color ? colored(p, y, x) : shaded(p, y, x);
      out += " ";
    }
    out += "\n";
  }
  for (const Prediction& p : row) out += centered(name_of(p.predicted), kColumns + 2);
  out += "\n";
  for (const Prediction& p : row)
    out += centered(p.predicted == p.label ? "(right)" : std::string("is ") + name_of(p.label),
                    kColumns + 2);
  return out + "\n\n";
}

}  // namespace

HostArray draw(const std::vector<Prediction>& predictions) {
  int count = static_cast<int>(predictions.size());
  int height = (count + kPerRow - 1) / kPerRow * kCellHeight;
  Canvas canvas(height, kPerRow * kCellWidth);
  for (int i = 0; i < count; ++i)
    draw_cell(canvas, i / kPerRow * kCellHeight, i % kPerRow * kCellWidth,
              predictions[static_cast<std::size_t>(i)]);
  return canvas.take(height);
}

std::string draw_text(const std::vector<Prediction>& predictions, bool color) {
  std::string out;
  for (std::size_t i = 0; i < predictions.size(); i += kPerRow)
    out += text_row(
        std::span(predictions).subspan(i, std::min<std::size_t>(kPerRow, predictions.size() - i)),
        color);
  return out;
}
