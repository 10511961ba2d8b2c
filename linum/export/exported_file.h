// The file format of exported functions. All numbers are little-endian.
//   "linum-export", the version (4 bytes), the body's size (8 bytes) and checksum (32 characters)
//   body: name, argument tree, result tree, marks of batched leaves, captured arrays, key of the
//   compiled code, and for each batch size its StableHLO and its compiled code (perhaps empty)
#pragma once

#include <string>
#include <vector>

#include "linum/core/tree.h"
#include "linum/export/stablehlo.h"
#include "linum/io/bytes.h"

namespace linum {

struct ExportedProgram {
  std::int64_t batch = 0;  // 0: there are no batches
  std::string text;        // @main takes the captured arrays, then the leaves of the arguments
  std::string code = {};
};
struct ExportedData {
  std::string name;
  TreeDef in, out;
  std::vector<bool> in_batched, out_batched;  // of each leaf
  std::vector<HostArray> captured;
  std::string code_key = {};              // where the compiled code fits
  std::vector<ExportedProgram> programs;  // by batch size
};

std::string write_exported(const ExportedData&);
// Throws IoError with `name` and the offset; what it gives has programs of matching types.
ExportedData parse_exported(io::ByteView bytes, const std::string& name);
ExportedData parse_exported_body(io::ByteReader& in);

}  // namespace linum
