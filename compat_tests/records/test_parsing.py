"""Parsed Examples, against what TensorFlow makes of the same bytes."""

import json
import pathlib
from types import SimpleNamespace

import numpy as np
import pytest

from compat_tests.records import cases
from torchkeras import records

RECORDED = json.loads((pathlib.Path(__file__).parent / "data" / "records.json").read_text())
TYPES = SimpleNamespace(int64="int64", int32="int32", float32="float32", string="string")
INPUTS = cases.Inputs(records)


def plain(value):
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, records.SparseValues):
        return {"sparse": [plain(array) for array in value]}
    if isinstance(value, records.RaggedValues):
        return {"ragged": nested(value), "dtype": dtype_of(value.values)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return {"dense": strings(value.tolist()), "dtype": dtype_of(value), "shape": list(value.shape)}


def nested(ragged):
    rows = strings(ragged.values.tolist())
    for lengths in reversed(ragged.row_lengths):
        ends = np.cumsum(lengths)
        rows = [rows[end - length : end] for end, length in zip(ends, lengths)]
    return rows


def dtype_of(array):
    return "string" if array.dtype == object else array.dtype.name


def strings(value):
    if isinstance(value, list):
        return [strings(item) for item in value]
    return value.decode("latin-1") if isinstance(value, bytes) else value


@pytest.mark.parametrize("name", cases.PARSING)
def test_parsed_as_tensorflow_parses(name):
    found = plain(cases.PARSING[name](records, INPUTS, TYPES))
    assert found == RECORDED["parsing"][name]
    if isinstance(found, dict):
        assert list(found) == list(RECORDED["parsing"][name])


@pytest.mark.parametrize("name", cases.ERRORS)
def test_wrong_use_raises_what_tensorflow_raises(name):
    with pytest.raises(Exception) as caught:  # noqa: PT011
        cases.ERRORS[name](records, INPUTS, TYPES)
    assert caught.type.__name__ == RECORDED["errors"][name]


def test_a_dtype_that_is_not_stored_says_what_to_do():
    with pytest.raises(Exception, match=r"int32 of feature 'i' is not in the list .* cast it"):
        cases.ERRORS["int32"](records, INPUTS, TYPES)


def test_a_feature_that_is_written_twice_is_the_later():
    first, second = (cases.example(records, {"x": ("int64", [n])}).SerializeToString() for n in (1, 2))
    spec = {"x": records.FixedLenFeature([], "int64")}
    assert records.parse_single_example(first + second, spec)["x"] == 2
    assert records.Example.FromString(first + second).features.feature["x"].int64_list.value == [2]


def test_long_lists_are_read_whole():
    made = cases.example(records, cases.EXAMPLES["long"]).SerializeToString()
    found = records.parse_single_example(
        made, {"pixels": records.VarLenFeature("int64"), "f": records.FixedLenFeature([30, 10], "float32")}
    )
    np.testing.assert_array_equal(found["pixels"].values, np.arange(0, 70000, 101))
    np.testing.assert_array_equal(found["f"], np.arange(300, dtype=np.float32).reshape(30, 10) / 8)
