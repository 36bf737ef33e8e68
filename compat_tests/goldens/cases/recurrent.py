"""Recurrent layers: every return form, masks, settings with and without a kernel of torch's, both directions."""

# ruff: noqa: C408

from .schema import Input, LayerCase, case, obj, table

_STEPS = (3, 5, 4)
_PREFIX = (Input((3, 5), "prefix_mask"),)
_RANDOM = (Input((3, 5), "random_mask"),)

_RETURNS = {
    "last": dict(),
    "sequences": dict(return_sequences=True),
    "state": dict(return_state=True),
    "both": dict(return_sequences=True, return_state=True),
    "backwards": dict(return_sequences=True, return_state=True, go_backwards=True),
    "no_bias": dict(use_bias=False),
    "unrolled": dict(return_sequences=True, unroll=True),
    "initializers": dict(
        kernel_initializer="he_normal", recurrent_initializer=obj("RandomNormal", stddev=0.2), bias_initializer="ones"
    ),
    "penalties": dict(
        kernel_regularizer="l2",
        recurrent_regularizer=obj("L1", l1=0.02),
        bias_regularizer="l1",
        activity_regularizer=obj("L2", l2=0.1),
        kernel_constraint="max_norm",
        recurrent_constraint="non_neg",
        bias_constraint="unit_norm",
    ),
    "dropout_in_inference": dict(dropout=0.4, recurrent_dropout=0.3),
}
_OTHER = {
    "activations": dict(activation="relu", recurrent_activation="hard_sigmoid", return_sequences=True),
    "linear": dict(activation=None, recurrent_activation="tanh", return_state=True),
    "implementation_1": dict(implementation=1),
}
_TIME_MAJOR = dict(time_major=True, return_sequences=True, return_state=True)


def _masked(layer: str, **settings: object) -> list[LayerCase]:
    """A layer with masks of both kinds, in the forms whose results differ."""
    forms = {
        "last": dict(),
        "both": dict(return_sequences=True, return_state=True),
        "backwards": dict(return_sequences=True, return_state=True, go_backwards=True),
        "zeros": dict(return_sequences=True, zero_output_for_mask=True),
        "zeros_last": dict(zero_output_for_mask=True),
    }
    label = "".join(f"_{name}" for name in settings)
    return [
        case(layer, f"{kind}_mask_{form}{label}", _STEPS, {**config, **settings, "units": 3}, masks=masks)
        for kind, masks in (("prefix", _PREFIX), ("random", _RANDOM))
        for form, config in forms.items()
    ]


def _with_units(rows: dict[str, dict]) -> dict[str, dict]:
    return {name: {"units": 3, **row} for name, row in rows.items()}


def _bidirectional(label: str, layer: str, config: dict, **options: object) -> LayerCase:
    settings = {name: options.pop(name) for name in ("merge_mode",) if name in options}
    inner = obj(layer, name="inner", units=2, **config)
    return case("Bidirectional", label, _STEPS, {"layer": inner, **settings}, **options)


_BOTH = dict(return_sequences=True, return_state=True)

