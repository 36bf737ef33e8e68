"""Every layer case against its record: values, gradients, states, masks, configs, symbolic shapes."""

import pytest

import torchkeras as keras

from . import compare, runner, store
from .cases import FAMILIES, LAYER_FAMILIES, LAYERS

CASES = [
    pytest.param(f"layers_{family}", case, id=case.name) for family, cases in LAYER_FAMILIES.items() for case in cases
]


@pytest.mark.parametrize(("family", "case"), CASES)
def test_layer_matches_its_record(family, case):
    arrays, meta = store.load(family, case.name)
    result, result_meta = runner.run_layer(keras, case, arrays)
    lines = compare.compare_arrays(arrays, result, compare.LAYER_TOLERANCE) + compare.compare_meta(meta, result_meta)
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize(("family", "case"), CASES)
def test_config_matches_its_record(family, case):
    _, meta = store.load(family, case.name)
    config = runner.build.plain_json(runner.build.make_layer(keras, case).get_config())
    lines = compare.compare_config(meta["config"], config)
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize(("family", "case"), CASES)
def test_layer_from_its_recorded_config(family, case):
    _, meta = store.load(family, case.name)
    rebuilt = getattr(keras.layers, case.layer).from_config(meta["config"])
    lines = compare.compare_config(meta["config"], runner.build.plain_json(rebuilt.get_config()))
    assert not lines, "\n".join(lines)


def test_table_is_large_and_its_names_unique():
    names = [case.name for case in LAYERS]
    assert len(names) >= 250
    assert len(names) == len(set(names))


@pytest.mark.parametrize("family", FAMILIES)
def test_records_and_cases_are_the_same(family):
    assert set(store.load_family(family)) == {case.name for case in FAMILIES[family]}


def test_no_family_of_records_without_cases():
    assert set(store.families()) == set(FAMILIES)
