"""Names, classes and saved forms of losses."""

import copy
import json
import pickle

import pytest
import torch

from torchkeras import losses
from torchkeras.core.registry import custom_object_scope, get_custom_objects, register_keras_serializable

ALIASES = {
    "mean_squared_error": ("mse", "MSE"),
    "mean_absolute_error": ("mae", "MAE"),
    "mean_absolute_percentage_error": ("mape", "MAPE"),
    "mean_squared_logarithmic_error": ("msle", "MSLE"),
    "binary_crossentropy": ("bce", "BCE"),
    "kl_divergence": ("kld", "KLD", "kullback_leibler_divergence"),
    "log_cosh": ("logcosh",),
    "huber": ("huber_loss",),
    "cosine_similarity": ("cosine_proximity", "cosine"),
}
PLAIN = (
    "binary_focal_crossentropy", "categorical_crossentropy", "categorical_focal_crossentropy",
    "sparse_categorical_crossentropy", "categorical_generalized_cross_entropy", "hinge", "squared_hinge",
    "categorical_hinge", "poisson", "dice", "tversky", "circle", "ctc",
)  # fmt: skip

#: class, its name as an object, arguments that are not the defaults
CLASSES = [
    ("MeanSquaredError", "mean_squared_error", {}),
    ("MeanAbsoluteError", "mean_absolute_error", {}),
    ("MeanAbsolutePercentageError", "mean_absolute_percentage_error", {}),
    ("MeanSquaredLogarithmicError", "mean_squared_logarithmic_error", {}),
    ("BinaryCrossentropy", "binary_crossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    (
        "BinaryFocalCrossentropy",
        "binary_focal_crossentropy",
        {"apply_class_balancing": True, "alpha": 0.5, "gamma": 1.0, "from_logits": True, "axis": 1},
    ),
    ("CategoricalCrossentropy", "categorical_crossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": 1}),
    ("CategoricalFocalCrossentropy", "categorical_focal_crossentropy", {"alpha": 0.5, "gamma": 1.0}),
    ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", {"from_logits": True, "ignore_class": 3}),
    ("CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy", {"q": 0.7}),
    ("Hinge", "hinge", {}),
    ("SquaredHinge", "squared_hinge", {}),
    ("CategoricalHinge", "categorical_hinge", {}),
    ("Huber", "huber_loss", {"delta": 2.0}),
    ("LogCosh", "log_cosh", {}),
    ("Poisson", "poisson", {}),
    ("KLDivergence", "kl_divergence", {}),
    ("CosineSimilarity", "cosine_similarity", {"axis": 1}),
    ("Dice", "dice", {"axis": -1}),
    ("Tversky", "tversky", {"alpha": 0.3, "beta": 0.6, "axis": -1}),
    ("Circle", "circle", {"gamma": 10.0, "margin": 0.2, "remove_diagonal": False}),
    ("CTC", "ctc", {}),
]


@pytest.mark.parametrize(("name", "aliases"), [*ALIASES.items(), *((name, ()) for name in PLAIN)])
def test_functions_by_name(name, aliases):
    function = getattr(losses, name)
    assert function.__name__ == name
    for one in (name, *aliases):
        assert losses.get(one) is function
        assert getattr(losses, one) is function
        assert losses.deserialize(one) is function
    assert losses.serialize(function) == name


@pytest.mark.parametrize(("name", "default", "settings"), CLASSES, ids=[row[0] for row in CLASSES])
def test_classes_by_name_and_saved_form(name, default, settings):
    kind = getattr(losses, name)
    for found in (losses.get(name), losses.get(kind), losses.get({"class_name": name, "config": {}})):
        assert type(found) is kind
        assert found.name == default
        assert found.reduction == "auto"
    made = kind(**settings, reduction="sum", name="mine")
    saved = losses.serialize(made)
    assert (saved["module"], saved["class_name"], saved["registered_name"]) == ("keras.losses", name, None)
    assert settings.items() | {("reduction", "sum"), ("name", "mine")} <= saved["config"].items()
    for again in (losses.get(json.loads(json.dumps(saved))), kind.from_config(made.get_config())):
        assert type(again) is kind
        assert again.get_config() == made.get_config()
    for setting, value in settings.items():
        assert getattr(made, setting) == value


def test_configs_of_tf_keras_and_of_keras_3():
    settings = {"from_logits": True, "label_smoothing": 0.1, "axis": -1, "name": "b"}
    old = {"class_name": "BinaryCrossentropy", "config": settings | {"reduction": "auto", "fn": "binary_crossentropy"}}
    new = {
        "module": "keras.losses",
        "class_name": "BinaryCrossentropy",
        "config": settings | {"reduction": "sum_over_batch_size"},
        "registered_name": None,
    }
    for config in (old, new):
        loss = losses.deserialize(config)
        assert (loss.from_logits, loss.label_smoothing, loss.name) == (True, 0.1, "b")
    assert losses.SparseCategoricalCrossentropy(axis=1).get_config()["axis"] == 1


