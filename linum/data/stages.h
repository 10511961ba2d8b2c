// The stages of a data set, each a source over another one. They take indices of any epoch:
// index = epoch * size() + place.
#pragma once

#include "linum/data/dataset.h"

namespace linum::data {

using SourceRef = std::shared_ptr<const Source>;
using MapFn = std::function<Example(const Example&, std::int64_t index)>;

// `of` knows only its first epoch: every epoch is the same.
SourceRef cycle(SourceRef of);
SourceRef columns_source(Example columns);
SourceRef list_source(std::vector<Example> examples);

SourceRef shuffled(SourceRef of, std::uint64_t seed);
SourceRef batched(SourceRef of, std::int64_t batch_size, bool drop_remainder);
SourceRef mapped(SourceRef of, MapFn f);
// Examples start, start + step, ... (`count` of them) of each epoch.
SourceRef strided(SourceRef of, std::int64_t start, std::int64_t step, std::int64_t count);
// Indices from `start` on under another size: repetition, or one epoch seen from its start.
SourceRef window(SourceRef of, std::int64_t start, std::int64_t size);

}  // namespace linum::data
