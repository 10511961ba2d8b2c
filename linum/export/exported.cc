// Calling exported functions: choosing the program, filling up the batch, cutting the results.
#include "linum/export/exported.h"

#include <cstring>

#include "linum/core/trace.h"
#include "linum/export/exported_file.h"
#include "linum/io/file.h"
#include "linum/lax/structure.h"
#include "linum/runtime/compile_cache.h"

namespace linum {

struct Exported::Impl {
  std::shared_ptr<const ExportedData> data;
  std::vector<StableHlo> programs;
  std::vector<Array> captured;

  const ExportedProgram& program(std::size_t i) const { return data->programs[i]; }
  std::vector<Aval> leaf_types(std::size_t i) const {
    const std::vector<Aval>& inputs = programs[i].signature().inputs;
    return {inputs.begin() + static_cast<std::ptrdiff_t>(captured.size()), inputs.end()};
  }
};

Exported::Exported(std::shared_ptr<const ExportedData> data) : impl_(std::make_shared<Impl>()) {
  impl_->data = std::move(data);
  for (const ExportedProgram& p : impl_->data->programs)
    impl_->programs.emplace_back(p.text, impl_->data->name, p.code);
  for (const HostArray& x : impl_->data->captured) impl_->captured.push_back(Array::from_host(x));
}

const std::string& Exported::name() const { return impl_->data->name; }
const TreeDef& Exported::in_tree() const { return impl_->data->in; }
const TreeDef& Exported::out_tree() const { return impl_->data->out; }
std::vector<Aval> Exported::in_avals() const { return impl_->leaf_types(0); }
std::vector<Aval> Exported::out_avals() const { return impl_->programs[0].signature().outputs; }

std::vector<std::int64_t> Exported::batch_sizes() const {
  std::vector<std::int64_t> out;
  for (const ExportedProgram& p : impl_->data->programs)
    if (p.batch > 0) out.push_back(p.batch);
  return out;
}

const std::string& Exported::text(std::int64_t batch_size) const {
  for (const ExportedProgram& p : impl_->data->programs)
    if (p.batch == batch_size) return p.text;
  throw ValueError(str_cat("exported ", name(), " has no program for a batch of ", batch_size,
                           ", but for ", batch_sizes()));
}

// --- the batch -------------------------------------------------------------------------------

namespace {

// Rows [begin, begin + count) of x, with rows of zeros up to `rows`. On the host: a copy costs less
// than compiling a program for each size.
Array rows_of(const HostArray& x, std::int64_t begin, std::int64_t count, std::int64_t rows) {
  Shape shape = x.shape();
  std::size_t row = shape[0] == 0 ? 0 : x.byte_size() / static_cast<std::size_t>(shape[0]);
  shape[0] = rows;
  HostArray out(x.dtype(), std::move(shape));
  std::size_t used = static_cast<std::size_t>(count) * row;
  if (used > 0) std::memcpy(out.data(), x.data() + static_cast<std::size_t>(begin) * row, used);
  if (out.byte_size() > used) std::memset(out.data() + used, 0, out.byte_size() - used);
  return Array::from_host(out);
}

// "argument 0 at params/kernel" for each leaf of the list of arguments.
std::vector<std::string> leaf_names(const Tree& args) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < args.size(); ++i)
    for (auto& [path, x] : tree::leaves_with_path(args[i]))
      out.push_back(str_cat("argument ", i, path.empty() ? "" : " at ", path));
  return out;
}

// One call: its leaves, and how many rows they have.
class Call {
 public:
  Call(const ExportedData& data, const Tree& args, std::vector<Aval> types)
      : data_(data),
        names_(leaf_names(args)),
        leaves_(tree::leaves(args)),
        types_(std::move(types)) {
    find_rows();
    for (std::size_t i = 0; i < leaves_.size(); ++i) check(i);
  }
  std::int64_t rows() const { return rows_; }
  const std::vector<Array>& leaves() const { return leaves_; }
  // The leaves with some of the rows, filled up.
  std::vector<Array> part(std::int64_t begin, std::int64_t count, std::int64_t filled) {
    std::vector<Array> out = leaves_;
    hosts_.resize(out.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
      if (!data_.in_batched[i] || (begin == 0 && count == filled && count == rows_)) continue;
      if (hosts_[i].data() == nullptr) hosts_[i] = out[i].to_host();
      out[i] = rows_of(hosts_[i], begin, count, filled);
    }
    return out;
  }

