"""How many tutorials use a name, counted over published tutorials of TensorFlow and Keras."""

from __future__ import annotations

import csv
import functools
from importlib.resources import files


@functools.cache
def corpus_files() -> dict[str, int]:
    """A name, such as 'tf.data.Dataset.range' or 'keras.layers.Dense', to the number of files that use it."""
    text = files(__package__).joinpath("corpus.csv").read_text(encoding="utf-8")
    return {name: int(count) for name, count in csv.reader(text.splitlines()[1:])}


@functools.cache
def supported_names() -> tuple[str, ...]:
    """The public names, as listed at the last release: `python -m torchkeras.shim.support.listing` writes them."""
    text = files(__package__).joinpath("names.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))
