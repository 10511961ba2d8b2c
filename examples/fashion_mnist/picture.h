// Pictures of predictions: as pixels with captions, and as characters for a terminal.
#pragma once

#include <string>
#include <vector>

#include "linum/base/host_array.h"

struct Prediction {
  linum::HostArray image;  // uint8, 28 x 28 x 1
  int label = 0, predicted = 0;
};

// Each image enlarged, its predicted name below it and its true name under that: green where they
// agree, red where not. uint8, height x width x 3.
linum::HostArray draw(const std::vector<Prediction>& predictions);

// The same in characters, five images to a row of 80 columns. With `color`, two pixels to a
// character in the terminal's 24 grays; else in four shades.
std::string draw_text(const std::vector<Prediction>& predictions, bool color);
