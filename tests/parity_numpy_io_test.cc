// jax.numpy: arrays as text, from bytes and text, in NumPy's files; functions of single elements.
#include <filesystem>

#include "linum/io/file.h"
#include "linum/io/npy.h"
#include "linum/np/np.h"
#include "parity_testlib.h"

namespace linum::parity {
namespace {

// A text as bytes, since fixtures hold arrays.
Array text(const std::string& s) {
  return np::frombuffer(std::as_bytes(std::span(s.data(), s.size())), uint8);
}
Array row(const Array& x, int i) { return np::index(x, {i}); }

#define TEXT(name, ...) PARITY_EAGER(name, "reads numbers", __VA_ARGS__)
TEXT("numpy.array_repr",
     [](const Tree& in) { return text(np::array_repr(np::asarray(row(in[0], 0)))); });
TEXT("numpy.array_repr:int64",
     [](const Tree&) { return text(np::array_repr(np::arange(3, int64))); });
TEXT("numpy.array_str", [](const Tree& in) { return text(np::array_str(in[0])); });
TEXT("numpy.array_str:options", [](const Tree& in) {
  return text(np::array_str(in[0].array() * 1e-3,
                            {.max_line_width = 20, .precision = 3, .suppress_small = true}));
});
TEXT("numpy.printoptions", [](const Tree& in) {
  const np::printoptions scope({.precision = 2, .threshold = 4, .edgeitems = 1});
  return text(np::array_str(in[0]));
});
TEXT("numpy.set_printoptions", [](const Tree& in) {
  const PrintOptions before = np::get_printoptions();
  np::set_printoptions({.precision = 3});
  Array out = text(np::array_str(in[0]));
  set_print_options(before);
  return out;
});
TEXT("numpy.get_printoptions", [](const Tree&) {
  const PrintOptions o = np::get_printoptions();
  return np::array({o.precision, static_cast<int>(o.threshold), static_cast<int>(o.edgeitems),
                    static_cast<int>(o.linewidth), static_cast<int>(o.suppress)});
});

// --- memory -----------------------------------------------------------------------------------

std::span<const std::byte> bytes_of(const HostArray& host) {
  return {host.data(), host.byte_size()};
}
TEXT("numpy.frombuffer",
     [](const Tree& in) { return np::frombuffer(bytes_of(in[0].array().to_host()), int16); });
TEXT("numpy.frombuffer:part", [](const Tree& in) {
  return np::frombuffer(bytes_of(in[0].array().to_host()), uint32, {.count = 3, .offset = 4});
});
TEXT("numpy.fromstring", [](const Tree&) { return np::fromstring("1 2.5\n-3e1", " "); });
TEXT("numpy.fromstring:int", [](const Tree&) { return np::fromstring("1, 2,3", ",", int32, 2); });
TEXT("numpy.from_dlpack", [](const Tree& in) {
  auto host = std::make_shared<HostArray>(in[0].array().to_host());
  return np::from_dlpack({host->data(), 1, 2, 32, 1, host->shape(), {}}, host);
});

// --- files ------------------------------------------------------------------------------------

std::string file_of(const std::string& name) {
  return (std::filesystem::temp_directory_path() / ("linum_parity_" + name)).string();
}
Array saved(const Array& x) {
  const std::string path = file_of("saved.npy");
  np::save(path, x);
  const io::Bytes bytes = io::read_file(path);
  return np::frombuffer(bytes, uint8);
}
Array read_back(const Array& x) {
  const std::string path = file_of("read.npy");
  np::save(path, x);
  return np::load(path);
}
#define FILES(name, ...) PARITY_EAGER(name, "reads and writes files", __VA_ARGS__)
FILES("numpy.save", [](const Tree& in) { return saved(in[0]); });
FILES("numpy.save:bfloat16", [](const Tree& in) { return saved(np::astype(in[0], bfloat16)); });
FILES("numpy.save:scalar", [](const Tree& in) { return saved(in[0]); });
FILES("numpy.load", [](const Tree& in) { return read_back(in[0]); });
FILES("numpy.load:bfloat16", [](const Tree& in) { return read_back(np::astype(in[0], bfloat16)); });
FILES("numpy.savez", [](const Tree& in) {
  np::savez(file_of("two.npz"), {{"arr_0", in[0]}, {"named", in[1]}});
  const auto read = np::load_npz(file_of("two.npz"));
  return std::vector<Array>{read.at("arr_0"), read.at("named")};
});

// --- functions of single elements -------------------------------------------------------------

np::ufunc sub() {
  return np::frompyfunc([](const std::vector<Array>& x) { return x[0] - x[1]; }, 2);
}
#define UFUNC(name, ...) PARITY("numpy.frompyfunc" name, [](const Tree& in) { return __VA_ARGS__; })
UFUNC("", sub()(in[0].array(), in[1].array()));
UFUNC(":reduce", sub().reduce(in[0], {.axis = 1}));
UFUNC(":reduce_all", sub().reduce(in[0], {.axis = std::nullopt, .keepdims = true}));
UFUNC(":reduce_where", sub().reduce(in[0], {.axis = 0, .initial = 3, .where = in[0].array() > 0}));
UFUNC(":accumulate", sub().accumulate(in[0], 1));
UFUNC(":outer", sub().outer(in[0], in[1]));
UFUNC(":at", sub().at(in[0], np::array({1, 3, 1}), in[1]));
UFUNC(":reduceat", sub().reduceat(in[0], np::array({0, 3, 1})));
PARITY("numpy.frompyfunc:identity", [](const Tree& in) {
  auto f = [](const std::vector<Array>& x) { return x[0] + x[1] * x[0]; };
  return np::frompyfunc(f, 2, 1).reduce(in[0]);
});

}  // namespace
}  // namespace linum::parity
