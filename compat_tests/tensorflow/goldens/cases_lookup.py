"""Cases of tf.lookup: run unchanged against TensorFlow and against torchkeras.tensorflow."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

LINES = "emerson 10\nlake 20\npalmer 30\n"


def static(tf: Any, keys: Any = ("a", "b"), values: Any = (1, 2), default: Any = -1, **dtypes: Any) -> Any:
    given = tf.lookup.KeyValueTensorInitializer(list(keys), list(values), **dtypes)
    return tf.lookup.StaticHashTable(given, default)


def words(tf: Any, buckets: int = 2, **arguments: Any) -> Any:
    given = tf.lookup.KeyValueTensorInitializer(["a", "b", "c"], tf.range(3, dtype=tf.int64))
    return tf.lookup.StaticVocabularyTable(given, buckets, **arguments)


def from_file(tf: Any, *arguments: Any, text: str = LINES, **keywords: Any) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.txt"
        path.write_text(text)
        return tf.lookup.StaticHashTable(tf.lookup.TextFileInitializer(str(path), *arguments, **keywords), -1)


def by_line(tf: Any, **keywords: Any) -> Any:
    index = tf.lookup.TextFileIndex
    return from_file(tf, tf.string, index.WHOLE_LINE, tf.int64, index.LINE_NUMBER, **keywords)


def changing(tf: Any) -> Any:
    table = tf.lookup.experimental.MutableHashTable(tf.string, tf.float32, [0.0, 0.0])
    table.insert(["a", "b"], [[1.0, 2.0], [3.0, 4.0]])
    return table


def single(tf: Any) -> Any:
    table = tf.lookup.experimental.MutableHashTable(tf.int64, tf.string, "?")
    table.insert(tf.constant([3, 1], tf.int64), ["x", "y"])
    return table


def dense(tf: Any) -> Any:
    table = tf.lookup.experimental.DenseHashTable(tf.string, tf.int64, -1, "<empty>", "<deleted>")
    table.insert(["a", "b"], tf.constant([1, 2], tf.int64))
    return table


def ordered(exported: Any, np: Any) -> Any:
    keys, values = (part.numpy() for part in exported)
    order = np.argsort(keys)
    return [keys[order], values[order]]


def removed(tf: Any) -> Any:
    table = changing(tf)
    table.remove(tf.constant(["a", "q"]))
    return [table.size(), table.lookup(tf.constant(["a", "b"]))]


def erased(tf: Any) -> Any:
    table = dense(tf)
    table.erase(tf.constant(["a"]))
    table.insert_or_assign(["b"], tf.constant([5], tf.int64))
    return [table.size(), table.lookup(tf.constant(["a", "b"]))]


CASES: dict[str, Any] = {
    "static": lambda tf, np: static(tf).lookup(tf.constant(["a", "z"])),
    "static scalar": lambda tf, np: static(tf).lookup(tf.constant("b")),
    "static item": lambda tf, np: static(tf)[tf.constant([["a"], ["b"]])],
    "static ragged": lambda tf, np: static(tf).lookup(tf.ragged.constant([["a"], ["b", "c"]])),
    "static sparse": lambda tf, np: static(tf).lookup(
        tf.SparseTensor(indices=[[0, 1], [1, 0]], values=["b", "q"], dense_shape=[2, 2])
    ),
    "static size": lambda tf, np: static(tf).size(),
    "static export": lambda tf, np: ordered(static(tf).export(), np),
    "static dtypes": lambda tf, np: [static(tf).key_dtype, static(tf).value_dtype],
    "static default": lambda tf, np: static(tf).default_value,
    "static same twice": lambda tf, np: static(tf, ["a", "a"], [1, 1]).size(),
    "static of numbers": lambda tf, np: static(
        tf, [1, 2], ["x", "y"], "none", key_dtype=tf.int64, value_dtype=tf.string
    ).lookup(tf.constant([2, 3], tf.int64)),
    "static int32": lambda tf, np: static(tf, [1, 2], ["x", "y"], "none").lookup(tf.constant([2, 3])),
    "static floats": lambda tf, np: static(tf, ["a"], [1.5], 0.0).lookup(tf.constant(["a", "b"])),
    "words": lambda tf, np: words(tf).lookup(tf.constant(["a", "c", "zz", "yy", "xx"])),
    "words item": lambda tf, np: words(tf)[tf.constant("a")],
    "words size": lambda tf, np: words(tf).size(),
    "words dtypes": lambda tf, np: [words(tf).key_dtype, words(tf).value_dtype],
    "words none": lambda tf, np: tf.lookup.StaticVocabularyTable(None, 5).lookup(tf.constant(["a", "b"])),
    "words ragged": lambda tf, np: words(tf).lookup(tf.strings.split(["a b", "c q"])),
    "words of numbers": lambda tf, np: tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant([10, 20], tf.int64), tf.range(2, dtype=tf.int64)), 3
    ).lookup(tf.constant([10, 20, 30, 31, -4], tf.int64)),
    "words of int32": lambda tf, np: tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(tf.constant([10, 20], tf.int64), tf.range(2, dtype=tf.int64)),
        3,
        lookup_key_dtype=tf.int32,
    ).lookup(tf.constant([10, 20, 30])),
    "file columns": lambda tf, np: from_file(tf, tf.string, 0, tf.int64, 1, delimiter=" ").lookup(
        tf.constant(["lake", "x"])
    ),
    "file lines": lambda tf, np: ordered(by_line(tf).export(), np),
    "file offset": lambda tf, np: by_line(tf, value_index_offset=5).lookup(tf.constant(["lake 20"])),
    "file vocab_size": lambda tf, np: by_line(tf, vocab_size=2).size(),
    "file floats": lambda tf, np: from_file(tf, tf.string, 0, tf.float32, 1, text="a\t1.5\nb\t-2\n").lookup(
        tf.constant(["b", "a"])
    ),
    "file indices": lambda tf, np: [tf.lookup.TextFileIndex.WHOLE_LINE, tf.lookup.TextFileIndex.LINE_NUMBER],
    "mutable": lambda tf, np: changing(tf).lookup(tf.constant(["a", "q"])),
    "mutable defaults": lambda tf, np: changing(tf).lookup(
        tf.constant(["q", "a"]), dynamic_default_values=[[5.0, 6.0], [7.0, 8.0]]
    ),
    "mutable size": lambda tf, np: changing(tf).size(),
    "mutable remove": lambda tf, np: removed(tf),
    "mutable export": lambda tf, np: ordered(single(tf).export(), np),
    "mutable texts": lambda tf, np: single(tf).lookup(tf.constant([[3], [4]], tf.int64)),
    "dense": lambda tf, np: dense(tf).lookup(tf.constant(["a", "q"])),
    "dense item": lambda tf, np: dense(tf)[tf.constant(["b"])],
    "dense size": lambda tf, np: dense(tf).size(),
    "dense erase": lambda tf, np: erased(tf),
}

ERRORS: dict[str, Any] = {
    "dtype of keys": lambda tf, np: static(tf).lookup(tf.constant([1])),
    "two values": lambda tf, np: static(tf, ["a", "a"], [1, 2]),
    "lengths": lambda tf, np: static(tf, ["a", "b"], [1]),
    "default text": lambda tf, np: static(tf, default="x"),
    "default float": lambda tf, np: static(tf, default=1.5),
    "no buckets": lambda tf, np: words(tf, 0),
    "numbers of words": lambda tf, np: tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(["a"], [0]), 1
    ),
    "no file": lambda tf, np: tf.lookup.StaticHashTable(
        tf.lookup.TextFileInitializer("/no/such/file", tf.string, -2, tf.int64, -1), -1
    ),
    "no file name": lambda tf, np: tf.lookup.TextFileInitializer("", tf.string, 0, tf.int64, 1),
    "file of no numbers": lambda tf, np: from_file(tf, tf.string, 0, tf.int64, 0, delimiter=" "),
    "file without column": lambda tf, np: from_file(tf, tf.string, 5, tf.int64, 1, delimiter=" "),
    "file too short": lambda tf, np: by_line(tf, vocab_size=7),
    "line numbers as text": lambda tf, np: tf.lookup.TextFileInitializer("x", tf.string, 0, tf.string, -1),
    "shape of values": lambda tf, np: changing(tf).insert(["a"], [1.0]),
    "keys of a mutable table": lambda tf, np: single(tf).lookup(tf.constant(["a"])),
    "empty key put in": lambda tf, np: dense(tf).insert(["<empty>"], tf.constant([1], tf.int64)),
    "empty key looked up": lambda tf, np: dense(tf).lookup(tf.constant(["<empty>"])),
}
