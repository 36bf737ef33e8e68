"""tf.test: what the machine has, and a TestCase with assertions about tensors."""

# ruff: noqa: PT009, PT027 - unittest is what this builds on

from __future__ import annotations

import contextlib
import re
import tempfile
import unittest
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.tensorflow import nest
from torchkeras.tensorflow.errors import OpError


def is_gpu_available(cuda_only: bool = False, min_cuda_compute_capability: Any = None) -> bool:
    """Whether there is a GPU, of this compute capability at least."""
    if not torch.cuda.is_available():
        return False
    return min_cuda_compute_capability is None or torch.cuda.get_device_capability() >= tuple(
        min_cuda_compute_capability
    )


def gpu_device_name() -> str:
    """'/device:GPU:0', or '' without a GPU."""
    return "/device:GPU:0" if torch.cuda.is_available() else ""


def is_built_with_cuda() -> bool:
    """Whether torch was built with CUDA."""
    return torch.version.cuda is not None


def is_built_with_rocm() -> bool:
    """Whether torch was built with ROCm."""
    return torch.version.hip is not None


def is_built_with_gpu_support() -> bool:
    """Whether torch was built for GPUs."""
    return is_built_with_cuda() or is_built_with_rocm()


def is_built_with_xla() -> bool:
    """False: there is no XLA."""
    return False


def assert_equal_graph_def(*args: Any, **kwargs: Any) -> None:
    raise NotImplementedError("tf.test.assert_equal_graph_def: there are no graphs of TensorFlow's here.")


def main(argv: Any = None) -> None:
    """Runs the tests of the main module."""
    unittest.main(argv=argv)


def get_temp_dir() -> str:
    """A new folder for a test."""
    return tempfile.mkdtemp()


def _array(value: Any) -> Any:
    if isinstance(value, (list, tuple)) and not all(isinstance(v, (int, float, bool, np.generic)) for v in value):
        return value
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


