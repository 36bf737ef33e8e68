"""pandas's frames and series wherever fit, evaluate and predict take arrays."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras import layers

pd = pytest.importorskip("pandas")

SIZE = 40


@pytest.fixture
def frame():
    random = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": random.integers(18, 90, SIZE),  # int64 beside floats
            "height": random.normal(1.7, 0.1, SIZE),
            "weight": random.normal(70, 10, SIZE).astype("float32"),
            "ill": random.integers(0, 2, SIZE),
        },
        index=[f"p{i}" for i in range(SIZE)],
    )


def model(width=3):
    keras.utils.set_random_seed(0)
    made = keras.Sequential(
        [layers.BatchNormalization(input_shape=(width,)), layers.Dense(4, activation="relu"), layers.Dense(1)]
    )
    made.compile("adam", "mse", metrics=["mae"], weighted_metrics=["mse"])
    return made


def test_frames_and_series_train_as_their_values_do(frame):
    x, y = frame[["age", "height", "weight"]], frame["ill"]
    weight = pd.Series(np.linspace(0, 1, SIZE))
    settings = {"epochs": 2, "batch_size": 16, "verbose": 0}
    ours = model()
    found = ours.fit(x, y, sample_weight=weight, validation_data=(x, y, weight), **settings).history
    values = x.to_numpy("float32"), y.to_numpy(), weight.to_numpy()
    theirs = model()
    expected = theirs.fit(*values[:2], sample_weight=values[2], validation_data=values, **settings).history
    assert found == expected
    assert ours.evaluate(x, y, verbose=0) == theirs.evaluate(*values[:2], verbose=0)
    np.testing.assert_array_equal(ours.predict(x), theirs.predict(values[0]))
    assert ours.train_on_batch(x, y) == theirs.train_on_batch(*values[:2])


def test_frames_split_and_shuffle(frame):
    x, y = frame.drop(columns="ill"), frame[["ill"]]
    found = model().fit(x, y, validation_split=0.25, shuffle=True, verbose=0).history
    expected = model().fit(x.to_numpy("float32"), y.to_numpy(), validation_split=0.25, verbose=0).history
    assert found == expected


def test_rows_chosen_by_a_mask_and_columns_of_integers_alone(frame):
    chosen = frame[frame["age"] > 40]  # a frame whose index has gaps
    assert 0 < len(chosen) < SIZE
    ages = chosen[["age"]]
    found = model(1).fit(ages, chosen["ill"], verbose=0).history
    assert found == model(1).fit(ages.to_numpy("float32"), chosen["ill"].to_numpy(), verbose=0).history


def by_columns():
    inputs = {name: keras.Input((1,), name=name) for name in ("age", "height", "weight")}
    joined = layers.Concatenate()(list(inputs.values()))
    keras.utils.set_random_seed(0)
    made = keras.Model(inputs, layers.Dense(1)(layers.BatchNormalization()(joined)))
    made.compile("sgd", "mse")
    return made


def test_a_dict_of_columns_for_a_model_of_named_inputs(frame):
    columns = {name: frame[name] for name in ("age", "height", "weight")}
    arrays = {name: column.to_numpy("float32")[:, None] for name, column in columns.items()}
    found = by_columns().fit(dict(columns), frame["ill"], verbose=0).history
    assert found == by_columns().fit(arrays, frame["ill"].to_numpy(), verbose=0).history
    assert by_columns().predict(dict(frame.drop(columns="ill"))).shape == (SIZE, 1)


def test_a_frame_for_a_model_of_named_inputs(frame):
    columns = {name: frame[name] for name in ("age", "height", "weight")}
    found = by_columns().fit(frame.drop(columns="ill"), frame["ill"], verbose=0).history
    assert found == by_columns().fit(columns, frame["ill"], verbose=0).history
    with pytest.raises(ValueError, match=r"Missing data for the inputs \['weight'\]"):
        by_columns().predict(frame[["age", "height"]])


def test_frames_of_one_hot_labels(frame):
    wide = pd.get_dummies(frame["ill"])  # of bools
    keras.utils.set_random_seed(0)
    made = keras.Sequential([layers.Dense(2, activation="softmax", input_shape=(3,))])
    made.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    weights = made.get_weights()
    found = made.fit(frame.drop(columns="ill") / 90.0, wide, shuffle=False, verbose=0).history
    made.set_weights(weights)
    values = (frame.drop(columns="ill") / 90.0).to_numpy("float32"), wide.to_numpy("float32")
    made.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
    assert found == made.fit(*values, shuffle=False, verbose=0).history


def test_columns_of_text_are_refused(frame):
    named = frame.assign(name="somebody")
    with pytest.raises(ValueError, match="Cannot train on .*Convert it to numbers first"):
        model(5).fit(named, frame["ill"], verbose=0)


def test_history_makes_a_frame(frame):
    history = model().fit(frame.drop(columns="ill"), frame["ill"], epochs=3, verbose=0)
    made = pd.DataFrame(history.history)
    assert list(made.columns) == ["loss", "mae", "mse"]
    assert len(made) == 3
