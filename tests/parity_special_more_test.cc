// jax.scipy.special: integrals, hypergeometric functions, harmonics, and complex arguments.
#include "linum/special/special.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define OF_ONE(name, function) \
  PARITY("special." name, [](const Tree& in) { return special::function(in[0]); })
#define OF_TWO(name, function) \
  PARITY("special." name, [](const Tree& in) { return special::function(in[0], in[1]); })

// --- integrals --------------------------------------------------------------------------------

OF_ONE("expi", expi);
OF_ONE("expi:negative", expi);
OF_ONE("exp1", exp1);
OF_TWO("expn", expn);
#define EXPN(n) PARITY("special.expn:" #n, [](const Tree& in) { return special::expn(n, in[0]); })
EXPN(0);
EXPN(1);
EXPN(2);
EXPN(5);
EXPN(40);
EXPN(6000);
OF_ONE("sici", sici);
OF_ONE("sici:edges", sici);
OF_ONE("fresnel", fresnel);
OF_ONE("fresnel:edges", fresnel);
OF_ONE("fresnel:bfloat16", fresnel);
OF_ONE("spence", spence);
OF_ONE("spence:above_one", spence);
OF_ONE("spence:scalar", spence);
OF_ONE("spence:edges", spence);
OF_TWO("owens_t", owens_t);
OF_TWO("owens_t:edges", owens_t);

// --- hypergeometric functions and harmonics ---------------------------------------------------

#define HYP1F1(name) \
  PARITY("special.hyp1f1" name, [](const Tree& in) { return special::hyp1f1(in[0], in[1], in[2]); })
HYP1F1("");
HYP1F1(":edges");
#define HYP2F1(name)            \
  PARITY("special.hyp2f1" name, \
         [](const Tree& in) { return special::hyp2f1(in[0], in[1], in[2], in[3]); })
HYP2F1("");
HYP2F1(":ways");
PARITY("special.sph_harm_y", [](const Tree& in) {
  const Array n = Array::of<std::int32_t>({6}, {0, 1, 2, 3, 4, 4});
  const Array m = Array::of<std::int32_t>({6}, {0, -1, 1, -3, 0, 4});
  return special::sph_harm_y(n, m, in[0], in[1]);
});
PARITY("special.sph_harm_y:clipped",
       [](const Tree& in) { return special::sph_harm_y(in[0], in[1], in[2], in[3], 3); });

// --- complex arguments ------------------------------------------------------------------------

OF_ONE("wofz", wofz);
OF_ONE("wofz:real", wofz);
OF_ONE("gamma:complex", gamma);
OF_ONE("gamma:poles", gamma);
OF_ONE("loggamma:complex", loggamma);
OF_ONE("erfcx:complex", erfcx);
OF_ONE("expit:complex", expit);
OF_ONE("logit:complex", logit);
OF_ONE("logsumexp:complex", logsumexp);
OF_ONE("softmax:complex", softmax);
OF_ONE("log_softmax:complex", log_softmax);
OF_TWO("xlogy:complex", xlogy);
OF_TWO("xlog1py:complex", xlog1py);
OF_TWO("boxcox:complex", boxcox);
OF_TWO("boxcox1p:complex", boxcox1p);

}  // namespace
}  // namespace linum
