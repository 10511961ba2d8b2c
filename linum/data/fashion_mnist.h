// Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017): 60,000 + 10,000 pictures of clothes in ten classes.
#pragma once

#include <array>
#include <string>

#include "linum/data/dataset.h"

namespace linum::data {

inline constexpr std::array<const char*, 10> kFashionMnistNames = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

// Columns "image" (uint8, 28 x 28 x 1) and "label" (int32).
struct FashionMnist {
  Dataset train, test;
};

// Reads the four idx files of the Debian package dataset-fashion-mnist. Looks in `folder`, else in
// $LINUM_DATA/fashion-mnist, $LINUM_DATA and /usr/share/datasets/fashion-mnist. Throws IoError that
// lists where it looked and how to get the files.
FashionMnist fashion_mnist(const std::string& folder = "");

}  // namespace linum::data
