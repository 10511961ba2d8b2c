// Programs and operations as text, in jaxpr's form.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "linum/core/doc.h"
#include "linum/core/params.h"
#include "linum/core/program.h"
#include "linum/core/value.h"

namespace linum {
namespace {

constexpr int kWidth = 80;

// Python's repr: the shortest digits that read back, with an exponent below 1e-4 and from 1e16.
template <class Real>
std::string python_float(Real v) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
  char text[400];
  bool plain = v == 0 || (std::abs(v) >= Real(1e-4) && std::abs(v) < Real(1e16));
  auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::string out(text, std::to_chars(text, text + sizeof text, v, format).ptr);
  return plain && out.find('.') == std::string::npos ? out + ".0" : out;
}
std::string python_float(double v, DType dtype) {
  return item_size(dtype) == 8 ? python_float(v) : python_float(static_cast<float>(v));
}
// "(2+1j)": whole numbers without their point.
std::string python_complex(std::complex<double> z, DType part) {
  auto text = [&](double v) {
    std::string s = python_float(v, part);
    return s.size() > 2 && s.compare(s.size() - 2, 2, ".0") == 0 ? s.substr(0, s.size() - 2) : s;
  };
  return str_cat("(", text(z.real()), std::signbit(z.imag()) ? "" : "+", text(z.imag()), "j)");
}

std::string literal_text(const ScalarValue& s) {
  DType d = s.aval().dtype();
  if (is_bool(d)) return s.integer() ? "True" : "False";
  if (d == DType::U64) return std::to_string(static_cast<std::uint64_t>(s.integer()));
  if (is_integer(d)) return std::to_string(s.integer());
  return is_complex(d) ? python_complex(s.number(), real_part_of(d))
                       : python_float(s.number().real(), d);
}

// Variables are named in order of appearance, through all nested programs: a, b, ..., z, ba, ...
class Names {
 public:
  std::string next() {
    std::string out;
    int n = count_++;
    do {
      out.insert(out.begin(), static_cast<char>('a' + n % 26));
      n /= 26;
    } while (n);
    return out;
  }

 private:
  int count_ = 0;
};

Doc program_doc(const Program& p, Names& names);

class ParamsDoc final : public ParamSink {
 public:
  explicit ParamsDoc(Names& names) : names_(names) {}
  void boolean(std::string_view name, bool v) override { add(name, v ? "True" : "False"); }
  void integer(std::string_view name, std::int64_t v) override { add(name, std::to_string(v)); }
  void number(std::string_view name, double v) override { add(name, python_float(v)); }
  void text(std::string_view name, std::string_view v) override { add(name, std::string(v)); }
  void integers(std::string_view name, const std::vector<std::int64_t>& v) override {
    add(name, linum::to_text(v));
  }
  void program(std::string_view name, const Program& p) override {
    add(name, program_doc(p, names_));
  }
  void identity(std::string_view name, const void*) override { add(name, "<function>"); }

  Doc doc() {
    if (params_.empty()) return {};
    auto by_name = [](auto& a, auto& b) {  // but what names the function comes first
      return std::pair(a.first != "name", a.first) < std::pair(b.first != "name", b.first);
    };
    std::stable_sort(params_.begin(), params_.end(), by_name);
    std::vector<Doc> docs;
    for (auto& [name, value] : params_) docs.push_back(Doc(name + "=") + value);
    Doc inside = Doc("[") + Doc::line("") + join(docs, Doc::line());
    return Doc::group(Doc::nest(2, inside) + Doc::line("") + "]");
  }

 private:
  void add(std::string_view name, Doc value) {
    params_.emplace_back(std::string(name), std::move(value));
  }
  Names& names_;
  std::vector<std::pair<std::string, Doc>> params_;
};

Doc primitive_doc(const Primitive& p, Names& names) {
  ParamsDoc params(names);
  p.params(params);
  return Doc(std::string(p.name())) + params.doc();
}

class ProgramDoc {
 public:
  ProgramDoc(const Program& p, Names& names)
      : p_(p), names_(names), variables_(p.avals.size(), "?") {}
  Doc build() {
    std::vector<Doc> inputs, equations, outputs;
    for (VarId v : p_.inputs) inputs.push_back(binder(v));
    for (const Equation& e : p_.equations) equations.push_back(equation(e));
    for (Atom a : p_.outputs) outputs.push_back(atom(a));
    Doc head = Doc("{ lambda ; ") + fill(inputs) + ". let";
    Doc body = Doc::nest(2, Doc::line() + join(equations, Doc::line("; ")));
    Doc tail = Doc("in (") + join(outputs, ", ") + (outputs.size() == 1 ? ",)" : ")");
    return Doc::group(Doc::nest(2, head + body + Doc::line() + tail) + " }");
  }

 private:
  // On as few lines as will do.
  static Doc fill(const std::vector<Doc>& parts) {
    return Doc::nest(2, join(parts, Doc::group(Doc::line())));
  }
  Doc equation(const Equation& e) {
    std::vector<Doc> out, in;
    for (VarId v : e.outputs) out.push_back(binder(v));
    Doc operation = e.primitive ? primitive_doc(*e.primitive, names_) : Doc("?");
    for (Atom a : e.inputs) in.push_back(atom(a));
    return fill(out) + (out.empty() ? "" : " = ") + operation + " " + fill(in);
  }
  Doc binder(VarId v) {
    if (!known(v)) return "?";
    auto i = static_cast<std::size_t>(v);
    variables_[i] = names_.next();
    return str_cat(variables_[i], ":", p_.avals[i]);
  }
  std::string atom(Atom a) const {
    if (!a.is_literal()) return known(a.id) ? variables_[static_cast<std::size_t>(a.id)] : "?";
    const ScalarValue* s =
        a.literal() < p_.literals.size() ? as_scalar(p_.literals[a.literal()]) : nullptr;
    return s ? str_cat(literal_text(*s), ":", s->aval()) : "?";
  }
  bool known(VarId v) const { return v >= 0 && static_cast<std::size_t>(v) < variables_.size(); }

  const Program& p_;
  Names& names_;
  std::vector<std::string> variables_;  // an invalid program is printed too: "?"
};

Doc program_doc(const Program& p, Names& names) { return ProgramDoc(p, names).build(); }

}  // namespace

std::string Program::to_string() const {
  Names names;
  return program_doc(*this, names).format(kWidth);
}

std::string Primitive::to_string() const {
  Names names;
  return primitive_doc(*this, names).format(1 << 30);
}

}  // namespace linum
