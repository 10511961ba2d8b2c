// The host allocator's settings: what a training step on the CPU spends its time on first.
#pragma once

namespace linum::runtime {

// Keeps glibc from mapping and unmapping the temporaries of every step: training steps on the CPU
// gain 10 to 40%, and memory once used is not given back to the system. Call it before the first
// array is made. A library must not decide this for its host, so Linum's programs call it and
// others may.
void tune_allocator_for_training();

}  // namespace linum::runtime
