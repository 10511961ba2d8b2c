"""jax.lax.fft and jax.numpy.fft."""
import jax.numpy as jnp
from jax import lax

from oracle import complexes, integers, uniform

fft = jnp.fft


def record(case):
    primitive(case)
    one_axis(case)
    several_axes(case)
    frequencies(case)


def primitive(case):
    z, x, half = complexes((2, 3, 4)), uniform(-1, 1, (2, 3, 4)), complexes((2, 3, 3))
    T = lax.FftType
    covers = ["lax.fft", "lax.FftType"]
    case("lax.fft", lambda a: lax.fft(a, T.FFT, (4,)), z, covers=covers)
    case("lax.fft:three_axes", lambda a: lax.fft(a, "fft", (2, 3, 4)), z)
    case("lax.fft:inverse", lambda a: lax.fft(a, T.IFFT, (3, 4)), z, covers=covers)
    case("lax.fft:real", lambda a: lax.fft(a, T.RFFT, (3, 4)), x, covers=covers)
    case("lax.fft:real_odd", lambda a: lax.fft(a, "RFFT", (3,)), x[:, :, :3])
    case("lax.fft:to_real", lambda a: lax.fft(a, T.IRFFT, (3, 4)), half, covers=covers)
    case("lax.fft:to_real_odd", lambda a: lax.fft(a, "irfft", (5,)), half)
    case("lax.fft:int", lambda a: lax.fft(a, "fft", (3,)), integers(-9, 9), grad=False)


def one_axis(case):
    z, x = complexes((3, 5)), uniform(-1, 1, (3, 6))
    for name, a in {"fft": z, "ifft": z, "rfft": x, "irfft": z, "hfft": z, "ihfft": x}.items():
        f = getattr(fft, name)
        case(f"numpy.fft.{name}", f, a)
        case(f"numpy.fft.{name}:cropped", lambda v, f=f: f(v, n=4, norm="ortho"), a)
        case(f"numpy.fft.{name}:padded", lambda v, f=f: f(v, n=7, axis=0, norm="forward"), a)
    case("numpy.fft.fft:real", fft.fft, x)
    case("numpy.fft.irfft:real", fft.irfft, x)
    case("numpy.fft.hfft:int", fft.hfft, integers(-9, 9), grad=False)
    case("numpy.fft.ihfft:int", fft.ihfft, integers(-9, 9), grad=False)


def several_axes(case):
    z, x = complexes((3, 4, 5)), uniform(-1, 1, (3, 4, 5))
    for name, a in {"fft": z, "ifft": z, "rfft": x, "irfft": z}.items():
        two, many = getattr(fft, name + "2"), getattr(fft, name + "n")
        case(f"numpy.fft.{name}2", two, a)
        case(f"numpy.fft.{name}2:axes", lambda v, f=two: f(v, s=(2, 6), axes=(2, 0), norm="ortho"), a)
        case(f"numpy.fft.{name}n", many, a)
        case(f"numpy.fft.{name}n:sizes", lambda v, f=many: f(v, s=(3, 6), norm="forward"), a)
        case(f"numpy.fft.{name}n:axes", lambda v, f=many: f(v, axes=(1, 0), norm="ortho"), a)
        case(f"numpy.fft.{name}n:four", many, a[:, :, :4].reshape(2, 3, 2, 4))
    case("numpy.fft.fftn:seven", fft.fftn, complexes((2, 1, 2, 3, 1, 2, 2)))
    case("numpy.fft.irfftn:five", fft.irfftn, complexes((2, 2, 3, 1, 3)))
    case("numpy.fft.fftn:scalar", fft.fftn, complexes(()))


def frequencies(case):
    for n in (5, 6):
        case(f"numpy.fft.fftfreq:{n}", lambda n=n: fft.fftfreq(n))
        case(f"numpy.fft.rfftfreq:{n}", lambda n=n: fft.rfftfreq(n, 0.1))
    case("numpy.fft.fftfreq:distance", lambda d: fft.fftfreq(5, d), uniform(0.5, 2, ()))
    x = uniform(-1, 1, (4, 5))
    for name in ("fftshift", "ifftshift"):
        f = getattr(fft, name)
        case(f"numpy.fft.{name}", f, x)
        case(f"numpy.fft.{name}:axis", lambda v, f=f: f(v, 1), x)
        case(f"numpy.fft.{name}:axes", lambda v, f=f: f(v, (-1, 0)), x)
