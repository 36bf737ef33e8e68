"""The tables that tutorials of TensorFlow 2.2 to 2.9 show, to the character."""

import torch

import torchkeras as keras
from compat_tests.documents.tables import printed, table
from torchkeras import layers


def mlp():
    return keras.models.Sequential(
        [
            layers.Flatten(input_shape=(28, 28)),
            layers.Dense(100, activation="relu"),
            layers.Dense(30, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def test_sequential_from_a_list():
    assert printed(mlp()) == table(
        "sequential",
        [
            ("flatten (Flatten)", "(None, 784)", "0"),
            ("dense (Dense)", "(None, 100)", "78500"),
            ("dense_1 (Dense)", "(None, 30)", "3030"),
            ("dense_2 (Dense)", "(None, 10)", "310"),
        ],
        81_840,
    )


def test_the_whole_text_of_one_table():
    # Written out once in full, so that a mistake in `table` above cannot hide one in the code.
    expected = """\
Model: "sequential"
_________________________________________________________________
Layer (type)                 Output Shape              Param #   
=================================================================
flatten (Flatten)            (None, 784)               0         
_________________________________________________________________
dense (Dense)                (None, 300)               235500    
_________________________________________________________________
dense_1 (Dense)              (None, 100)               30100     
_________________________________________________________________
dense_2 (Dense)              (None, 10)                1010      
=================================================================
Total params: 266,610
Trainable params: 266,610
Non-trainable params: 0
_________________________________________________________________"""  # noqa: W291
    model = keras.models.Sequential()
    model.add(layers.Flatten(input_shape=[28, 28]))
    for units in (300, 100):
        model.add(layers.Dense(units, activation="relu"))
    model.add(layers.Dense(10, activation="softmax"))
    assert printed(model) == expected


def test_a_second_model_goes_on_counting():
    mlp()
    second = keras.models.Sequential()
    second.add(layers.Flatten(input_shape=(28, 28)))
    for units, activation in ((100, "relu"), (30, "relu"), (10, "softmax")):
        second.add(layers.Dense(units, activation=activation))
    assert printed(second) == table(
        "sequential_1",
        [
            ("flatten_1 (Flatten)", "(None, 784)", "0"),
            ("dense_3 (Dense)", "(None, 100)", "78500"),
            ("dense_4 (Dense)", "(None, 30)", "3030"),
            ("dense_5 (Dense)", "(None, 10)", "310"),
        ],
        81_840,
    )


def test_functional_model_shows_its_input():
    inputs = layers.Input(shape=(28, 28))
    x = layers.Flatten()(inputs)
    x = layers.Dense(100, activation="relu")(x)
    x = layers.Dense(30, activation="relu")(x)
    model = keras.models.Model(inputs=inputs, outputs=layers.Dense(10, activation="softmax")(x))
    assert printed(model) == table(
        "model",
        [
            ("input_1 (InputLayer)", "[(None, 28, 28)]", "0"),
            ("flatten (Flatten)", "(None, 784)", "0"),
            ("dense (Dense)", "(None, 100)", "78500"),
            ("dense_1 (Dense)", "(None, 30)", "3030"),
            ("dense_2 (Dense)", "(None, 10)", "310"),
        ],
        81_840,
    )


class Affine(layers.Layer):
    """A reader's first own layer, in the words of these tests."""

    def __init__(self, units=32):
        super().__init__()
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="random_normal", trainable=True)

    def call(self, inputs):
        return torch.matmul(inputs, self.w) + self.b


def test_own_layer_in_a_functional_model():
    inputs = layers.Input((4,))
    model = keras.Model(inputs, Affine(10)(inputs))
    assert printed(model) == table(
        "model",
        [("input_1 (InputLayer)", "[(None, 4)]", "0"), ("affine (Affine)", "(None, 10)", "50")],
        50,
    )


def test_own_layers_in_a_stack_built_by_hand():
    stack = [layers.Input((4,)), Affine(10), Affine(8), layers.ReLU()]
    tensor = stack[0]
    for layer in stack[1:]:
        tensor = layer(tensor)
    assert printed(keras.Model(stack[0], tensor)) == table(
        "model",
        [
            ("input_1 (InputLayer)", "[(None, 4)]", "0"),
            ("affine (Affine)", "(None, 10)", "50"),
            ("affine_1 (Affine)", "(None, 8)", "88"),
            ("re_lu (ReLU)", "(None, 8)", "0"),
        ],
        138,
    )
    assert printed(keras.Sequential([layers.Input((4,)), Affine(10), Affine(8), layers.ReLU()])) == table(
        "sequential",
        [
            ("affine_2 (Affine)", "(None, 10)", "50"),
            ("affine_3 (Affine)", "(None, 8)", "88"),
            ("re_lu_1 (ReLU)", "(None, 8)", "0"),
        ],
        138,
    )


def lenet(name="lenet"):
    model = keras.Sequential(name=name)
    model.add(layers.Conv2D(6, kernel_size=(5, 5), padding="same", activation="relu", input_shape=(28, 28, 1)))
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.Conv2D(16, kernel_size=(5, 5), activation="relu"))
    model.add(layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(layers.Flatten())
    for units, activation in ((120, "relu"), (84, "relu"), (10, "softmax")):
        model.add(layers.Dense(units, activation=activation))
    return model


def test_lenet_has_61706_parameters():
    assert printed(lenet()) == table(
        "lenet",
        [
            ("conv2d (Conv2D)", "(None, 28, 28, 6)", "156"),
            ("max_pooling2d (MaxPooling2D)", "(None, 14, 14, 6)", "0"),
            ("conv2d_1 (Conv2D)", "(None, 10, 10, 16)", "2416"),
            ("max_pooling2d_1 (MaxPooling2", "(None, 5, 5, 16)", "0"),
            ("flatten (Flatten)", "(None, 400)", "0"),
            ("dense (Dense)", "(None, 120)", "48120"),
            ("dense_1 (Dense)", "(None, 84)", "10164"),
            ("dense_2 (Dense)", "(None, 10)", "850"),
        ],
        61_706,
    )


class SubclassedLeNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.conv1 = layers.Conv2D(6, kernel_size=(5, 5), padding="same", activation="relu")
        self.conv2 = layers.Conv2D(16, kernel_size=(5, 5), activation="relu")
        self.pool = layers.MaxPooling2D(pool_size=(2, 2))
        self.flatten = layers.Flatten()
        self.dense1 = layers.Dense(120, activation="relu")
        self.dense2 = layers.Dense(84, activation="relu")
        self.dense3 = layers.Dense(classes, activation="softmax")

    def call(self, inputs):
        x = self.pool(self.conv1(inputs))
        x = self.pool(self.conv2(x))
        return self.dense3(self.dense2(self.dense1(self.flatten(x))))


def test_subclassed_lenet_prints_multiple():
    model = SubclassedLeNet(10)
    out = model(torch.zeros(2, 28, 28, 1))
    assert out.shape == (2, 10)
    torch.testing.assert_close(out.sum(-1), torch.ones(2))
    text = printed(model)
    assert "Total params: 61,706" in text
    assert "conv2d (Conv2D)              multiple                  156       " in text
    assert printed(model) == table(
        "subclassed_le_net",
        [
            ("conv2d (Conv2D)", "multiple", "156"),
            ("conv2d_1 (Conv2D)", "multiple", "2416"),
            ("max_pooling2d (MaxPooling2D)", "multiple", "0"),
            ("flatten (Flatten)", "multiple", "0"),
            ("dense (Dense)", "multiple", "48120"),
            ("dense_1 (Dense)", "multiple", "10164"),
            ("dense_2 (Dense)", "multiple", "850"),
        ],
        61_706,
    )
