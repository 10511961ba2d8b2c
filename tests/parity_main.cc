#include "tests/parity_testlib.h"

int main(int argc, char** argv) { return linum::parity::run_area(LINUM_PARITY_AREA, argc, argv); }
