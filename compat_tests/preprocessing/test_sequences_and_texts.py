"""Sequences and texts in a model, and the errors of their helpers."""

import numpy as np
import pytest

import torchkeras as keras
from torchkeras.preprocessing import sequence, text


def test_fit_from_a_timeseries_generator():
    series = np.sin(np.arange(300) / 7)[:, None].astype("float32")
    generator = sequence.TimeseriesGenerator(series, series, length=5, batch_size=32)
    model = keras.Sequential([keras.layers.Input((5, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(generator, epochs=20, verbose=0).history["loss"]
    assert losses[-1] < 0.05
    assert model.predict(generator, verbose=0).shape == (295, 1)
    assert len(list(generator)) == len(generator)


def test_texts_to_a_model():
    texts = ["good film", "very good", "bad film", "so bad", "good good", "bad bad film"]
    labels = np.array([1, 1, 0, 0, 1, 0])
    tokenizer = text.Tokenizer(num_words=20, oov_token="<OOV>")
    tokenizer.fit_on_texts(texts)
    x = sequence.pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=4, padding="post")
    layers = keras.layers
    model = keras.Sequential(
        [layers.Embedding(20, 4), layers.GlobalAveragePooling1D(), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.1), "binary_crossentropy", metrics=["accuracy"])
    assert model.fit(x, labels, epochs=40, verbose=0).history["accuracy"][-1] == 1.0


def test_errors():
    with pytest.raises(ValueError, match="list of iterables.*3"):
        sequence.pad_sequences([[1], 3])
    with pytest.raises(ValueError, match='Padding type "middle"'):
        sequence.pad_sequences([[1]], padding="middle")
    with pytest.raises(ValueError, match="dtype=object"):
        sequence.pad_sequences([["a"]], value="<pad>")
    with pytest.raises(ValueError, match="Shape of sample"):
        sequence.pad_sequences([[[1, 2]], [[1, 2, 3]]])
    with pytest.raises(ValueError, match="of same length"):
        sequence.TimeseriesGenerator([1, 2], [1], length=1)
    with pytest.raises(ValueError, match="disallowed"):
        sequence.TimeseriesGenerator([1, 2], [1, 2], length=5)
    with pytest.raises(TypeError, match="Unrecognized keyword arguments"):
        text.Tokenizer(word_count=3)
    with pytest.raises(ValueError, match="Specify a dimension"):
        text.Tokenizer().sequences_to_matrix([[1]])
    fitted = text.Tokenizer(num_words=4)
    with pytest.raises(ValueError, match="before using tfidf"):
        fitted.sequences_to_matrix([[1]], mode="tfidf")
    with pytest.raises(ValueError, match="Unknown vectorization mode: 'share'"):
        fitted.sequences_to_matrix([[1]], mode="share")
