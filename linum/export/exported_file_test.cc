// Files that are whole but lie: what the parser checks behind the checksum.
#include "linum/export/exported_file.h"

#include "linum/base/testing.h"

namespace linum {
namespace {

std::string module_of(const std::string& types) { return "func.func @main" + types; }
ExportedProgram program(std::int64_t batch, const std::string& types) {
  return {batch, module_of(types)};
}
// f(x) -> y, one leaf each.
ExportedData data(bool batched, std::vector<ExportedProgram> programs) {
  TreeDef args(Tree::list({Array(0)})), result{Tree(Array(0))};
  return {"f", args, result, {batched}, {batched}, {}, "", std::move(programs)};
}
ExportedData reread(const ExportedData& d) {
  return parse_exported(io::view_of(write_exported(d)), "f.linum");
}
const std::string kRow = "(%a: tensor<3xf32>) -> tensor<3xf32>";
const std::string kTwoRows = "(%a: tensor<2x3xf32>) -> tensor<2x3xf32>";
const std::string kFourRows = "(%a: tensor<4x3xf32>) -> tensor<4x3xf32>";

}  // namespace

TEST(ExportedFile, ReadsWhatItWrites) {
  ExportedData d = reread(data(true, {program(2, kTwoRows), program(4, kFourRows)}));
  EXPECT_EQ(d.name, "f");
  EXPECT_EQ(d.programs.size(), 2u);
  EXPECT_EQ(d.programs[1].batch, 4);
  EXPECT_EQ(d.in_batched, std::vector<bool>{true});
}

TEST(ExportedFile, ProgramsMustHaveTheTypesOfTheTree) {
  EXPECT_ERROR(reread(data(false, {program(0, "() -> tensor<f32>")})), IoError,
               "a program of 0 arrays where the tree has 1");
  EXPECT_ERROR(reread(data(false, {program(0, "(%a: tensor<f32>)")})), IoError,
               "a program of 0 arrays where the tree has 1");
  EXPECT_ERROR(reread(data(false, {{0, "garbage"}})), IoError, "there is no function @main");
}

TEST(ExportedFile, ProgramsMustDifferInTheBatchOnly) {
  EXPECT_ERROR(reread(data(true, {program(2, kTwoRows), program(4, kTwoRows)})), IoError,
               "the programs do not agree: f32[2,3] and f32[2,3]");
  EXPECT_ERROR(reread(data(true, {program(2, kRow)})), IoError, "the programs do not agree");
  EXPECT_ERROR(reread(data(true, {program(2, "(%a: tensor<f32>) -> tensor<f32>")})), IoError,
               "the programs do not agree");
}

TEST(ExportedFile, BatchSizesMustGrow) {
  EXPECT_ERROR(reread(data(true, {program(4, kFourRows), program(2, kTwoRows)})), IoError,
               "a wrong batch size");
  EXPECT_ERROR(reread(data(true, {program(0, kTwoRows)})), IoError, "a wrong batch size");
  EXPECT_ERROR(reread(data(false, {program(2, kTwoRows)})), IoError, "a wrong batch size");
  EXPECT_ERROR(reread(data(false, {program(0, kRow), program(0, kRow)})), IoError,
               "a wrong count of programs");
  EXPECT_ERROR(reread(data(true, {})), IoError, "a wrong count of programs");
}

TEST(ExportedFile, CapturedArraysMustBeThoseOfThePrograms) {
  ExportedData d = data(false, {program(0, "(%c: tensor<2xf32>, %a: tensor<f32>) -> tensor<f32>")});
  d.captured.push_back(HostArray(DType::F32, {3}));
  EXPECT_ERROR(reread(d), IoError, "a program takes f32[2] for another captured array");
}

TEST(ExportedFile, DeepTreesAreRefused) {
  Tree deep = Array(0);
  for (int i = 0; i < 200; ++i) deep = Tree::list({deep});
  ExportedData d = data(false, {program(0, kRow)});
  d.in = TreeDef(deep);
  EXPECT_ERROR(reread(d), IoError, "the tree is too deep");
}

TEST(ExportedFile, CountsAreNotBelieved) {
  std::string body;
  io::append_little_endian(body, 0, 8);  // no name
  body += '\2';                          // a list ...
  io::append_little_endian(body, UINT64_MAX, 8);
  io::ByteReader in(io::view_of(body), "f.linum");
  EXPECT_ERROR(parse_exported_body(in), IoError, "f.linum: offset 17: a tree needs 1 bytes");
}

}  // namespace linum
