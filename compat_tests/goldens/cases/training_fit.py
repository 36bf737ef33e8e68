"""Trainings as users write them: compile, fit, evaluate, predict, and what each returns."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from .training import SPARSE, STEPS, two_in_two_out

Results = dict[str, Any]
BATCH = 16


@dataclass(frozen=True)
class FitCase:
    """A session with a model.

    Args:
        name: Unique among the training cases.
        model: Makes the model from a Keras-like namespace.
        run: Is given the namespace, the model and the data; returns what is recorded, by name.
        error: For sessions that must fail: a pattern found in the error's message.
        warns: True where a warning belongs to the case.
    """

    name: str
    model: Callable[[Any], Any]
    run: Callable[[Any, Any, SimpleNamespace], Results]
    error: str | None = None
    warns: bool = False


CASES: list[FitCase] = []


def classifier(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,), name="features"),
            layers.Dense(8, activation="tanh", name="hidden"),
            layers.Dense(3, activation="softmax", name="classes"),
        ],
        name="classifier",
    )


def logits(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(3)], name="logits")


def binary(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, activation="tanh"), layers.Dense(1, activation="sigmoid")], name="binary"
    )


def several(keras: Any) -> Any:
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, activation="sigmoid")], name="several")


def regression(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential([keras.Input((3,)), layers.Dense(6, activation="tanh"), layers.Dense(1)], name="regression")


def tagger(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.Dense(6, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ],
        name="tagger",
    )


def masked_tagger(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((4, 5)),
            layers.Masking(0.0),
            layers.Dense(6, activation="tanh"),
            layers.Dense(3, activation="softmax"),
        ],
        name="masked_tagger",
    )


def regularized(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, activation="tanh", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.02)),
            layers.Dense(6, activation="tanh", activity_regularizer=keras.regularizers.L2(0.05)),
            layers.Dense(3, activation="softmax"),
        ],
        name="regularized",
    )


def normalized(keras: Any) -> Any:
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((5,)),
            layers.Dense(8, use_bias=False),
            layers.BatchNormalization(momentum=0.8),
            layers.Activation("tanh"),
            layers.Dropout(0.0),
            layers.Dense(3, activation="softmax"),
        ],
        name="normalized",
    )


def two_heads(keras: Any) -> Any:
    """Outputs `kind` and `size`, inputs `left` and `right`."""
    layers = keras.layers
    left, right = keras.Input((5,), name="left"), keras.Input((3,), name="right")
    x = layers.Concatenate(name="both")([left, right])
    x = layers.Dense(8, activation="tanh", name="hidden")(x)
    outputs = [layers.Dense(3, activation="softmax", name="kind")(x), layers.Dense(1, name="size")(x)]
    return keras.Model([left, right], outputs, name="two_heads")


def dict_heads(keras: Any) -> Any:
    """Outputs in a dict whose keys are not the names of the layers."""
    layers = keras.layers
    inputs = keras.Input((5,), name="features")
    x = layers.Dense(8, activation="tanh", name="hidden")(inputs)
    outputs = {"what": layers.Dense(3, activation="softmax", name="z_kind")(x), "big": layers.Dense(1, name="a_size")(x)}
    return keras.Model(inputs, outputs, name="dict_heads")


def _heads_class(keras: Any, pack: Callable[[Any, Any], Any]) -> Any:
    class Heads(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.kind = keras.layers.Dense(3, activation="softmax")
            self.size = keras.layers.Dense(1)

        def call(self, inputs: Any) -> Any:
            return pack(self.kind(inputs), self.size(inputs))

    model = Heads()
    model.build((None, 5))
    return model


def tuple_subclass(keras: Any) -> Any:
    return _heads_class(keras, lambda kind, size: (kind, size))


def dict_subclass(keras: Any) -> Any:
    return _heads_class(keras, lambda kind, size: {"what": kind, "big": size})


def mean(keras: Any, value: Any) -> Any:
    """The mean in either library."""
    return keras.backend.mean(value) if hasattr(keras.backend, "mean") else value.mean()


# ---- The usual session


def session(
    compile: Any, fit: Callable[[Any, Any], Results], evaluate: Any = None, predict: Any = None, **options: Any
) -> Callable[[Any, Any, Any], Results]:
    """Compile, fit for three epochs, evaluate into a list and into a dict, predict."""

    def run(keras: Any, model: Any, d: SimpleNamespace) -> Results:
        arguments = compile(keras) if callable(compile) else copy.deepcopy(compile)
        model.compile(**{"optimizer": keras.optimizers.SGD(0.1), **arguments})
        given = fit(keras, d)
        fitted = {"epochs": 3, "batch_size": BATCH, "shuffle": False, "verbose": 0, **given}
        results = {"fit": model.fit(**fitted)}
        results["metrics_names"] = list(model.metrics_names)
        again = evaluate(keras, d) if evaluate else {key: given[key] for key in ("x", "y") if key in given}
        for name, as_dict in (("evaluate", False), ("evaluate_dict", True)):
            once = evaluate(keras, d) if evaluate else again
            results[name] = model.evaluate(**{"batch_size": BATCH, "verbose": 0, **once}, return_dict=as_dict)
        wanted = predict(keras, d) if predict else {"x": again["x"]}
        results["predict"] = model.predict(**{"batch_size": BATCH, "verbose": 0, **wanted})
        return results

    return run


def fit_case(name: str, model: Callable, compile: Any, fit: Callable, **options: Any) -> None:
    """Add one usual session."""
    warns = options.pop("warns", False)
    CASES.append(FitCase(f"fit-{name}", model, session(compile, fit, **options), warns=warns))


def case(name: str, model: Callable, **options: Any) -> Callable:
    """Add a session of its own."""

    def add(run: Callable) -> Callable:
        CASES.append(FitCase(name, model, run, **options))
        return run

    return add


def fails(name: str, pattern: str, model: Callable, compile: Any, run: Callable[[Any, Any, Any], Any]) -> None:
    """Add a session that must raise; compile is None for a model that is not compiled."""

    def attempt(keras: Any, model: Any, d: SimpleNamespace) -> Results:
        if compile is not None:
            arguments = compile(keras) if callable(compile) else copy.deepcopy(compile)
            model.compile(**{"optimizer": "sgd", **arguments})
        run(keras, model, d)
        return {}

    CASES.append(FitCase(f"error-{name}", model, attempt, error=pattern))


def xy(label: str, **fixed: Any) -> Callable[[Any, Any], Results]:
    """Train `x` on the named labels."""
    return lambda k, d: {"x": d.x, "y": getattr(d, label), **fixed}


def batches(*columns: Any, rounds: int = 1) -> Iterator[tuple]:
    """Yield batches of the columns, the last one short."""
    for _ in range(rounds):
        for start in range(0, len(columns[0]), BATCH):
            yield tuple(column[start : start + BATCH] for column in columns)


def make_sequence(keras: Any, *columns: Any) -> Any:
    class Batches(keras.utils.Sequence):
        def __len__(self) -> int:
            return -(-len(columns[0]) // BATCH)

        def __getitem__(self, index: int) -> tuple:
            return tuple(column[index * BATCH : (index + 1) * BATCH] for column in columns)

    return Batches()


ACC = {"loss": SPARSE, "metrics": ["accuracy"]}

# ---- Labels of all kinds, and what 'accuracy' becomes

fit_case("labels-int64", classifier, ACC, xy("y"))
fit_case("labels-column", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y[:, None]})
for _dtype in ("int8", "uint8", "int32", "float32", "float64"):
    fit_case(f"labels-{_dtype}", classifier, ACC, lambda k, d, t=_dtype: {"x": d.x, "y": d.y.astype(t)})
fit_case("labels-column-float32", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y[:, None].astype("float32")})
fit_case("onehot", classifier, {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}, xy("onehot"))
fit_case(
    "onehot-int64",
    classifier,
    {"loss": "categorical_crossentropy", "metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.onehot.astype("int64")},
)
fit_case("onehot-mse-accuracy", classifier, {"loss": "mse", "metrics": ["accuracy"]}, xy("onehot"))
_BINARY = {"loss": "binary_crossentropy", "metrics": ["accuracy"]}
fit_case("binary-int64", binary, _BINARY, xy("binary"))
fit_case("binary-column", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary[:, None]})
fit_case("binary-bool", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary.astype(bool)})
fit_case("binary-float32", binary, _BINARY, lambda k, d: {"x": d.x, "y": d.binary.astype("float32")})
fit_case("binary-mse", binary, {"loss": "mse", "metrics": ["acc", "crossentropy"]}, xy("binary"))
fit_case("several-labels", several, {"loss": "binary_crossentropy", "metrics": ["accuracy"]}, xy("several"))
fit_case(
    "several-labels-binary_accuracy",
    several,
    {"loss": "binary_crossentropy", "metrics": ["binary_accuracy", "binary_crossentropy"]},
    xy("several"),
)
fit_case("crossentropy-sparse", classifier, {"loss": SPARSE, "metrics": ["crossentropy", "acc"]}, xy("y"))
fit_case("crossentropy-onehot", classifier, {"loss": "mse", "metrics": ["ce"]}, xy("onehot"))
fit_case("Accuracy", classifier, {"loss": SPARSE, "metrics": ["Accuracy", "ACC"]}, xy("y"))
fit_case("metrics-one-string", classifier, {"loss": SPARSE, "metrics": "accuracy"}, xy("y"))
fit_case(
    "logits",
    logits,
    lambda k: {"loss": k.losses.SparseCategoricalCrossentropy(from_logits=True), "metrics": ["accuracy"]},
    xy("y"),
)
fit_case(
    "logits-smoothed",
    logits,
    lambda k: {
        "loss": k.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        "metrics": ["accuracy"],
        "optimizer": "adam",
    },
    xy("onehot"),
)
fit_case(
    "tags", tagger, {"loss": SPARSE, "metrics": ["accuracy"]}, lambda k, d: {"x": d.tokens, "y": d.tags, "epochs": 2}
)
fit_case(
    "tags-weighted",
    tagger,
    {"loss": SPARSE, "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
    lambda k, d: {"x": d.tokens, "y": d.tags, "sample_weight": d.token_weight},
)
_TAGS = {"loss": SPARSE, "metrics": ["accuracy"], "weighted_metrics": [SPARSE]}
fit_case("tags-masked", masked_tagger, _TAGS, lambda k, d: {"x": d.tokens, "y": d.tags})
fit_case(
    "tags-masked-weighted",
    masked_tagger,
    _TAGS,
    lambda k, d: {"x": d.tokens, "y": d.tags, "sample_weight": d.token_weight, "validation_split": 0.2},
)

# ---- Inputs

fit_case("x-float64", classifier, ACC, lambda k, d: {"x": d.x.astype("float64"), "y": d.y})
fit_case("x-int64", classifier, ACC, lambda k, d: {"x": (2 * d.x).astype("int64"), "y": d.y})
fit_case("x-lists", classifier, ACC, lambda k, d: {"x": d.x.tolist(), "y": d.y.tolist()})
fit_case(
    "x-bytes",
    lambda k: k.Sequential(
        [k.Input((5,)), k.layers.Rescaling(1 / 127.5, -1.0), k.layers.Dense(3, activation="softmax")], name="bytes"
    ),
    ACC,
    lambda k, d: {"x": d.bytes, "y": d.y},
)
fit_case("batch-of-all", classifier, ACC, xy("y", batch_size=64))
fit_case("batch-default", classifier, ACC, xy("y", batch_size=None))
fit_case("batch-of-one", classifier, ACC, lambda k, d: {"x": d.x[:6], "y": d.y[:6], "batch_size": 1})
fit_case("regression", regression, {"loss": "mse", "metrics": ["mae"]}, lambda k, d: {"x": d.x2, "y": d.value})
fit_case(
    "regression-flat",
    regression,
    {"loss": "mse", "metrics": ["mae", "mse"], "optimizer": "rmsprop"},
    lambda k, d: {"x": d.x2, "y": d.value[:, 0]},
)
fit_case("normalized", normalized, {**ACC, "optimizer": "adam"}, xy("y", validation_split=0.2))

# ---- Validation

fit_case(
    "validation_data", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y, "validation_data": (d.val.x, d.val.y)}
)
fit_case(
    "validation_data-list", classifier, ACC, lambda k, d: {"x": d.x, "y": d.y, "validation_data": [d.val.x, d.val.y]}
)
fit_case(
    "validation_data-weighted",
    classifier,
    {**ACC, "weighted_metrics": ["accuracy"]},
    lambda k, d: {"x": d.x, "y": d.y, "validation_data": (d.val.x, d.val.y, d.val.weight)},
)
fit_case("validation_split", classifier, ACC, xy("y", validation_split=0.3))
fit_case(
    "validation_split-weighted",
    classifier,
    {"loss": SPARSE, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight, "validation_split": 0.25},
)
fit_case(
    "validation_split-with-data",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y, "validation_split": 0.3, "validation_data": (d.val.x, d.val.y)},
)
fit_case("validation_freq-2", classifier, ACC, xy("y", validation_split=0.3, validation_freq=2, epochs=5))
fit_case("validation_freq-list", classifier, ACC, xy("y", validation_split=0.3, validation_freq=[1, 4], epochs=5))
fit_case(
    "validation_batch_size",
    classifier,
    ACC,
    xy("y", validation_split=0.5, validation_batch_size=7, validation_steps=2),
)
fit_case(
    "validation-sequence",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y, "validation_data": make_sequence(k, d.val.x, d.val.y)},
)
fit_case(
    "validation-generator",
    classifier,
    ACC,
    lambda k, d: {
        "x": d.x,
        "y": d.y,
        "validation_data": batches(d.val.x, d.val.y, rounds=3),
        "validation_steps": 2,
    },
)

# ---- Sample and class weights

fit_case(
    "sample_weight",
    classifier,
    {**ACC, "weighted_metrics": ["accuracy", SPARSE]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
    evaluate=lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
)
fit_case(
    "sample_weight-float64-column",
    regression,
    {"loss": "mae", "weighted_metrics": ["mse"]},
    lambda k, d: {"x": d.x2, "y": d.value, "sample_weight": d.weight[:, None].astype("float64")},
)
fit_case(
    "sample_weight-int",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": (10 * d.weight).astype("int64")},
)
_CLASS_WEIGHT = {0: 1.0, 1: 3.0, 2: 0.5}
fit_case("class_weight", classifier, ACC, xy("y", class_weight=_CLASS_WEIGHT))
fit_case("class_weight-ints", classifier, ACC, xy("y", class_weight={0: 1, 1: 3, 2: 2}))
fit_case(
    "class_weight-column",
    classifier,
    ACC,
    lambda k, d: {"x": d.x, "y": d.y[:, None].astype("float32"), "class_weight": _CLASS_WEIGHT},
)
fit_case(
    "class_weight-onehot-validation",
    classifier,
    {"loss": "categorical_crossentropy", "metrics": ["accuracy"], "weighted_metrics": ["accuracy"]},
    lambda k, d: {
        "x": d.x,
        "y": d.onehot,
        "class_weight": _CLASS_WEIGHT,
        "validation_data": (d.val.x, d.val.onehot),
    },
)
fit_case("class_weight-binary", binary, _BINARY, xy("binary", class_weight={0: 0.3, 1: 2.0}))

# ---- Steps and epochs

fit_case("steps_per_epoch-2", classifier, ACC, xy("y", steps_per_epoch=2, epochs=5))
fit_case("steps_per_epoch-6", classifier, ACC, xy("y", steps_per_epoch=6, epochs=2), warns=True)
fit_case("steps_per_epoch-no-batch_size", classifier, ACC, xy("y", steps_per_epoch=3, batch_size=None))
fit_case("initial_epoch", classifier, ACC, xy("y", initial_epoch=2, epochs=5))
fit_case("initial_epoch-none-left", classifier, ACC, xy("y", initial_epoch=3, epochs=3))
fit_case("steps_per_execution", classifier, {**ACC, "steps_per_execution": 2}, xy("y"))
fit_case("run_eagerly", classifier, {**ACC, "run_eagerly": True}, xy("y"))

# ---- Generators and sequences

_GENERATOR_ENDS = {
    "evaluate": lambda k, d: {"x": batches(d.x, d.y), "batch_size": None},
    "predict": lambda k, d: {"x": batches(d.x), "batch_size": None},
}
fit_case(
    "generator",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y), "batch_size": None, "epochs": 1},
    **_GENERATOR_ENDS,
)
fit_case(
    "generator-steps",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y, rounds=4), "batch_size": None, "steps_per_epoch": 3},
    **_GENERATOR_ENDS,
)
fit_case(
    "generator-weights",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {"x": batches(d.x, d.y, d.weight, rounds=4), "batch_size": None, "steps_per_epoch": 4},
    **_GENERATOR_ENDS,
)
fit_case(
    "generator-lists-class_weight",
    classifier,
    ACC,
    lambda k, d: {
        "x": (list(batch) for batch in batches(d.x, d.y, rounds=3)),
        "batch_size": None,
        "steps_per_epoch": 4,
        "class_weight": _CLASS_WEIGHT,
    },
    **_GENERATOR_ENDS,
)
fit_case(
    "generator-dicts",
    two_heads,
    {"loss": [SPARSE, "mse"], "metrics": ["mae"]},
    lambda k, d: {
        "x": (
            ({"right": b, "left": a}, {"size": v, "kind": y}) for a, b, y, v in batches(d.x, d.x2, d.y, d.value, rounds=2)
        ),
        "batch_size": None,
        "epochs": 2,
        "steps_per_epoch": 4,
    },
    evaluate=lambda k, d: {"x": {"left": d.x, "right": d.x2}, "y": {"kind": d.y, "size": d.value}},
)
fit_case(
    "generator-exhausted",
    classifier,
    ACC,
    lambda k, d: {"x": batches(d.x, d.y), "batch_size": None, "epochs": 4, "steps_per_epoch": 3},
    warns=True,
    **_GENERATOR_ENDS,
)
_SEQUENCE_ENDS = {
    "evaluate": lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None},
    "predict": lambda k, d: {"x": make_sequence(k, d.x), "batch_size": None},
}
fit_case(
    "sequence",
    classifier,
    ACC,
    lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None},
    **_SEQUENCE_ENDS,
)
fit_case(
    "sequence-steps",
    classifier,
    ACC,
    lambda k, d: {"x": make_sequence(k, d.x, d.y), "batch_size": None, "steps_per_epoch": 3},
    **_SEQUENCE_ENDS,
)
fit_case(
    "sequence-weights-validation",
    classifier,
    {**ACC, "weighted_metrics": ["acc"]},
    lambda k, d: {
        "x": make_sequence(k, d.x, d.y, d.weight),
        "batch_size": None,
        "validation_data": make_sequence(k, d.val.x, d.val.y, d.val.weight),
    },
    **_SEQUENCE_ENDS,
)

# ---- Several inputs and outputs

_TWO = {"loss": [SPARSE, "mse"]}


def two(*targets: str, **fixed: Any) -> Callable[[Any, Any], Results]:
    """Train `two_heads` on lists."""
    names = targets or ("y", "value")
    return lambda k, d: {"x": [d.x, d.x2], "y": [getattr(d, name) for name in names], **fixed}


def _two_named(d: Any) -> Results:
    return {"x": {"right": d.x2, "left": d.x}, "y": {"size": d.value, "kind": d.y}}


fit_case("two", two_heads, _TWO, two())
fit_case("two-metrics-for-all", two_heads, {**_TWO, "metrics": ["mae", "acc"]}, two())
fit_case("two-metrics-one-string", two_heads, {**_TWO, "metrics": "mae"}, two())
fit_case("two-metrics-lists", two_heads, {**_TWO, "metrics": [["acc"], ["mae", "mse"]]}, two())
fit_case("two-metrics-none", two_heads, {**_TWO, "metrics": [None, "mae"]}, two())
fit_case(
    "two-weighted_metrics",
    two_heads,
    {**_TWO, "metrics": ["mae"], "weighted_metrics": [["mae", "acc"], ["mse"]]},
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": [d.weight, d.weight2]},
)
fit_case(
    "two-dicts",
    two_heads,
    {
        "loss": {"size": "mse", "kind": SPARSE},
        "loss_weights": {"size": 0.2, "kind": 2.0},
        "metrics": {"size": ["mae", "mse"], "kind": "accuracy"},
    },
    lambda k, d: {
        **_two_named(d),
        "validation_data": ({"left": d.val.x, "right": d.val.x2}, {"kind": d.val.y, "size": d.val.value}),
    },
)
fit_case("two-loss_weights", two_heads, {**_TWO, "loss_weights": [0.5, 2.0]}, two())
fit_case("two-loss_weights-partial", two_heads, {**_TWO, "loss_weights": {"size": 0.1}}, two())
fit_case("two-one-loss", two_heads, {"loss": "mse", "metrics": ["mae"]}, two("onehot", "value"))
fit_case("two-loss-none", two_heads, {"loss": [SPARSE, None], "metrics": ["mae"]}, two(), warns=True)
fit_case("two-loss-partial", two_heads, {"loss": {"size": "mse"}, "metrics": {"kind": "acc"}}, two(), warns=True)
fit_case(
    "two-target-missing",
    two_heads,
    {**_TWO, "metrics": {"kind": "acc", "size": "mae"}},
    lambda k, d: {"x": [d.x, d.x2], "y": {"kind": d.y}},
    warns=True,
)
fit_case(
    "two-sample_weight-one",
    two_heads,
    _TWO,
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": d.weight},
)
fit_case(
    "two-sample_weight-dict",
    two_heads,
    {**_TWO, "weighted_metrics": ["mae"]},
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": {"kind": d.weight}},
)
fit_case(
    "two-sample_weight-list-none",
    two_heads,
    _TWO,
    lambda k, d: {"x": [d.x, d.x2], "y": [d.y, d.value], "sample_weight": [None, d.weight]},
)
fit_case(
    "two-validation_split",
    two_heads,
    {**_TWO, "metrics": {"kind": ["accuracy"]}},
    lambda k, d: {**_two_named(d), "validation_split": 0.2},
)
fit_case(
    "two-loss-objects",
    two_heads,
    lambda k: {
        "loss": {"kind": k.losses.SparseCategoricalCrossentropy(), "size": k.losses.Huber(0.5)},
        "metrics": {
            "kind": [k.metrics.SparseCategoricalAccuracy(), k.metrics.SparseTopKCategoricalAccuracy(2, name="top2")],
            "size": [k.metrics.RootMeanSquaredError(), "mae"],
        },
        "optimizer": k.optimizers.Adam(0.02),
    },
    two(),
)
fit_case(
    "two-metric-objects-for-all",
    two_heads,
    lambda k: {"loss": "mse", "metrics": [k.metrics.MeanSquaredError(name="second"), "mae"]},
    two("onehot", "value"),
)
fit_case(
    "two-inputs-extra",
    two_heads,
    _TWO,
    lambda k, d: {"x": {"left": d.x, "zz": d.x, "right": d.x2}, "y": [d.y, d.value]},
    warns=True,
)
fit_case("two-cnn", two_in_two_out, _TWO, lambda k, d: {
    "x": {"image": _image(d), "facts": d.x}, "y": [d.y, d.value],
})  # fmt: skip
fit_case(
    "tuple-subclass",
    tuple_subclass,
    {**_TWO, "metrics": ["mae"]},
    lambda k, d: {"x": d.x, "y": (d.y, d.value)},
)
fit_case(
    "tuple-subclass-named",
    tuple_subclass,
    {"loss": {"output_2": "mse", "output_1": SPARSE}, "metrics": {"output_1": "acc"}},
    lambda k, d: {"x": d.x, "y": {"output_1": d.y, "output_2": d.value}},
)
_DICT_HEADS = {"loss": {"big": "mse", "what": SPARSE}, "metrics": {"what": "acc", "big": ["mae"]}}
for _model in (dict_subclass, dict_heads):
    fit_case(
        _model.__name__.replace("_", "-"), _model, _DICT_HEADS, lambda k, d: {"x": d.x, "y": {"what": d.y, "big": d.value}}
    )
fit_case(
    "dict-heads-loss_weights",
    dict_heads,
    {**_DICT_HEADS, "loss_weights": {"big": 0.3}},
    lambda k, d: {
        "x": {"features": d.x},
        "y": {"what": d.y, "big": d.value},
        "sample_weight": {"what": d.weight, "big": d.weight2},
    },
)
fit_case("loss-list", classifier, {"loss": [SPARSE], "metrics": [["acc"]]}, xy("y"))
fit_case(
    "loss-dict",
    classifier,
    {"loss": {"classes": SPARSE}, "metrics": {"classes": ["acc", "mae"]}},
    lambda k, d: {"x": d.x, "y": {"classes": d.y}},
)


def _image(d: Any) -> Any:
    return (d.x[:, :4].repeat(32, axis=1) * d.x2[:, :1]).reshape(-1, 8, 8, 2)


# ---- Metrics


def gap(y_true: Any, y_pred: Any) -> Any:
    return abs(y_true - y_pred) + 0.5


def square(y_true: Any, y_pred: Any) -> Any:
    return (y_true - y_pred) ** 2


def _metric_class(keras: Any) -> Any:
    class MeanOfMeans(keras.metrics.Metric):
        def __init__(self, name: str = "mean_of_means", **kwargs: Any) -> None:
            super().__init__(name=name, **kwargs)
            self.total = self.add_weight(name="total", initializer="zeros")
            self.count = self.add_weight(name="count", initializer="zeros")

        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            self.total.assign_add(mean(keras, abs(y_true - y_pred)))
            self.count.assign_add(1.0)

        def result(self) -> Any:
            return self.total / self.count

    return MeanOfMeans()


fit_case(
    "metrics-mixed",
    classifier,
    lambda k: {
        "loss": "categorical_crossentropy",
        "metrics": ["mse", gap, k.metrics.MeanAbsoluteError(name="distance"), k.metrics.CategoricalAccuracy()],
    },
    xy("onehot", validation_split=0.2),
)
fit_case("metrics-lambda", classifier, lambda k: {"loss": "mse", "metrics": [lambda y, p: (y - p) ** 2]}, xy("onehot"))
fit_case(
    "metrics-functions-and-losses",
    classifier,
    lambda k: {"loss": "mse", "metrics": [k.metrics.mae, k.losses.mean_squared_error, k.losses.Huber(name="hub")]},
    xy("onehot"),
)
fit_case(
    "metrics-class", classifier, lambda k: {"loss": "mse", "metrics": [_metric_class(k), "mae"]}, xy("onehot")
)
fit_case(
    "metrics-binary",
    binary,
    lambda k: {
        "loss": "binary_crossentropy",
        "metrics": [k.metrics.Precision(), k.metrics.Recall(name="recall"), k.metrics.AUC(name="auc"), "accuracy"],
        "weighted_metrics": [k.metrics.BinaryAccuracy(threshold=0.4)],
    },
    lambda k, d: {"x": d.x, "y": d.binary, "sample_weight": d.weight, "validation_split": 0.2},
)
fit_case(
    "metrics-weighted-same-name",
    classifier,
    {"loss": SPARSE, "metrics": ["acc"], "weighted_metrics": ["acc"]},
    xy("y", class_weight=_CLASS_WEIGHT),
)
fit_case("metrics-aliases", classifier, {"loss": "MSE", "metrics": ["mse", "MAE", "mape", "cosine_similarity"]}, xy("onehot"))
fit_case(
    "metrics-top_k",
    classifier,
    lambda k: {"loss": SPARSE, "metrics": ["sparse_top_k_categorical_accuracy", "sparse_categorical_accuracy"]},
    xy("y"),
)

# ---- Losses

fit_case("loss-function", classifier, {"loss": square, "metrics": ["mse"]}, xy("onehot"))
fit_case("loss-function-scalar", classifier, lambda k: {"loss": lambda y, p: mean(k, abs(y - p))}, xy("onehot"))
fit_case(
    "loss-function-weighted",
    classifier,
    {"loss": square},
    lambda k, d: {"x": d.x, "y": d.onehot, "sample_weight": d.weight[:, None]},
)
fit_case("loss-function-float64-labels", regression, {"loss": square}, lambda k, d: {
    "x": d.x2, "y": d.value[:, 0].astype("float64"),
})  # fmt: skip
fit_case(
    "loss-sum",
    classifier,
    lambda k: {
        "loss": k.losses.SparseCategoricalCrossentropy(reduction="sum"),
        "optimizer": k.optimizers.SGD(0.01),
        "metrics": ["acc"],
    },
    lambda k, d: {"x": d.x, "y": d.y, "sample_weight": d.weight},
)
fit_case(
    "loss-none-reduction",
    classifier,
    lambda k: {"loss": k.losses.SparseCategoricalCrossentropy(reduction="none"), "optimizer": k.optimizers.SGD(0.01)},
    xy("y"),
)


def _loss_class(keras: Any) -> Any:
    class Asymmetric(keras.losses.Loss):
        def call(self, y_true: Any, y_pred: Any) -> Any:
            return (abs(y_true - y_pred) + 0.3 * (y_true - y_pred))[:, 0]

    return Asymmetric(name="asymmetric")


fit_case(
    "loss-class",
    regression,
    lambda k: {"loss": _loss_class(k), "metrics": ["mae"]},
    lambda k, d: {"x": d.x2, "y": d.value, "sample_weight": d.weight},
)
for _loss in ("mae", "mape", "msle", "huber", "log_cosh", "poisson", "kl_divergence", "hinge", "cosine_similarity"):
    fit_case(f"loss-{_loss}", several, lambda k, name=_loss: {"loss": name, "metrics": ["mae"]}, xy("several"))


# ---- Losses of layers and models


def _layer_with_loss(keras: Any) -> Any:
    class Penalty(keras.layers.Layer):
        def call(self, inputs: Any) -> Any:
            self.add_loss(0.2 * mean(keras, inputs**2))
            return inputs

    layers = keras.layers
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, activation="tanh"), Penalty(), layers.Dense(3, activation="softmax")],
        name="with_penalty",
    )


def _model_with_loss(keras: Any) -> Any:
    model = classifier(keras)
    model.add_loss(0.1 * mean(keras, model.get_layer("hidden").output ** 2))
    return model


def _autoencoder(keras: Any) -> Any:
    layers = keras.layers
    inputs = keras.Input((5,))
    code = layers.Dense(2, activation="tanh", name="code")(inputs)
    outputs = layers.Dense(5, name="decoded")(code)
    model = keras.Model(inputs, outputs, name="autoencoder")
    model.add_loss(mean(keras, (inputs - outputs) ** 2))
    return model


def _penalized(keras: Any) -> Any:
    return keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, kernel_regularizer="l2")], name="penalized")


fit_case("regularized", regularized, ACC, xy("y", validation_split=0.2))
fit_case("regularized-short-batch", regularized, ACC, xy("y", batch_size=32))
fit_case("layer-add_loss", _layer_with_loss, ACC, xy("y", validation_split=0.2))
fit_case("model-add_loss", _model_with_loss, ACC, xy("y", validation_split=0.2))
fit_case("add_loss-alone", _autoencoder, {}, lambda k, d: {"x": d.x})
fit_case("add_loss-alone-validation", _autoencoder, {}, lambda k, d: {"x": d.x, "validation_data": (d.val.x,)})
fit_case("regularizer-alone", _penalized, {}, lambda k, d: {"x": d.x})
fit_case("regularizer-and-metric", _penalized, {"metrics": ["mae"]}, xy("onehot"))
fit_case("regularizer-two-heads", lambda k: _regularized_heads(k), {**_TWO, "loss_weights": [1.0, 0.1]}, two())


def _regularized_heads(keras: Any) -> Any:
    layers = keras.layers
    left, right = keras.Input((5,), name="left"), keras.Input((3,), name="right")
    x = layers.Concatenate()([left, right])
    x = layers.Dense(8, activation="tanh", kernel_regularizer="l1")(x)
    outputs = [layers.Dense(3, activation="softmax", name="kind")(x), layers.Dense(1, name="size")(x)]
    return keras.Model([left, right], outputs, name="regularized_heads")


# ---- Sessions of their own


def _compiled(keras: Any, model: Any, **arguments: Any) -> Any:
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), "loss": SPARSE, **arguments})
    return model


_QUIET = {"verbose": 0, "shuffle": False, "batch_size": BATCH}


@case("on_batch-metrics", classifier)
def _on_batch(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "names": list(m.metrics_names),
        "first": m.train_on_batch(d.x[:16], d.y[:16]),
        "names_after": list(m.metrics_names),
        "goes_on": m.train_on_batch(d.x[16:], d.y[16:], reset_metrics=False),
        "test_goes_on": m.test_on_batch(d.x, d.y, reset_metrics=False),
        "test": m.test_on_batch(d.x, d.y),
        "dict": m.train_on_batch(d.x[:7], d.y[:7], return_dict=True),
        "test_dict": m.test_on_batch(d.x[:7], d.y[:7], return_dict=True),
        "predict": m.predict_on_batch(d.x[:3]),
    }


@case("on_batch-loss-alone", classifier)
def _on_batch_scalar(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    return {
        "train": m.train_on_batch(d.x, d.y),
        "weighted": m.train_on_batch(d.x, d.y, sample_weight=d.weight),
        "class_weight": m.train_on_batch(d.x, d.y, class_weight=_CLASS_WEIGHT),
        "both": m.train_on_batch(d.x, d.y, sample_weight=d.weight, class_weight=_CLASS_WEIGHT),
        "test": m.test_on_batch(d.x, d.y, sample_weight=d.weight),
        "train_dict": m.train_on_batch(d.x, d.y, return_dict=True),
    }


@case("on_batch-two-heads", two_heads)
def _on_batch_two(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, loss=[SPARSE, "mse"], metrics={"size": "mae"}, loss_weights=[1.0, 0.5])
    return {
        "train": m.train_on_batch([d.x, d.x2], [d.y, d.value]),
        "train_dict": m.train_on_batch({"left": d.x, "right": d.x2}, {"kind": d.y, "size": d.value}, return_dict=True),
        "test": m.test_on_batch([d.x, d.x2], [d.y, d.value], sample_weight=[d.weight, d.weight2]),
        "predict": m.predict_on_batch([d.x[:4], d.x2[:4]]),
    }


@case("evaluate-and-predict-untrained", classifier)
def _untrained(k: Any, m: Any, d: Any) -> Results:
    before = m.predict(d.x[:4], verbose=0)
    _compiled(k, m)
    return {
        "predict": before,
        "evaluate": m.evaluate(d.x, d.y, verbose=0),
        "evaluate_dict": m.evaluate(d.x, d.y, verbose=0, return_dict=True),
        "steps": m.evaluate(d.x, d.y, batch_size=8, steps=2, verbose=0),
        "weighted": m.evaluate(d.x, d.y, sample_weight=d.weight, verbose=0),
        "predict_steps": m.predict(d.x, batch_size=8, steps=2, verbose=0),
        "predict_lists": m.predict(d.x[:2].tolist(), verbose=0),
        "no_target": m.evaluate(d.x, verbose=0),
    }


@case("predict-two-heads", two_heads)
def _predict_two(k: Any, m: Any, d: Any) -> Results:
    return {
        "list": m.predict([d.x, d.x2], batch_size=16, verbose=0),
        "dict": m.predict({"right": d.x2, "left": d.x}, verbose=0),
    }


@case("predict-dict-heads", dict_heads)
def _predict_dict(k: Any, m: Any, d: Any) -> Results:
    return {"dict": m.predict(d.x, batch_size=16, verbose=0)}


@case("predict-tuple-subclass", tuple_subclass)
def _predict_tuple(k: Any, m: Any, d: Any) -> Results:
    return {"tuple": m.predict(d.x, batch_size=16, verbose=0)}


@case("fit-twice", classifier)
def _twice(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.01), metrics=["acc"])
    first = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"first": dict(first.history), "second": m.fit(d.x, d.y, epochs=2, **_QUIET)}


@case("compile-again", classifier)
def _again(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.01), metrics=["acc"])
    first = m.fit(d.x, d.y, epochs=2, **_QUIET)
    _compiled(k, m, optimizer=k.optimizers.SGD(0.05, momentum=0.9), loss="mse", metrics=["mae"])
    return {"names": list(m.metrics_names), "first": first, "second": m.fit(d.x, d.onehot, epochs=2, **_QUIET)}


@case("freeze-and-compile", classifier)
def _freeze(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    first = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.get_layer("hidden").trainable = False
    _compiled(k, m)
    before = m.get_layer("hidden").get_weights()[0].copy()
    second = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"first": first, "second": second, "same": bool((m.get_layer("hidden").get_weights()[0] == before).all())}


@case("freeze-without-compile", classifier, warns=True)
def _freeze_late(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    m.get_layer("hidden").trainable = False
    history = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"history": history, "trainable": m.get_layer("hidden").trainable}


@case("frozen-normalization", normalized)
def _frozen_normalization(k: Any, m: Any, d: Any) -> Results:
    m.layers[1].trainable = False
    _compiled(k, m)
    return {"fit": m.fit(d.x, d.y, epochs=2, validation_data=(d.val.x, d.val.y), **_QUIET)}


@case("own-metrics-of-the-model", classifier)
def _functions_of_the_loss(k: Any, m: Any, d: Any) -> Results:
    """One metric object in two fits: it starts anew each epoch."""
    metric = k.metrics.SparseCategoricalAccuracy(name="hits")
    _compiled(k, m, metrics=[metric])
    history = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"fit": history, "result": round(float(metric.result()), 6), "is_it": m.metrics[-1] is metric}


def _with_steps(keras: Any) -> Any:
    class Stepper(keras.Model):
        def test_step(self, data: Any) -> Any:
            x, y = data
            y_pred = self(x, training=False)
            self.compiled_loss(y, y_pred, regularization_losses=self.losses)
            self.compiled_metrics.update_state(y, y_pred)
            return {f"own_{metric.name}": metric.result() for metric in self.metrics}

        def predict_step(self, data: Any) -> Any:
            return 2 * self(data, training=False)

    base = classifier(keras)
    return Stepper(base.inputs, base.outputs)


@case("own-test_step", _with_steps)
def _own_steps(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "fit": m.fit(d.x, d.y, epochs=2, validation_data=(d.val.x, d.val.y), **_QUIET),
        "evaluate": m.evaluate(d.x, d.y, verbose=0, batch_size=16),
        "evaluate_dict": m.evaluate(d.x, d.y, verbose=0, return_dict=True),
        "predict": m.predict(d.x[:4], verbose=0),
    }


def _with_own_loss(keras: Any) -> Any:
    class Own(keras.Model):
        def compute_loss(self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None) -> Any:
            return super().compute_loss(x, y, y_pred, sample_weight) + mean(keras, y_pred**2)

        def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Any:
            results = super().compute_metrics(x, y, y_pred, sample_weight)
            results["twice"] = 2 * results["loss"]
            return results

    base = classifier(keras)
    return Own(base.inputs, base.outputs)


@case("own-compute_loss", _with_own_loss)
def _own_loss(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "train": m.train_on_batch(d.x, d.y),
        "train_dict": m.train_on_batch(d.x, d.y, return_dict=True),
        "fit": m.fit(d.x, d.y, epochs=2, **_QUIET),
    }


@case("learning_rate", classifier)
def _learning_rate(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.05))
    first = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.optimizer.learning_rate = 0.001
    second = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.optimizer.learning_rate.assign(0.02)
    third = m.fit(d.x, d.y, epochs=1, **_QUIET)
    rate, steps = float(m.optimizer.learning_rate), int(m.optimizer.iterations)
    return {"first": first, "second": second, "third": third, "rate": round(rate, 6), "iterations": steps}


# ---- Sessions that must fail

_PLAIN = {"loss": SPARSE}
_NOT_COMPILED = "must compile your model before training/testing"
fails("fit-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
fails("evaluate-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.evaluate(d.x, d.y, verbose=0))
fails("train_on_batch-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.train_on_batch(d.x, d.y))
fails("test_on_batch-not-compiled", _NOT_COMPILED, classifier, None, lambda k, m, d: m.test_on_batch(d.x, d.y))
fails("fit-empty", "non-empty", classifier, _PLAIN, lambda k, m, d: m.fit(d.x[:0], d.y[:0], verbose=0))
fails("evaluate-empty", "non-empty", classifier, _PLAIN, lambda k, m, d: m.evaluate(d.x[:0], d.y[:0], verbose=0))
fails("predict-empty", "non-empty", classifier, _PLAIN, lambda k, m, d: m.predict(d.x[:0], verbose=0))
fails("lengths", "sizes: 50\n.*sizes: 40", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y[:40], verbose=0))
fails("lengths-on_batch", "sizes: 50", classifier, _PLAIN, lambda k, m, d: m.train_on_batch(d.x, d.y[:40]))
fails(
    "lengths-sample_weight",
    "sample_weight sizes: 30",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, sample_weight=d.weight[:30], verbose=0),
)
fails(
    "validation_split-generator",
    "`validation_split` is only supported for",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(batches(d.x, d.y), validation_split=0.2, verbose=0),
)
fails(
    "validation_split-all",
    "not sufficient to split",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, validation_split=1.0, verbose=0),
)
fails("validation_freq-tuple", "validation_freq", classifier, _PLAIN, lambda k, m, d: m.fit(
    d.x, d.y, validation_data=(d.x, d.y), validation_freq=(1, 2), verbose=0,
))  # fmt: skip
fails(
    "validation_data-four",
    r"\(x, y, sample_weight\)",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, validation_data=(d.x, d.y, d.weight, d.weight), verbose=0),
)
fails("no-target", "arget data is missing", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, verbose=0))
fails("no-loss", "No loss found", classifier, {}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
fails("unknown-optimizer", "nope", classifier, {"optimizer": "nope"}, lambda k, m, d: None)
fails("unknown-loss", "nope", classifier, {"loss": "nope"}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
fails("compile-argument", "nope", classifier, {"loss": "mse", "nope": 1}, lambda k, m, d: None)
fails("fit-argument", "nope", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, nope=1))
fails("evaluate-argument", "nope", classifier, _PLAIN, lambda k, m, d: m.evaluate(d.x, d.y, nope=1))
fails("batch_size", "batch_size", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, batch_size=0, verbose=0))
fails("epochs", "epochs", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, epochs=0, verbose=0))
fails("initial_epoch", "initial_epoch", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, initial_epoch=-1, verbose=0))
fails("steps", "steps_per_epoch", classifier, _PLAIN, lambda k, m, d: m.fit(d.x, d.y, steps_per_epoch=0, verbose=0))
fails("generator-y", "`y` argument is not", classifier, _PLAIN, lambda k, m, d: m.fit(batches(d.x), d.y, verbose=0))
fails(
    "sequence-y",
    "`y` argument is not",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(make_sequence(k, d.x, d.y), d.y, verbose=0),
)
fails(
    "generator-sample_weight",
    "`sample_weight` argument is not",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(batches(d.x, d.y), sample_weight=d.weight, verbose=0),
)
fails("x-string", "data adapter|str", classifier, _PLAIN, lambda k, m, d: m.fit("text", d.y, verbose=0))
fails(
    "class_weight-keys",
    "class_weight",
    classifier,
    _PLAIN,
    lambda k, m, d: m.fit(d.x, d.y, class_weight={0: 1.0, 2: 1.0}, verbose=0),
)
fails(
    "class_weight-two-heads",
    "single *output",
    two_heads,
    _TWO,
    lambda k, m, d: m.fit([d.x, d.x2], [d.y, d.value], class_weight=_CLASS_WEIGHT, verbose=0),
)


def _fit_two(k: Any, m: Any, d: Any) -> Any:
    return m.fit([d.x, d.x2], [d.y, d.value], verbose=0)


fails("loss-key", "zz", two_heads, {"loss": {"kind": SPARSE, "zz": "mse"}}, _fit_two)
fails("loss_weights-key", "zz", two_heads, {**_TWO, "loss_weights": {"zz": 1.0}}, _fit_two)
fails("metrics-key", "zz", two_heads, {**_TWO, "metrics": {"zz": "mae"}}, _fit_two)
fails(
    "target-key",
    "zz",
    two_heads,
    _TWO,
    lambda k, m, d: m.fit([d.x, d.x2], {"kind": d.y, "size": d.value, "zz": d.y}, verbose=0),
)
fails("input-key-missing", "right", two_heads, _TWO, lambda k, m, d: m.fit({"left": d.x}, [d.y, d.value], verbose=0))
fails("inputs-short", "2 input", two_heads, _TWO, lambda k, m, d: m.fit([d.x], [d.y, d.value], verbose=0))
fails("targets-short", "", two_heads, _TWO, lambda k, m, d: m.fit([d.x, d.x2], [d.y], verbose=0))
fails("targets-long", "", two_heads, _TWO, lambda k, m, d: m.fit([d.x, d.x2], [d.y, d.value, d.y], verbose=0))
fails("metrics-long", "", two_heads, {**_TWO, "metrics": [["acc"], ["mae"], ["mae"]]}, _fit_two)
fails("metrics-twice", "mae", classifier, {**_PLAIN, "metrics": ["mae", "mae"]}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
fails(
    "metric-object-twice",
    "uplicated",
    classifier,
    lambda k: (lambda metric: {**_PLAIN, "metrics": [metric], "weighted_metrics": [metric]})(k.metrics.MeanSquaredError()),
    lambda k, m, d: m.fit(d.x, d.y, verbose=0),
)
fails("metric-number", "3", classifier, {**_PLAIN, "metrics": [3]}, lambda k, m, d: m.fit(d.x, d.y, verbose=0))
fails("x-shape", "5.*3", classifier, _PLAIN, lambda k, m, d: m.fit(d.x2, d.y, verbose=0))
fails(
    "categorical-integer-labels",
    "",
    classifier,
    {"loss": "categorical_crossentropy"},
    lambda k, m, d: m.fit(d.x, d.y, verbose=0),
)
fails("target-width", "", classifier, {"loss": "mse"}, lambda k, m, d: m.fit(d.x, d.onehot[:, :2], verbose=0))
fails(
    "eager-and-jit",
    "run_eagerly",
    classifier,
    {**_PLAIN, "run_eagerly": True, "jit_compile": True},
    lambda k, m, d: None,
)

TRAINING = [*STEPS, *CASES]