class TestCase(unittest.TestCase):
    """A unittest.TestCase with assertions about tensors and arrays."""

    __test__ = False  # pytest collects subclasses alone

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.__test__ = True

    def evaluate(self, tensors: Any) -> Any:
        """The values as arrays, in their structure."""
        return nest.map_structure(lambda t: t.numpy() if hasattr(t, "numpy") else t, tensors)

    def get_temp_dir(self) -> str:
        if not hasattr(self, "_folder"):
            self._folder = tempfile.mkdtemp()
        return self._folder

    @contextlib.contextmanager
    def session(self, *args: Any, **kwargs: Any) -> Iterator[None]:
        """Nothing: code runs at once."""
        yield

    cached_session = session

    # --- values ---

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Same shape, same elements."""
        a, b = np.asarray(_array(a)), np.asarray(_array(b))
        self.assertEqual(a.shape, b.shape, f"Shape mismatch: expected {a.shape}, got {b.shape}. {msg or ''}")
        np.testing.assert_array_equal(a, b, err_msg=msg or "")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Not all elements are the same."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}")

    def assertAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """All elements within atol + rtol * abs(b); structures leaf by leaf."""
        if isinstance(a, dict) or isinstance(b, dict):
            self.assertEqual(set(a), set(b), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
            return
        a, b = _array(a), _array(b)
        if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
            self.assertEqual(len(a), len(b), msg)
            for x, y in zip(a, b, strict=True):
                self.assertAllClose(x, y, rtol, atol, msg)
            return
        a, b = np.asarray(a), np.asarray(b)
        self.assertEqual(a.shape, b.shape, f"Shape mismatch: expected {a.shape}, got {b.shape}. {msg or ''}")
        if np.float16 in (a.dtype, b.dtype):
            rtol, atol = max(rtol, 1e-3), max(atol, 1e-3)
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol, err_msg=msg or "")

    def assertNotAllClose(self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None) -> None:
        """Some elements differ by more."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        raise AssertionError(f"The two values are close at all elements. {msg or ''}")

    def assertAllCloseAccordingToType(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, *rest: Any, **kwargs: Any
    ) -> None:
        """As assertAllClose, coarser for narrow types."""
        a, b = np.asarray(_array(a)), np.asarray(_array(b))
        if np.float32 in (a.dtype, b.dtype):
            rtol, atol = max(rtol, kwargs.get("float_rtol", 1e-6)), max(atol, kwargs.get("float_atol", 1e-6))
        self.assertAllClose(a, b, rtol, atol)

    def assertNear(self, f1: Any, f2: Any, err: float, msg: str | None = None) -> None:
        """Two numbers at most `err` apart."""
        self.assertTrue(f1 == f2 or abs(float(f1) - float(f2)) <= err, f"{f1!r} != {f2!r} +/- {err!r} {msg or ''}")

    def assertArrayNear(self, farray1: Any, farray2: Any, err: float, msg: str | None = None) -> None:
        """Each two numbers at most `err` apart."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2, strict=True):
            self.assertNear(f1, f2, err, msg)

    def assertNDArrayNear(self, ndarray1: Any, ndarray2: Any, err: float, msg: str | None = None) -> None:
        """Two arrays whose difference has a norm of at most `err`."""
        self.assertLessEqual(float(np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2))), err, msg)

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        self.assertGreater(np.min(_array(a)), comparison_target)

    def assertAllGreaterEqual(self, a: Any, comparison_target: Any) -> None:
        self.assertGreaterEqual(np.min(_array(a)), comparison_target)

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        self.assertLess(np.max(_array(a)), comparison_target)

    def assertAllLessEqual(self, a: Any, comparison_target: Any) -> None:
        self.assertLessEqual(np.max(_array(a)), comparison_target)

    def assertAllInRange(
        self, target: Any, lower_bound: Any, upper_bound: Any, open_lower_bound: bool = False,
        open_upper_bound: bool = False,
    ) -> None:  # fmt: skip
        """All elements between two bounds."""
        values = np.asarray(_array(target))
        low = values > lower_bound if open_lower_bound else values >= lower_bound
        high = values < upper_bound if open_upper_bound else values <= upper_bound
        self.assertTrue(bool((low & high).all()), f"Not all of {values} are within {lower_bound} and {upper_bound}.")

    def assertAllInSet(self, target: Any, expected_set: Any) -> None:
        """All elements are among these."""
        found = set(np.asarray(_array(target)).reshape(-1).tolist()) - set(expected_set)
        self.assertFalse(found, f"{len(found)} unique elements are not in the set {expected_set}: {sorted(found)}")

    # --- shapes and types ---

    def assertShapeEqual(self, input_a: Any, input_b: Any, msg: str | None = None) -> None:
        """Same shape."""
        self.assertEqual(tuple(input_a.shape), tuple(input_b.shape), msg)

    def assertDTypeEqual(self, target: Any, expected_dtype: Any) -> None:
        """Of this dtype."""
        self.assertEqual(np.asarray(_array(target)).dtype, np.dtype(expected_dtype))

    def assertLen(self, container: Any, expected_len: int, msg: str | None = None) -> None:
        self.assertEqual(len(container), expected_len, msg)

    def assertEmpty(self, container: Any, msg: str | None = None) -> None:
        self.assertEqual(len(container), 0, msg)

    def assertNotEmpty(self, container: Any, msg: str | None = None) -> None:
        self.assertNotEqual(len(container), 0, msg)

    def assertStartsWith(self, actual: str, expected_start: str, msg: str | None = None) -> None:
        self.assertTrue(actual.startswith(expected_start), msg or f"{actual!r} does not start with {expected_start!r}")

    # --- errors ---

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type: Any, expected_err_re_or_predicate: Any) -> Iterator[None]:
        """An error of this type, whose text fits a pattern or for which a function holds."""
        with self.assertRaises(exception_type) as caught:
            yield
        error = caught.exception
        fits = expected_err_re_or_predicate
        good = fits(error) if callable(fits) else re.search(fits, str(error))
        self.assertTrue(good, f"The error {error!r} does not fit {fits!r}.")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """An error of tf.errors whose text fits a pattern."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

    def assertRaisesIncompatibleShapesError(
        self, exception_type: Any = OpError, expected_err_re_or_predicate: str = r".*"
    ) -> Any:
        return self.assertRaisesWithPredicateMatch(exception_type, expected_err_re_or_predicate)


__all__ = [
    "TestCase", "assert_equal_graph_def", "get_temp_dir", "gpu_device_name", "is_built_with_cuda",
    "is_built_with_gpu_support", "is_built_with_rocm", "is_built_with_xla", "is_gpu_available", "main",
]  # fmt: skip
