"""Regression on a table, with a schedule of the learning rate, two outputs and a model of one's own class."""

from made_data import table

import torchkeras as keras
from torchkeras import layers


class PriceModel(keras.Model):
    """Predicts a price, and whether it is high."""

    def __init__(self):
        super().__init__()
        self.scale = layers.BatchNormalization()
        self.hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
        self.price = layers.Dense(1)
        self.high = layers.Dense(1, activation="sigmoid")

    def call(self, inputs, training=None):
        x = self.scale(inputs, training=training)
        for layer in self.hidden:
            x = layer(x)
        return {"price": self.price(x), "high": self.high(x)}


def targets(price):
    return {"price": price, "high": (price > 1).astype("float32")}


keras.utils.set_random_seed(1)
x_train, price_train = table(4000)
x_test, price_test = table(1000, seed=1)
model = PriceModel()
schedule = keras.optimizers.schedules.CosineDecay(0.01, decay_steps=10 * 125)
model.compile(
    keras.optimizers.Adam(schedule),
    loss={"price": "mse", "high": "binary_crossentropy"},
    loss_weights={"price": 1.0, "high": 0.5},
    metrics={"price": "mae", "high": "accuracy"},
)
model.fit(x_train, targets(price_train), epochs=10, verbose=2)
model.summary()
figures = model.evaluate(x_test, targets(price_test), verbose=0, return_dict=True)
print({name: round(value, 3) for name, value in figures.items()})
