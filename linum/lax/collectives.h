// Operations over a named axis, which vmap(f, {.axis_name = "batch"}) gives (jax.lax.psum and kin).
// Each example of the batch sees its own operand; the result tells what all of them hold.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "linum/core/array.h"
#include "linum/core/tree.h"

namespace linum::lax {

// Every one throws ValueError that lists the active axes when `axis_name` is none of them.

// The sum, mean, greatest, smallest over the axis; every example gets it. psum(1, name) is the
// number of examples.
Array psum(const Array& x, std::string_view axis_name);
Array pmean(const Array& x, std::string_view axis_name);
Array pmax(const Array& x, std::string_view axis_name);
Array pmin(const Array& x, std::string_view axis_name);
// The same for every leaf.
Tree psum(const Tree& x, std::string_view axis_name);
Tree pmean(const Tree& x, std::string_view axis_name);
Tree pmax(const Tree& x, std::string_view axis_name);
Tree pmin(const Tree& x, std::string_view axis_name);

// The operands of all examples along a new axis; tiled: one after the other along an axis of x.
Array all_gather(const Array& x, std::string_view axis_name, std::int64_t axis = 0,
                 bool tiled = false);
// The sum, of which example i keeps slice i along `scatter_dimension` (tiled: the i-th part of it).
Array psum_scatter(const Array& x, std::string_view axis_name, std::int64_t scatter_dimension = 0,
                   bool tiled = false);
// Example i sends slice j along `split_axis` to example j, which puts what it receives in order
// along `concat_axis` (tiled: parts of split_axis, joined along concat_axis).
Array all_to_all(const Array& x, std::string_view axis_name, std::int64_t split_axis,
                 std::int64_t concat_axis, bool tiled = false);
// The named axis and axis `axis` of x change places.
Array pswapaxes(const Array& x, std::string_view axis_name, std::int64_t axis);

// From the first to the second of each pair; who receives nothing gets zeros.
using SourceTargetPairs = std::vector<std::pair<std::int64_t, std::int64_t>>;
Array ppermute(const Array& x, std::string_view axis_name, const SourceTargetPairs& permutation);
// Example i gets what example permutation[i] holds.
Array pshuffle(const Array& x, std::string_view axis_name,
               const std::vector<std::int64_t>& permutation);

// What example `source` holds, for every example; throws ValueError when there is no such example.
Array pbroadcast(const Array& x, std::string_view axis_name, std::int64_t source);

// Which example this is (int32), and how many there are.
Array axis_index(std::string_view axis_name);
std::int64_t axis_size(std::string_view axis_name);

}  // namespace linum::lax
