"""The list of public names: each is there, and the page and the table that go with it are in order."""

import pytest

from torchkeras.shim.support import corpus_files, resolve
from torchkeras.shim.support.corpus import supported_names
from torchkeras.shim.support.listing import all_names
from torchkeras.shim.support.page import page

AREAS = sorted({".".join(name.split(".")[:2]) for name in supported_names()})


@pytest.mark.parametrize("area", AREAS)
def test_no_name_has_gone_missing(area):
    names = [name for name in supported_names() if name == area or name.startswith(area + ".")]
    missing = [name for name in names if not resolve(name).found]
    assert not missing, "gone, and public before; if on purpose, run `nox -s support` and note it in CHANGELOG.md"


def test_the_names_tutorials_use_most_are_listed():
    names = set(supported_names())
    assert {"keras.layers.Dense", "keras.Sequential", "keras.Model.fit", "keras.losses.Reduction.NONE"} <= names
    assert len(names) > 2000


def test_new_names_are_listed_too():
    assert set(all_names()) <= set(supported_names()), "run `nox -s support`"


def test_names_that_are_not_there_are_said_to_be_missing():
    assert resolve("keras.layers.Dense").found
    for name, missing in [("keras.layers.Dens", "keras.layers.Dens"), ("keras.nothing.at.all", "keras.nothing")]:
        assert not resolve(name).found
        assert resolve(name).missing == missing
    assert corpus_files()["keras.layers.Dense"] == 186


def test_the_page_lists_what_is_there_and_what_to_use_instead():
    text = page()
    assert "| `tf.feature_column.numeric_column` | 11 | use preprocessing layers" in text
    assert "**keras.layers**: `" in text
    assert "`Dense`" in text
