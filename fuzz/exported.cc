#include <cstdlib>

#include "fuzz/target.h"
#include "linum/export/exported_file.h"

// What is taken can be written, and says the same then. The first byte chooses: the whole file, or
// its body, which a checksum would keep from being reached.
void parse(linum::io::ByteView bytes) {
  if (bytes.empty()) return;
  auto rest = bytes.subspan(1);
  linum::io::ByteReader body(rest, "input");
  linum::ExportedData data = bytes[0] == std::byte{'f'} ? linum::parse_exported(rest, "input")
                                                        : linum::parse_exported_body(body);
  std::string written = linum::write_exported(data);
  auto again = linum::parse_exported(linum::io::view_of(written), "written");
  if (linum::write_exported(again) != written) std::abort();
}