CASES = [
    *table("LSTM", _STEPS, _with_units({**_RETURNS, **_OTHER, "zero_forget_bias": dict(unit_forget_bias=False)})),
    *table("GRU", _STEPS, _with_units({**_RETURNS, **_OTHER})),
    *table("GRU", _STEPS, {f"before_{n}": {"reset_after": False, **c} for n, c in _with_units(_RETURNS).items()}),
    *table("GRU", _STEPS, {f"before_{n}": {"reset_after": False, **c} for n, c in _with_units(_OTHER).items()}),
    *table("SimpleRNN", _STEPS, _with_units(_RETURNS)),
    *table("SimpleRNN", _STEPS, _with_units({"relu": dict(activation="relu"), "sigmoid": dict(activation="sigmoid")})),
    case("LSTM", "time_major", (5, 3, 4), dict(units=3, **_TIME_MAJOR)),
    case("GRU", "time_major", (5, 3, 4), dict(units=3, **_TIME_MAJOR)),
    case("LSTM", "one_step", (3, 1, 4), dict(units=3, return_state=True)),
    case("LSTM", "one_unit", _STEPS, dict(units=1)),
    case("LSTM", "with_states", [_STEPS, (3, 3), (3, 3)], dict(units=3, **_BOTH)),
    case("LSTM", "with_states_loop", [_STEPS, (3, 3), (3, 3)], dict(units=3, activation="softsign", **_BOTH)),
    case("GRU", "with_states", [_STEPS, (3, 3)], dict(units=3, **_BOTH)),
    case("SimpleRNN", "with_states", [_STEPS, (3, 3)], dict(units=3, **_BOTH)),
    case(
        "LSTM",
        "with_states_and_mask",
        [_STEPS, (3, 3), (3, 3)],
        dict(units=3, **_BOTH),
        masks=(Input((3, 5), "random_mask"), None, None),
    ),
    *_masked("LSTM"),
    *_masked("LSTM", activation="relu"),
    *_masked("GRU"),
    *_masked("GRU", reset_after=False),
    *_masked("SimpleRNN"),
    _bidirectional("last", "LSTM", dict()),
    _bidirectional("sequences", "LSTM", dict(return_sequences=True)),
    _bidirectional("gru", "GRU", dict(return_sequences=True)),
    _bidirectional("simple", "SimpleRNN", dict(return_sequences=True), merge_mode="sum"),
    _bidirectional("state", "LSTM", _BOTH),
    _bidirectional("backwards_first", "GRU", dict(return_sequences=True, go_backwards=True)),
    *[
        _bidirectional(f"{mode}", "GRU", dict(return_sequences=True), merge_mode=mode)
        for mode in ("sum", "ave", "mul", None)
    ],
    _bidirectional("separate_with_state", "GRU", _BOTH, merge_mode=None),
    _bidirectional("prefix_mask", "LSTM", dict(return_sequences=True), masks=_PREFIX),
    _bidirectional("prefix_mask_last", "LSTM", dict(), masks=_PREFIX),
    _bidirectional("random_mask", "GRU", dict(return_sequences=True), masks=_RANDOM),
    _bidirectional("random_mask_state", "LSTM", _BOTH, masks=_RANDOM),
    case(
        "Bidirectional",
        "backward_layer",
        _STEPS,
        dict(
            layer=obj("LSTM", name="inner", units=2, return_sequences=True),
            backward_layer=obj("GRU", name="other", units=3, return_sequences=True, go_backwards=True),
        ),
    ),
    *table(
        "ConvLSTM2D",
        (2, 4, 5, 6, 2),
        {
            "default": dict(filters=3, kernel_size=3),
            "same": dict(filters=3, kernel_size=(2, 3), padding="same", **_BOTH),
            "strided": dict(filters=2, kernel_size=3, strides=2, padding="same", return_sequences=True),
            "dilated": dict(filters=2, kernel_size=2, dilation_rate=2, go_backwards=True, return_sequences=True),
            "activations": dict(filters=2, kernel_size=2, activation="relu", recurrent_activation="sigmoid"),
            "no_bias": dict(filters=2, kernel_size=3, padding="same", use_bias=False),
            "penalties": dict(filters=2, kernel_size=2, kernel_regularizer="l2", recurrent_regularizer="l1"),
        },
    ),
    case("ConvLSTM1D", "default", (2, 4, 7, 2), dict(filters=3, kernel_size=3, return_sequences=True)),
    case("ConvLSTM1D", "same", (2, 4, 7, 2), dict(filters=3, kernel_size=2, padding="same", return_state=True)),
    case("ConvLSTM3D", "same", (2, 3, 4, 3, 4, 2), dict(filters=2, kernel_size=2, padding="same")),
    case(
        "ConvLSTM2D",
        "mask",
        (3, 5, 4, 4, 2),
        dict(filters=2, kernel_size=3, padding="same", **_BOTH),
        masks=_RANDOM,
    ),
    case(
        "ConvLSTM2D",
        "with_states",
        [(2, 3, 4, 4, 2), (2, 4, 4, 3), (2, 4, 4, 3)],
        dict(filters=3, kernel_size=3, padding="same", return_state=True),
    ),
]
