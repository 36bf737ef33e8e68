"""Cases of the layers that take texts: run unchanged against TensorFlow and against torchkeras.tensorflow."""

from __future__ import annotations

from typing import Any

TEXTS = ["The cat sat, on the mat.", "The DOG ran! the dog", "a cat", "<b>ran</b>  ran\tfar"]
WORDS = [["a", "c", "d", "d"], ["d", "z", "b", "a"]]


def adapted(tf: Any, data: Any = TEXTS, batch_size: int | None = None, **arguments: Any) -> Any:
    layer = tf.keras.layers.TextVectorization(**arguments)
    layer.adapt(data, batch_size=batch_size)
    return layer


def learned(tf: Any, data: Any = WORDS, **arguments: Any) -> Any:
    layer = tf.keras.layers.StringLookup(**arguments)
    layer.adapt(data)
    return layer


def lookup(tf: Any, **arguments: Any) -> Any:
    return tf.keras.layers.StringLookup(vocabulary=["a", "b", "c"], **arguments)


def config(layer: Any) -> Any:
    return {
        key: value.name if key == "dtype" and hasattr(value, "name") else value
        for key, value in layer.get_config().items()
        if key not in ("name", "batch_input_shape")
    }


def squeezed(tf: Any) -> Any:
    layer = adapted(tf, output_sequence_length=4)
    inputs = tf.keras.Input((1,), dtype=tf.string)
    model = tf.keras.Model(inputs, layer(inputs))
    return model.predict(tf.constant([["the cat"], ["a far far away cat dog"]]), verbose=0)


def sequential(tf: Any, np: Any, data: Any) -> Any:
    layer = adapted(tf, output_mode="count")
    model = tf.keras.Sequential([layer, tf.keras.layers.Dense(2, kernel_initializer="ones", use_bias=False)])
    return model.predict(data, verbose=0)


def standardized(tf: Any) -> Any:
    def own(texts: Any) -> Any:
        return tf.strings.regex_replace(tf.strings.lower(texts), "<.*?>", "")

    layer = adapted(tf, standardize=own)
    return layer.get_vocabulary(), layer(TEXTS)


def own_split(tf: Any) -> Any:
    layer = adapted(tf, ["a-b-c", "b-b"], standardize=None, split=lambda texts: tf.strings.split(texts, "-"))
    return layer.get_vocabulary(), layer(["a-b", "q-c-b"])


def from_config(tf: Any) -> Any:
    layer = adapted(tf, ngrams=2, vocabulary=None, max_tokens=9)
    other = tf.keras.layers.TextVectorization.from_config(layer.get_config())
    other.set_vocabulary(layer.get_vocabulary())
    return other(TEXTS)


def from_dataset(tf: Any) -> Any:
    layer = tf.keras.layers.TextVectorization()
    layer.adapt(tf.data.Dataset.from_tensor_slices(TEXTS).batch(3))
    return layer.get_vocabulary()


def in_a_dataset(tf: Any) -> Any:
    layer = adapted(tf, output_sequence_length=3)
    rows = tf.data.Dataset.from_tensor_slices((TEXTS, [0, 1, 0, 1])).batch(2).map(lambda x, y: (layer(x), y))
    return [part for row in rows for part in row]


