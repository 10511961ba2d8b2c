// The recorded cases of one area: tests/parity/<area>.safetensors (written by
// tests/oracle/oracle.py).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "linum/core/tree.h"

namespace linum::parity {

struct Case {
  std::string name;
  std::vector<std::string> covers;  // public names of jax, flax and optax
  Tree inputs;                      // list
  Tree outputs;
  bool differentiable = false;
  std::vector<Array> cotangents;  // one per leaf of the outputs; undefined where there is none
  std::vector<Array> gradients;   // one per leaf of the inputs; likewise
};

class Fixture {
 public:
  // Throws IoError when the area has no file, or a broken one.
  explicit Fixture(const std::string& area);
  ~Fixture();
  std::vector<std::string> names() const;
  std::vector<std::string> covers(const std::string& name) const;
  Case read(const std::string& name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace linum::parity
