"""Metrics of the real torchmetrics in `compile(metrics=[...])`."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.vision import torchvision

torchvision()  # which torchmetrics imports: beside a torch that it was not built for, that fails elsewhere
torchmetrics = pytest.importorskip("torchmetrics")


@pytest.fixture
def data():
    random = np.random.default_rng(0)
    return random.normal(size=(50, 4)).astype("float32"), random.integers(0, 3, 50)


def classifier(*metrics):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [layers.Dense(8, activation="relu", input_shape=(4,)), layers.Dense(3, activation="softmax")]
    )
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=list(metrics))
    return model


def test_accuracy_is_keras_accuracy(data):
    accuracy = torchmetrics.Accuracy(task="multiclass", num_classes=3)
    model = classifier(accuracy, "accuracy")
    history = model.fit(*data, epochs=3, validation_split=0.2, batch_size=16, verbose=0).history
    for prefix in ("", "val_"):
        np.testing.assert_allclose(history[f"{prefix}multiclass_accuracy"], history[f"{prefix}accuracy"], rtol=1e-6)


def test_one_hot_labels_and_classes_last():
    random = np.random.default_rng(0)
    x, labels = random.normal(size=(12, 5, 4)).astype("float32"), random.integers(0, 3, (12, 5))
    model = keras.Sequential([layers.Dense(3, activation="softmax", input_shape=(5, 4))])
    for loss, y in (("sparse_categorical_crossentropy", labels), ("categorical_crossentropy", np.eye(3)[labels])):
        model.compile("sgd", loss, metrics=[torchmetrics.Accuracy("multiclass", num_classes=3, average="micro")])
        _, found = model.evaluate(x, y, verbose=0)
        assert found == pytest.approx((model.predict(x).argmax(-1) == labels).mean(), rel=1e-6)


def test_f1_is_keras_f1(data):
    f1 = torchmetrics.F1Score(task="multiclass", num_classes=3, average="macro")
    model = classifier(f1)
    _, found = model.evaluate(*data, verbose=0)
    keras_f1 = keras.metrics.F1Score(average="macro")
    keras_f1.update_state(np.eye(3, dtype="float32")[data[1]], model.predict(data[0]))
    assert found == pytest.approx(float(keras_f1.result()), rel=1e-6)


def test_a_binary_metric_takes_a_column(data):
    x, y = data[0], (data[1] > 0).astype("float32")
    model = keras.Sequential([layers.Dense(1, activation="sigmoid", input_shape=(4,))])
    model.compile("sgd", "binary_crossentropy", metrics=[torchmetrics.AUROC(task="binary"), "accuracy"])
    figures = model.evaluate(x, y, verbose=0, return_dict=True)
    probabilities = model.predict(x)[:, 0]
    above = probabilities[y == 1][:, None] > probabilities[y == 0]
    assert figures["binary_auroc"] == pytest.approx(above.mean(), rel=1e-5)


def test_errors_of_regression(data):
    x, y = data[0], data[0].sum(1)
    model = keras.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile("sgd", "mse", metrics=[torchmetrics.MeanSquaredError(), torchmetrics.R2Score(), "mse"])
    history = model.fit(x, y, epochs=2, batch_size=16, validation_data=(x, y), verbose=0).history
    np.testing.assert_allclose(history["mean_squared_error"], history["mse"], rtol=1e-5)
    residual = y - model.predict(x)[:, 0]
    assert history["val_r2_score"][-1] == pytest.approx(1 - (residual**2).sum() / ((y - y.mean()) ** 2).sum(), rel=1e-4)


def test_states_start_anew_each_epoch(data):
    class Count(torchmetrics.Metric):
        full_state_update = False

        def __init__(self):
            super().__init__()
            self.add_state("seen", default=torch.tensor(0.0))

        def update(self, preds, target):
            self.seen += len(target)

        def compute(self):
            return self.seen

    history = classifier(Count()).fit(*data, epochs=3, verbose=0).history
    assert history["count"] == [50.0, 50.0, 50.0]


def test_left_out_of_a_file(data, tmp_path):
    model = classifier(torchmetrics.Accuracy(task="multiclass", num_classes=3), "accuracy")
    model.fit(*data, verbose=0)
    with pytest.warns(UserWarning, match="A metric is left out"):
        model.save(tmp_path / "model.pt")
    assert keras.models.load_model(tmp_path / "model.pt").evaluate(*data, verbose=0, return_dict=True).keys() == {
        "loss",
        "accuracy",
    }