CASES: dict[str, Any] = {
    # --- TextVectorization ---
    "vocabulary": lambda tf, np: adapted(tf).get_vocabulary(),
    "vocabulary bare": lambda tf, np: adapted(tf).get_vocabulary(include_special_tokens=False),
    "vocabulary size": lambda tf, np: adapted(tf).vocabulary_size(),
    "vocabulary max_tokens": lambda tf, np: adapted(tf, max_tokens=5).get_vocabulary(),
    "vocabulary in batches": lambda tf, np: adapted(tf, batch_size=1).get_vocabulary(),
    "vocabulary of a data set": lambda tf, np: from_dataset(tf),
    "vocabulary of an array": lambda tf, np: adapted(tf, np.array(TEXTS)).get_vocabulary(),
    "vocabulary of a column": lambda tf, np: adapted(tf, np.array(TEXTS)[:, None]).get_vocabulary(),
    "vocabulary of tensors": lambda tf, np: adapted(tf, tf.constant(TEXTS)).get_vocabulary(),
    "vocabulary ngrams": lambda tf, np: adapted(tf, ngrams=2).get_vocabulary(),
    "int": lambda tf, np: adapted(tf)(TEXTS),
    "int unknown": lambda tf, np: adapted(tf)(["the cow", ""]),
    "int column": lambda tf, np: adapted(tf)([["the cow"], ["cat"]]),
    "int one": lambda tf, np: adapted(tf)("the cow"),
    "int one tensor": lambda tf, np: adapted(tf)(tf.constant("the cow")),
    "int array": lambda tf, np: adapted(tf)(np.array(["the cow"])),
    "int cube": lambda tf, np: adapted(tf)(tf.constant([[["the cat"], ["mat"]]])),
    "int length": lambda tf, np: adapted(tf, output_sequence_length=3)(TEXTS),
    "int length longer": lambda tf, np: adapted(tf, output_sequence_length=9)(TEXTS),
    "int ragged": lambda tf, np: adapted(tf, ragged=True)(TEXTS),
    "lower": lambda tf, np: adapted(tf, standardize="lower").get_vocabulary(),
    "strip_punctuation": lambda tf, np: adapted(tf, standardize="strip_punctuation").get_vocabulary(),
    "no standardize": lambda tf, np: adapted(tf, standardize=None)(TEXTS),
    "own standardize": lambda tf, np: standardized(tf),
    "own split": lambda tf, np: own_split(tf),
    "characters": lambda tf, np: adapted(tf, ["abé", "b b"], split="character")(["bé z", ""]),
    "no split": lambda tf, np: adapted(tf, split=None)([["a cat"], ["a dog"]]),
    "no split length": lambda tf, np: adapted(tf, split=None, output_sequence_length=3)([["a cat"], ["a dog"]]),
    "ngrams": lambda tf, np: adapted(tf, ngrams=2)(["the cat sat"]),
    "ngrams tuple": lambda tf, np: adapted(tf, ngrams=(2, 3)).get_vocabulary(),
    "multi_hot": lambda tf, np: adapted(tf, output_mode="multi_hot")(TEXTS),
    "binary": lambda tf, np: adapted(tf, output_mode="binary")(TEXTS),
    "count": lambda tf, np: adapted(tf, output_mode="count")(["the the cat", "no such"]),
    "count column": lambda tf, np: adapted(tf, output_mode="count")([["the the cat"], ["no such"]]),
    "count one": lambda tf, np: adapted(tf, output_mode="count")("the the cat"),
    "count max_tokens": lambda tf, np: adapted(tf, output_mode="count", max_tokens=4)(TEXTS),
    "count padded": lambda tf, np: adapted(tf, output_mode="count", max_tokens=20, pad_to_max_tokens=True)(TEXTS),
    "tf_idf": lambda tf, np: adapted(tf, output_mode="tf_idf")(TEXTS),
    "tf-idf padded": lambda tf, np: adapted(tf, output_mode="tf-idf", max_tokens=20, pad_to_max_tokens=True)(TEXTS),
    "tf_idf ngrams": lambda tf, np: adapted(tf, output_mode="tf_idf", ngrams=2)(TEXTS[:2]),
    "tf_idf given": lambda tf, np: tf.keras.layers.TextVectorization(
        output_mode="tf_idf", vocabulary=["a", "b"], idf_weights=[0.5, 2.0]
    )(["a a b", "c"]),
    "no output": lambda tf, np: tf.keras.layers.TextVectorization(output_mode=None)(TEXTS),
    "given": lambda tf, np: tf.keras.layers.TextVectorization(vocabulary=["earth", "wind", "fire"])(["Fire, and wind"]),
    "given with special": lambda tf, np: tf.keras.layers.TextVectorization(
        vocabulary=["", "[UNK]", "earth", "wind"]
    ).get_vocabulary(),
    "config": lambda tf, np: config(tf.keras.layers.TextVectorization()),
    "config full": lambda tf, np: config(
        tf.keras.layers.TextVectorization(
            max_tokens=10, vocabulary=["a", "b"], output_mode="tf_idf", idf_weights=[1.0, 2.0], ngrams=2
        )
    ),
    "config adapted": lambda tf, np: config(adapted(tf, output_sequence_length=4, standardize="lower")),
    "from_config": lambda tf, np: from_config(tf),
    "shape": lambda tf, np: list(adapted(tf, output_sequence_length=4)(tf.keras.Input((1,), dtype=tf.string)).shape),
    "shape open": lambda tf, np: list(adapted(tf)(tf.keras.Input((1,), dtype=tf.string)).shape),
    "shape count": lambda tf, np: list(adapted(tf, output_mode="count")(tf.keras.Input((1,), dtype=tf.string)).shape),
    "functional": lambda tf, np: squeezed(tf),
    "sequential list": lambda tf, np: sequential(tf, np, ["the the cat", "no such"]),
    "sequential array": lambda tf, np: sequential(tf, np, np.array(["the the cat", "no such"])),
    "sequential objects": lambda tf, np: sequential(tf, np, np.array(["the the cat", "no such"], dtype=object)),
    "sequential tensor": lambda tf, np: sequential(tf, np, tf.constant(["the the cat", "no such"])),
    "sequential data set": lambda tf, np: sequential(
        tf, np, tf.data.Dataset.from_tensor_slices(["the the cat", "no such"]).batch(1)
    ),
    "map": lambda tf, np: in_a_dataset(tf),
    "Input": lambda tf, np: tf.keras.Input((1,), dtype=tf.string).dtype == tf.string,
    # --- StringLookup ---
    "lookup": lambda tf, np: lookup(tf)([["a", "c", "d"], ["d", "c", "b"]]),
    "lookup one": lambda tf, np: lookup(tf)("b"),
    "lookup array": lambda tf, np: lookup(tf)(np.array(["a", "q"])),
    "lookup mask": lambda tf, np: lookup(tf, mask_token="")(["a", "", "q"]),
    "lookup oov": lambda tf, np: lookup(tf, num_oov_indices=3)(["a", "x", "y", "zz", "w"]),
    "lookup oov mask": lambda tf, np: lookup(tf, num_oov_indices=2, mask_token="[M]")(["[M]", "x", "y", "zz", "b"]),
    "lookup no oov": lambda tf, np: lookup(tf, num_oov_indices=0)(["a", "c"]),
    "lookup ragged": lambda tf, np: lookup(tf)(tf.ragged.constant([["a"], ["c", "q"]])),
    "lookup invert": lambda tf, np: lookup(tf, invert=True)([[1, 3, 0], [0, 9, 2]]),
    "lookup invert mask": lambda tf, np: lookup(tf, invert=True, mask_token="")([0, 1, 2, 3, 4]),
    "lookup one_hot": lambda tf, np: lookup(tf, output_mode="one_hot")(["a", "b", "q"]),
    "lookup multi_hot": lambda tf, np: lookup(tf, output_mode="multi_hot")([["a", "c", "a"], ["q", "b", "z"]]),
    "lookup multi_hot oov": lambda tf, np: lookup(tf, output_mode="multi_hot", num_oov_indices=2)([["a", "x", "y"]]),
    "lookup count": lambda tf, np: lookup(tf, output_mode="count")([["a", "c", "a"], ["q", "b", "z"]]),
    "lookup count ragged": lambda tf, np: lookup(tf, output_mode="count")(tf.ragged.constant([["a"], ["c", "q", "c"]])),
    "lookup tf_idf": lambda tf, np: lookup(tf, output_mode="tf_idf", idf_weights=[0.25, 0.75, 0.6])(
        [["a", "c", "d", "d"], ["d", "z", "b", "b"]]
    ),
    "lookup padded": lambda tf, np: lookup(tf, output_mode="count", max_tokens=6, pad_to_max_tokens=True)([["a", "q"]]),
    "lookup vocabulary": lambda tf, np: lookup(tf, mask_token="").get_vocabulary(),
    "lookup adapted": lambda tf, np: learned(tf, np.array(WORDS)).get_vocabulary(),
    "lookup adapted flat": lambda tf, np: learned(tf, ["b", "a", "b", "c"]).get_vocabulary(),
    "lookup adapted max": lambda tf, np: learned(tf, max_tokens=3).get_vocabulary(),
    "lookup adapted mask": lambda tf, np: learned(tf, [["a", "", "b", ""]], mask_token="").get_vocabulary(),
    "lookup adapted data set": lambda tf, np: learned(
        tf, tf.data.Dataset.from_tensor_slices(["b", "a", "b"]).batch(2)
    ).get_vocabulary(),
    "lookup size": lambda tf, np: learned(tf).vocabulary_size(),
    "lookup config": lambda tf, np: config(lookup(tf)),
    "lookup config multi_hot": lambda tf, np: config(lookup(tf, output_mode="multi_hot", num_oov_indices=2)),
    # --- hashes ---
    "hashing": lambda tf, np: tf.keras.layers.Hashing(3)([["A"], ["B"], ["C"], ["D"], ["E"]]),
    "hashing mask": lambda tf, np: tf.keras.layers.Hashing(3, mask_value="")(["A", "B", "", "D"]),
    "hashing salt": lambda tf, np: tf.keras.layers.Hashing(3, salt=[133, 137])(np.array(["A", "B", "C"])),
    "hashing count": lambda tf, np: tf.keras.layers.Hashing(4, output_mode="count")([["A", "B"], ["A", "A"]]),
    "hashing ragged": lambda tf, np: tf.keras.layers.Hashing(3)(tf.ragged.constant([["A"], ["B", "C"]])),
    "integers ragged": lambda tf, np: tf.keras.layers.IntegerLookup(vocabulary=[4, 9])(
        tf.ragged.constant([[4], [9, 5]], dtype=tf.int64)
    ),
    "integers ragged multi_hot": lambda tf, np: tf.keras.layers.IntegerLookup(
        vocabulary=[4, 9], output_mode="multi_hot"
    )(tf.ragged.constant([[4], [9, 5]], dtype=tf.int64)),
    "crossing": lambda tf, np: tf.keras.layers.HashedCrossing(5)(
        (tf.constant(["A", "B", "A"]), tf.constant([101, 101, 102]))
    ),
    "crossing one_hot": lambda tf, np: tf.keras.layers.HashedCrossing(5, output_mode="one_hot")(
        (tf.constant(["A", "B"]), tf.constant(["x", "y"]))
    ),
}

