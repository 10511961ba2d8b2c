// jax.scipy.special.
#include "linum/special/special.h"
#include "tests/parity_testlib.h"

namespace linum {
namespace {

#define OF_ONE(name) PARITY("special." #name, [](const Tree& in) { return special::name(in[0]); })
#define OF_TWO(name) \
  PARITY("special." #name, [](const Tree& in) { return special::name(in[0], in[1]); })

OF_ONE(dawsn);
OF_ONE(digamma);
OF_ONE(entr);
OF_ONE(erf);
OF_ONE(erfc);
OF_ONE(erfcx);
OF_ONE(erfinv);
OF_ONE(expit);
OF_ONE(factorial);
OF_ONE(gamma);
OF_ONE(gammaln);
OF_ONE(gammasgn);
OF_ONE(i0);
OF_ONE(i0e);
OF_ONE(i1);
OF_ONE(i1e);
OF_ONE(log_ndtr);
OF_ONE(log_softmax);
OF_ONE(loggamma);
OF_ONE(logit);
OF_ONE(logsumexp);
OF_ONE(ndtr);
OF_ONE(ndtri);
OF_ONE(softmax);

OF_TWO(beta);
OF_TWO(betaln);
OF_TWO(boxcox);
OF_TWO(boxcox1p);
OF_TWO(comb);
OF_TWO(gammainc);
OF_TWO(gammaincc);
OF_TWO(kl_div);
OF_TWO(poch);
OF_TWO(rel_entr);
OF_TWO(xlog1py);
OF_TWO(xlogy);
OF_TWO(zeta);

PARITY("special.betainc", [](const Tree& in) { return special::betainc(in[0], in[1], in[2]); });
PARITY("special.polygamma", [](const Tree& in) { return special::polygamma(2, in[0]); });
PARITY("special.multigammaln", [](const Tree& in) { return special::multigammaln(in[0], 3); });
PARITY("special.comb:repetition", [](const Tree& in) { return special::comb(in[0], in[1], true); });
PARITY("special.bernoulli", [](const Tree&) { return special::bernoulli(12); });
PARITY("special.bessel_jn", [](const Tree& in) { return special::bessel_jn(in[0], 3); });

PARITY("special.xlogy:zero", [](const Tree& in) { return special::xlogy(in[0], in[1]); });
PARITY("special.entr:edges", [](const Tree& in) { return special::entr(in[0]); });
PARITY("special.rel_entr:edges", [](const Tree& in) { return special::rel_entr(in[0], in[1]); });
PARITY("special.ndtri:edges", [](const Tree& in) { return special::ndtri(in[0]); });
PARITY("special.ndtr:tails", [](const Tree& in) { return special::ndtr(in[0]); });
PARITY("special.factorial:negative", [](const Tree& in) { return special::factorial(in[0]); });
PARITY("special.expit:int", [](const Tree& in) { return special::expit(in[0]); });

}  // namespace
}  // namespace linum