 private:
  void find_rows() {
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      if (!data_.in_batched[i] || leaves_[i].ndim() == 0) continue;
      std::int64_t here = leaves_[i].shape(0);
      if (rows_ >= 0 && here != rows_)
        throw ShapeError(str_cat("exported ", data_.name, ": ", names_[i], " has ", here,
                                 " rows, another batched argument ", rows_));
      rows_ = here;
    }
  }
  void check(std::size_t i) const {
    Aval wanted = types_[i], got = leaves_[i].aval();
    bool batched = data_.in_batched[i];
    if (batched && got.rank() > 0 && wanted.rank() > 0) {
      Shape shape = wanted.shape();
      shape[0] = rows_;
      wanted = wanted.with_shape(std::move(shape));
    }
    bool number = got.weak() && got.rank() == 0 && wanted.rank() == 0;
    if (got.shape() == wanted.shape() && (number || got.dtype() == wanted.dtype())) return;
    std::string message = str_cat("exported ", data_.name, ": ", names_[i], " is ", got,
                                  ", the function was exported for ", types_[i],
                                  batched ? " with any number of rows" : "");
    if (got.shape() != wanted.shape()) throw ShapeError(message);
    throw DTypeError(message);
  }
  const ExportedData& data_;
  std::vector<std::string> names_;
  std::vector<Array> leaves_;
  std::vector<Aval> types_;
  std::vector<HostArray> hosts_;
  std::int64_t rows_ = -1;
};

// The first program whose batch has room for `rows`; the largest where none has.
std::size_t program_for(const ExportedData& data, std::int64_t rows) {
  for (std::size_t i = 0; i < data.programs.size(); ++i)
    if (data.programs[i].batch >= rows) return i;
  return data.programs.size() - 1;
}

// The results of all turns: rows one after the other.
class Results {
 public:
  Results(const ExportedData& data, std::int64_t rows) : data_(data), rows_(rows) {}
  void add(const std::vector<Array>& out, std::int64_t begin, std::int64_t count) {
    if (out_.empty()) out_ = out;
    joined_.resize(out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
      if (data_.out_batched[i] && out[i].shape(0) != rows_)
        add_rows(joined_[i], out[i], begin, count);
  }
  std::vector<Array> take() {
    for (std::size_t i = 0; i < out_.size(); ++i)
      if (joined_[i].data()) out_[i] = Array::from_host(joined_[i]);
    return std::move(out_);
  }

 private:
  void add_rows(HostArray& all, const Array& part, std::int64_t begin, std::int64_t count) const {
    HostArray rows = part.to_host();
    Shape shape = part.shape();
    std::size_t row = rows.byte_size() / static_cast<std::size_t>(shape[0]);
    shape[0] = rows_;
    if (!all.data()) all = HostArray(part.dtype(), std::move(shape));
    std::size_t bytes = static_cast<std::size_t>(count) * row;
    if (bytes > 0)
      std::memcpy(all.data() + static_cast<std::size_t>(begin) * row, rows.data(), bytes);
  }
  const ExportedData& data_;
  std::int64_t rows_;
  std::vector<Array> out_;
  std::vector<HostArray> joined_;
};

using RunFn = std::function<std::vector<Array>(std::size_t program, std::vector<Array> leaves)>;

std::vector<Array> run_in_turns(const ExportedData& data, Call& call, const RunFn& run) {
  Results results(data, call.rows());
  std::int64_t begin = 0;
  do {
    std::size_t p = program_for(data, call.rows() - begin);
    std::int64_t filled = data.programs[p].batch, count = std::min(call.rows() - begin, filled);
    results.add(run(p, call.part(begin, count, filled)), begin, count);
    begin += count;
  } while (begin < call.rows());
  return results.take();
}

}  // namespace

Tree Exported::call(const Tree& args) const {
  const ExportedData& data = *impl_->data;
  if (!data.in.matches(args)) {
    throw TreeError(str_cat("exported ", name(), ": the arguments are ", args.to_string(),
                            ", the function was exported for ", data.in.to_string()));
  }
  if (!evaluating()) {
    throw ConcretizationError(str_cat("exported ", name(),
                                      " cannot be called inside jit, grad or "
                                      "vmap: it is fixed. Call it outside, or "
                                      "export the transformed function"));
  }
  Call call(data, args, impl_->leaf_types(0));
  auto run = [&](std::size_t p, std::vector<Array> leaves) {
    leaves.insert(leaves.begin(), impl_->captured.begin(), impl_->captured.end());
    return impl_->programs[p](leaves);
  };
  if (data.programs[0].batch == 0) return data.out.unflatten(run(0, call.leaves()));
  return data.out.unflatten(run_in_turns(data, call, run));
}

// --- files -----------------------------------------------------------------------------------

std::string Exported::serialize() const { return write_exported(*impl_->data); }
void Exported::save(const std::string& path) const {
  io::write_file(path, io::view_of(serialize()));
}

Exported deserialize_exported(std::string_view bytes, const std::string& name, bool trust_code) {
  ExportedData data = parse_exported(io::view_of(bytes), name);
  bool fits = trust_code && !data.code_key.empty() &&
              data.code_key == runtime::code_key(runtime::default_device().client(), {});
  if (!fits)
    for (ExportedProgram& p : data.programs) p.code.clear();
  return Exported(std::make_shared<const ExportedData>(std::move(data)));
}

Exported load_exported(const std::string& path, bool trust_code) {
  return deserialize_exported(io::text_of(io::read_file(path)), path, trust_code);
}

}  // namespace linum