ERRORS: dict[str, Any] = {
    "output_mode": lambda tf, np: tf.keras.layers.TextVectorization(output_mode="bad"),
    "standardize": lambda tf, np: tf.keras.layers.TextVectorization(standardize="bad"),
    "split": lambda tf, np: tf.keras.layers.TextVectorization(split="bad"),
    "ngrams": lambda tf, np: tf.keras.layers.TextVectorization(ngrams="bad"),
    "dtype": lambda tf, np: tf.keras.layers.TextVectorization(dtype="int64"),
    "length of counts": lambda tf, np: tf.keras.layers.TextVectorization(output_mode="count", output_sequence_length=3),
    "ragged counts": lambda tf, np: tf.keras.layers.TextVectorization(output_mode="count", ragged=True),
    "ragged length": lambda tf, np: tf.keras.layers.TextVectorization(ragged=True, output_sequence_length=3),
    "rows of texts": lambda tf, np: adapted(tf)([["a", "b"]]),
    "repeated words": lambda tf, np: tf.keras.layers.TextVectorization(vocabulary=["a", "a"]),
    "adapt to a set vocabulary": lambda tf, np: adapted(tf, vocabulary=["a"]),
    "no weights": lambda tf, np: tf.keras.layers.TextVectorization(output_mode="tf_idf", vocabulary=["a"]),
    "counts without a vocabulary": lambda tf, np: tf.keras.layers.TextVectorization(output_mode="count")(["a"]),
    "vocabulary too large": lambda tf, np: tf.keras.layers.TextVectorization(max_tokens=3, vocabulary=["a", "b"]),
    "numbers looked up": lambda tf, np: lookup(tf)([3]),
    "unknown without oov": lambda tf, np: lookup(tf, num_oov_indices=0)(["q"]),
    "file that is not there": lambda tf, np: tf.keras.layers.StringLookup(vocabulary="/no/such/file"),
}
