"""summary(): connections, nested models, trainability, options, errors."""

import pytest
import torch

import torchkeras as keras
from torchkeras import layers


def lines_of(model, **options):
    lines = []
    model.summary(print_fn=lines.append, **options)
    return lines


def two_branches():
    inputs = keras.Input((4,))
    left, right = layers.Dense(3, name="left")(inputs), layers.Dense(3, name="right")(inputs)
    return keras.Model(inputs, left + right)


def test_branches_get_a_column_of_connections():
    lines = lines_of(two_branches())
    assert all(len(line) == 98 for line in lines if line[0] in "_=" or "Dense" in line)
    assert lines[2] == (
        "Layer (type)                    Output Shape         Param #     Connected to                     "
    )
    assert lines[4] == (
        "input_1 (InputLayer)            [(None, 4)]          0                                            "
    )
    assert lines[6] == (
        "left (Dense)                    (None, 3)            15          input_1[0][0]                    "
    )
    assert lines[10] == (
        "tf.__operators__.add (TFOpLambd (None, 3)            0           left[0][0]                       "
    )
    assert lines[11] == (
        "                                                                 right[0][0]                      "
    )


def test_shared_layer_shows_each_of_its_calls():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = layers.Dense(2, name="shared")
    text = "\n".join(lines_of(keras.Model([a, b], [shared(a), shared(b)])))
    row = text.index("shared (Dense)")
    assert "a[0][0]" in text[row:]
    assert "b[0][0]" in text[row:]


def test_frozen_layers_count_as_non_trainable():
    model = two_branches()
    model.get_layer("left").trainable = False
    lines = lines_of(model)
    assert lines[-4:-1] == ["Total params: 30", "Trainable params: 15", "Non-trainable params: 15"]
    model.trainable = False
    assert lines_of(model)[-3] == "Trainable params: 0"
    model.trainable = True
    assert lines_of(model)[-3] == "Trainable params: 30"


def test_nested_models_expand():
    inner = keras.Sequential([layers.Dense(2, input_shape=(3,), name="one"), layers.Dense(3, name="two")], name="inner")
    outer = keras.Sequential([layers.Dense(3, input_shape=(4,), name="first"), inner], name="outer")
    assert lines_of(outer)[6] == "inner (Sequential)           (None, 3)                 17        "
    expanded = lines_of(outer, expand_nested=True, show_trainable=True)
    assert expanded[4:12] == [
        "first (Dense)                (None, 3)                 15        Y          ",
        "_" * 76,
        "inner (Sequential)           (None, 3)                 17        Y          ",
        "|" + "¯" * 74 + "|",
        "|one (Dense)                 (None, 2)                 8         Y         |",
        "|" + "_" * 74 + "|",
        "|two (Dense)                 (None, 3)                 9         Y         |",
        "¯" * 76,
    ]


def test_line_length_and_positions():
    model = keras.Sequential([layers.Dense(2, input_shape=(3,))])
    assert lines_of(model, line_length=80)[1] == "_" * 80
    row = lines_of(model, line_length=50, positions=[0.5, 0.8, 1.0])[4]
    assert row == "dense (Dense)            (None, 2)      8         "
    assert lines_of(model, positions=[20, 40, 60])[4].startswith("dense (Dense)       (None, 2)           8")


def test_layer_range():
    model = keras.Sequential([keras.Input((3,)), *(layers.Dense(2, name=name) for name in "abcd")])
    assert [line[0] for line in lines_of(model, layer_range=["b", "c"]) if "Dense" in line] == ["b", "c"]
    with pytest.raises(ValueError, match="do not match"):
        model.summary(layer_range=["x", "y"])


def test_deferred_sequential_opens_the_batch_when_it_changes():
    model = keras.Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match="has not yet been built"):
        model.summary()
    model(torch.zeros(5, 3))
    assert "(5, 2)" in lines_of(model)[4]
    model(torch.zeros(2, 3))
    assert "(None, 2)" in lines_of(model)[4]


class TwoLayers(keras.Model):
    def __init__(self):
        super().__init__()
        self.used, self.unused = layers.Dense(3), layers.Dense(2)

    def call(self, inputs):
        return self.used(inputs)


def test_unbuilt_and_unused():
    model = TwoLayers()
    with pytest.raises(ValueError, match="This model has not yet been built. Build the model first by calling"):
        model.summary()
    model.build((None, 4))
    lines = lines_of(model)
    assert lines[4] == "dense (Dense)                multiple                  15        "
    assert lines[6] == "dense_1 (Dense)              multiple                  0 (unused)"
    assert lines[8] == "Total params: 15"
