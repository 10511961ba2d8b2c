"""jax.lax: contractions and convolutions."""
import numpy as np
from jax import lax

from oracle import integers, uniform

NHWC = ("NHWC", "HWIO", "NHWC")


def record(case):
    products(case)
    convolutions(case)
    transposed(case)
    shapes(case)


def products(case):
    a, b = uniform(-1, 1, (2, 3)), uniform(-1, 1, (3, 4), seed=1)
    case("lax.dot", lax.dot, a, b)
    case("lax.dot:vectors", lax.dot, a[0], uniform(-1, 1, (3,), seed=1))
    case("lax.dot:int", lax.dot, integers(-9, 9), integers(-9, 9, (3, 2)))
    case("lax.dot_general",
         lambda x, y: lax.dot_general(x, y, (((2,), (1,)), ((0,), (0,)))), uniform(-1, 1, (2, 4, 3)),
         uniform(-1, 1, (2, 3, 5)), covers=["lax.dot_general", "lax.DotDimensionNumbers"])
    case("lax.dot_general:two_axes",
         lambda x, y: lax.dot_general(x, y, (((0, 2), (1, 0)), ((), ())), precision=lax.Precision.HIGHEST),
         uniform(-1, 1, (2, 4, 3)), uniform(-1, 1, (3, 2, 5)), covers=["lax.dot_general", "lax.Precision"])
    case("lax.dot_general:preferred",
         lambda x, y: lax.dot_general(x, y, (((1,), (0,)), ((), ())), preferred_element_type=np.int32),
         integers(-100, 100, (2, 3), dtype=np.int8), integers(-100, 100, (3, 2), dtype=np.int8))
    case("lax.batch_matmul", lax.batch_matmul, uniform(-1, 1, (2, 4, 3)), uniform(-1, 1, (2, 3, 5)))


def convolutions(case):
    x, k = uniform(-1, 1, (2, 5, 6, 2)), uniform(-1, 1, (3, 3, 2, 4), seed=1)
    conv = lax.conv_general_dilated
    covers = ["lax.conv_general_dilated", "lax.ConvDimensionNumbers"]
    case("lax.conv_general_dilated",
         lambda a, b: conv(a, b, (1, 1), "SAME", dimension_numbers=NHWC), x, k, covers=covers)
    case("lax.conv_general_dilated:strides",
         lambda a, b: conv(a, b, (2, 3), "VALID", dimension_numbers=NHWC), x, k)
    case("lax.conv_general_dilated:even_same",
         lambda a, b: conv(a, b, (2, 2), "SAME", dimension_numbers=NHWC), x, k[:2])
    case("lax.conv_general_dilated:kernel_dilation",
         lambda a, b: conv(a, b, (1, 1), ((1, 2), (0, 3)), rhs_dilation=(2, 1), dimension_numbers=NHWC),
         x, k)
    case("lax.conv_general_dilated:input_dilation",
         lambda a, b: conv(a, b, (1, 1), ((1, 1), (2, 0)), lhs_dilation=(1, 2), dimension_numbers=NHWC),
         x, k)
    case("lax.conv_general_dilated:groups",
         lambda a, b: conv(a, b, (1, 1), "SAME", dimension_numbers=NHWC, feature_group_count=2), x,
         uniform(-1, 1, (3, 3, 1, 4), seed=1))
    case("lax.conv_general_dilated:depthwise",
         lambda a, b: conv(a, b, (2, 1), "SAME", dimension_numbers=NHWC, feature_group_count=2), x,
         uniform(-1, 1, (3, 2, 1, 2), seed=1))
    case("lax.conv_general_dilated:batch_groups",
         lambda a, b: conv(a, b, (1, 1), "SAME", dimension_numbers=NHWC, batch_group_count=2), x, k)
    case("lax.conv_general_dilated:one_dimension",
         lambda a, b: conv(a, b, (1,), ((2, 0),), dimension_numbers=("NWC", "WIO", "NWC")),
         uniform(-1, 1, (2, 6, 2)), uniform(-1, 1, (3, 2, 4)))
    case("lax.conv_general_dilated:three_dimensions",
         lambda a, b: conv(a, b, (1, 1, 1), "SAME", dimension_numbers=("NDHWC", "DHWIO", "NDHWC")),
         uniform(-1, 1, (1, 3, 4, 2, 2)), uniform(-1, 1, (2, 2, 2, 2, 1)))
    nchw, oihw = np.transpose(x, (0, 3, 1, 2)), np.transpose(k, (3, 2, 0, 1))
    case("lax.conv_general_dilated:nchw", lambda a, b: conv(a, b, (1, 2), "SAME"), nchw, oihw)
    case("lax.conv", lambda a, b: lax.conv(a, b, (1, 1), "SAME"), nchw, oihw)
    case("lax.conv_with_general_padding",
         lambda a, b: lax.conv_with_general_padding(a, b, (1, 1), ((1, 1), (0, 2)), (1, 1), (2, 1)),
         nchw, oihw)
    case("lax.conv_general_dilated_patches",
         lambda a: lax.conv_general_dilated_patches(a, (3, 3), (1, 2), "SAME", dimension_numbers=NHWC), x)
    case("lax.conv_general_dilated_local",
         lambda a, b: lax.conv_general_dilated_local(a, b, (1, 1), "VALID", (2, 2), dimension_numbers=NHWC),
         uniform(-1, 1, (1, 3, 3, 2)), uniform(-1, 1, (2, 2, 8, 3)))


def shapes(case):
    as_array = lambda shape: np.array(shape, np.int32)
    numbers = lax.conv_dimension_numbers((2, 5, 6, 3), (3, 3, 3, 4), NHWC)
    case("lax.conv_dimension_numbers", lambda: [as_array(numbers.lhs_spec), as_array(numbers.rhs_spec),
                                                as_array(numbers.out_spec)],
         covers=["lax.conv_dimension_numbers", "lax.ConvGeneralDilatedDimensionNumbers"])
    case("lax.conv_general_permutations",
         lambda: [as_array(p) for p in lax.conv_general_permutations(NHWC)])
    case("lax.conv_general_shape_tuple", lambda: as_array(lax.conv_general_shape_tuple(
        (2, 5, 6, 3), (3, 3, 3, 4), (2, 1), "SAME", NHWC)))
    case("lax.conv_shape_tuple", lambda: as_array(lax.conv_shape_tuple(
        (2, 3, 5, 6), (4, 3, 3, 3), (2, 1), ((1, 0), (0, 2)))))
    case("lax.conv_transpose_shape_tuple", lambda: as_array(lax.conv_transpose_shape_tuple(
        (2, 5, 6, 3), (3, 3, 3, 4), (2, 2), "SAME", NHWC)))


def transposed(case):
    x, k = uniform(-1, 1, (2, 4, 3, 2)), uniform(-1, 1, (3, 3, 2, 4), seed=1)
    for padding in ("SAME", "VALID"):
        case(f"lax.conv_transpose:{padding.lower()}",
             lambda a, b, p=padding: lax.conv_transpose(a, b, (2, 2), p, dimension_numbers=NHWC), x, k)
    case("lax.conv_transpose:transpose_kernel",
         lambda a, b: lax.conv_transpose(a, b, (2, 1), "SAME", dimension_numbers=NHWC,
                                         transpose_kernel=True), x, np.transpose(k, (0, 1, 3, 2)))
