// Pictures as PNG files, through libpng.
#pragma once

#include <string>

#include "linum/base/host_array.h"

namespace linum::io {

// `pixels`: uint8 of shape (height, width), or (height, width, channels) with 1 (gray), 2 (gray and
// alpha), 3 (RGB) or 4 (RGBA) channels. The file appears whole or not at all.
void save_png(const std::string& path, const HostArray& pixels);

// The same kinds, always (height, width, channels); 16-bit channels are narrowed to 8.
HostArray load_png(const std::string& path);

}  // namespace linum::io