def test_none_and_unknown():
    assert losses.get(None) is None
    assert losses.serialize(None) is None
    with pytest.raises(
        ValueError, match="Unknown loss function: 'categorical_crossentrpy'.*'categorical_crossentropy'"
    ):
        losses.get("categorical_crossentrpy")
    with pytest.raises(ValueError, match="Could not interpret the loss function 3"):
        losses.get(3)


def half_error(y_true, y_pred, factor=0.5):
    return factor * (y_true - y_pred).abs().mean(-1)


def test_a_wrapped_function_saves_its_name():
    loss = losses.LossFunctionWrapper(half_error, name="half", factor=0.25)
    config = loss.get_config()
    assert config == {"reduction": "auto", "name": "half", "factor": 0.25, "fn": "half_error"}
    with custom_object_scope({"half_error": half_error}):
        again = losses.LossFunctionWrapper.from_config(config)
    assert again.fn is half_error
    assert again([1.0, 2.0], torch.tensor([3.0, 6.0])).item() == 0.75
    assert losses.LossFunctionWrapper(losses.mse).get_config()["fn"] == "mean_squared_error"
    assert losses.LossFunctionWrapper.from_config({"fn": "mse"}).fn is losses.mean_squared_error


def test_registered_class():
    @register_keras_serializable("test_losses")
    class Scaled(losses.Loss):
        def __init__(self, scale=1.0, **kwargs):
            super().__init__(**kwargs)
            self.scale = scale

        def call(self, y_true, y_pred):
            return self.scale * (y_true - y_pred).square().mean(-1)

        def get_config(self):
            return super().get_config() | {"scale": self.scale}

    try:
        again = losses.deserialize(json.loads(json.dumps(losses.serialize(Scaled(3.0, name="s")))))
        assert (type(again), again.scale, again.name) == (Scaled, 3.0, "s")
    finally:
        get_custom_objects().pop("test_losses>Scaled")


def test_reductions():
    assert losses.Reduction.all() == ("auto", "none", "sum", "sum_over_batch_size")
    assert (losses.Reduction.AUTO, losses.Reduction.NONE, losses.Reduction.SUM) == ("auto", "none", "sum")
    assert losses.Reduction.SUM_OVER_BATCH_SIZE == "sum_over_batch_size"
    for reduction in (*losses.Reduction.all(), None, "mean", "mean_with_sample_weight"):
        assert losses.MeanSquaredError(reduction=reduction).reduction == reduction
    for wrong in ("average", 3, ["sum"]):
        with pytest.raises(ValueError, match="Invalid Reduction Key"):
            losses.MeanSquaredError(reduction=wrong)


def test_positional_arguments_are_those_of_tf_keras():
    loss = losses.BinaryCrossentropy(True, 0.2, 1, "sum", "b")
    assert loss.get_config() == {
        "reduction": "sum", "name": "b", "from_logits": True, "label_smoothing": 0.2, "axis": 1,
    }  # fmt: skip
    assert losses.MeanSquaredError("none", "m").get_config() == {"reduction": "none", "name": "m"}
    assert losses.Huber(2.0, "sum").get_config() == {"reduction": "sum", "name": "huber_loss", "delta": 2.0}
    loss = losses.SparseCategoricalCrossentropy(True, 3, "sum", "s")
    assert loss.get_config() == {"reduction": "sum", "name": "s", "from_logits": True, "ignore_class": 3}


def test_q_has_bounds():
    with pytest.raises(ValueError, match="q must be in the interval"):
        losses.CategoricalGeneralizedCrossEntropy(q=1.0)


@pytest.mark.parametrize("twin", [copy.deepcopy, lambda loss: pickle.loads(pickle.dumps(loss))])
def test_copies(twin):
    loss = twin(losses.Huber(delta=3.0))
    assert (loss.delta, loss.fn) == (3.0, losses.huber)
    with pytest.raises(AttributeError, match="'Huber' object has no attribute 'epsilon'"):
        _ = loss.epsilon


def test_dtype():
    loss = losses.MeanSquaredError(dtype="float64")
    assert loss.dtype == "float64"
    assert loss([1.0], torch.zeros(1)).dtype is torch.float64
    assert loss.get_config()["dtype"] == "float64"
    assert losses.MeanSquaredError().dtype == "float32"
