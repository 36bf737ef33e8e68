"""Files of a model in parts: Keras's, which one process reads, and folders that each process writes its part of."""

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.distribute.sharded.models import MODELS, data, made
from torchkeras.core.shards import is_sharded
from torchkeras.distribute import ShardedStrategy, joined


def saved(folder):
    """Trains, with a file for each epoch, and saves in each format; gives predictions and the optimizer's values."""
    model = made("text", True)
    x, y = data("text")
    checkpoint = keras.callbacks.ModelCheckpoint(f"{folder}/epoch-{{epoch}}.keras")
    weights = keras.callbacks.ModelCheckpoint(f"{folder}/best.weights.h5", save_weights_only=True, save_best_only=True)
    model.fit(x, y, batch_size=22, epochs=2, callbacks=[checkpoint, weights], validation_data=(x, y), verbose=0)
    for name in ("m.keras", "m.h5", "m.pt"):
        model.save(f"{folder}/{name}")
    for name in ("w.weights.h5", "w.h5", "w.ckpt", "w.pt"):
        model.save_weights(f"{folder}/{name}")
    problems = []
    for path in (f"{folder}/saved_model", f"{folder}/m.keras/none/m.keras"):
        try:
            model.save(path)
        except Exception as error:
            problems.append(f"{type(error).__name__}: {error}")
    with pytest.raises(ValueError, match="lies in parts.*a program to run elsewhere.*ends in '.keras'"):
        model.export(f"{folder}/m.onnx")
    table = []
    model.summary(print_fn=table.append)
    return model.predict(x, verbose=0), model.optimizer.get_weights(), problems, "\n".join(table)


def loaded(folder, names):
    """Loads in the scope; gives whether the model is in parts, what it predicts, and that after one more epoch."""
    x, y = data("text")
    found = {}
    for name in names:
        with ShardedStrategy().scope():
            if name.startswith("m."):
                model = keras.models.load_model(f"{folder}/{name}")
            else:
                model = made("text", True)
                model.load_weights(f"{folder}/{name}")
        in_parts = all(map(is_sharded, model.parameters()))
        outputs = model.predict(x, verbose=0)
        model.fit(x, y, batch_size=22, verbose=0)
        found[name] = in_parts, outputs, model.predict(x, verbose=0)
    return found


def test_files(crew, tmp_path):
    """One process predicts the same from each of them, and goes on training the same as several that load them."""
    every = crew(2).run(saved, str(tmp_path))
    x, y = data("text")
    outputs, state, _problems, table = every[0]
    assert "FSDP" not in table
    assert "Embedding" in table
    for theirs in every:
        np.testing.assert_array_equal(theirs[0], outputs)
        assert "ValueError" in theirs[2][0]
        assert ".keras" in theirs[2][0]
    assert "m.keras" in every[0][2][1]
    assert "process 0" in every[1][2][1]
    for name in ("m.keras", "m.h5", "m.pt", "epoch-2.keras"):
        model = keras.models.load_model(tmp_path / name)
        np.testing.assert_allclose(model.predict(x, verbose=0), outputs, atol=1e-6)
        assert len(model.optimizer.get_weights()) == len(state)
        for own, known in zip(model.optimizer.get_weights(), state, strict=True):
            np.testing.assert_array_equal(own, known)
    for name in ("w.weights.h5", "w.h5", "w.ckpt", "w.pt"):
        model = MODELS["text"]()
        model.load_weights(tmp_path / name)
        np.testing.assert_allclose(model.predict(x, verbose=0), outputs, atol=1e-6)
    assert (tmp_path / "best.weights.h5").exists()
    assert (tmp_path / "epoch-1.keras").exists()

    model = keras.models.load_model(tmp_path / "m.keras")
    model.fit(x, y, batch_size=22, verbose=0)
    further = model.predict(x, verbose=0)
    names = ["m.keras", "m.h5", "w.weights.h5", "w.pt"]
    for found in crew(2).run(loaded, str(tmp_path), names):
        for name, (in_parts, before, after) in found.items():
            assert in_parts, name
            np.testing.assert_allclose(before, outputs, atol=1e-5, err_msg=name)
            if name.startswith("m."):
                np.testing.assert_allclose(after, further, atol=1e-5, err_msg=name)


def shards_saved(folder):
    model = made("tied", True)
    x, y = data("tied")
    model.fit(x, y, batch_size=8, epochs=2, verbose=0, shuffle=False)
    ShardedStrategy().save_shards(model, folder)
    if joined().size == 1:
        return None
    model.fit(x, y, batch_size=8, verbose=0, shuffle=False)
    return model.get_weights(), model.optimizer.get_weights()


def shards_loaded(folder, together):
    model = made("tied", together)
    x, y = data("tied")
    model(x[:2])  # makes the weights
    ShardedStrategy().load_shards(model, folder)
    model.fit(x, y, batch_size=8, verbose=0, shuffle=False)
    return model.get_weights(), model.optimizer.get_weights()


@pytest.mark.parametrize(("writers", "readers"), [(2, 4), (4, 2)])
def test_shards_of_other_numbers(crew, tmp_path, writers, readers):
    """Some write what more or fewer go on with, or one; the optimizer's state is among it."""
    folder = str(tmp_path / "shards")
    expected = crew(writers).run(shards_saved, folder)[0]
    for weights, state in [*crew(readers).run(shards_loaded, folder, True), shards_loaded(folder, False)]:
        for own, known in zip([*weights, *state], [*expected[0], *expected[1]], strict=True):
            np.testing.assert_allclose(own, known, atol=1e-5)

    other = made("mlp", False)
    other(data("mlp")[0])
    with pytest.raises(ValueError, match="weights.0"):
        ShardedStrategy().load_shards(other, folder)
    with pytest.raises(ValueError, match="no weights yet"):
        ShardedStrategy().load_shards(made("mlp", False), folder)
    with pytest.raises(FileNotFoundError, match="save_shards"):
        ShardedStrategy().load_shards(other, str(tmp_path))


def read_and_set():
    """Reads, sets and loads values of a model in parts."""
    model = made("two_inputs", True)
    before = [model.get_weights(), model.count_params(), [tuple(w.shape) for w in model.weights]]
    model.set_weights([value + 1.0 for value in before[0]])
    after = model.get_weights()
    whole = {name: value.full_tensor() for name, value in model.state_dict().items()}
    model.set_weights(before[0])
    model.load_state_dict(whole)
    kernel = model.weights[0]
    kernel.assign_add(np.ones(kernel.shape, "float32"))
    parts = model.weights[0].parameter.to_local().shape[0]
    clone = keras.models.clone_model(model)
    return before, after, model.get_weights(), parts, float(keras.ops.sum(kernel)), type(clone.layers[-1]).__name__


def test_values_are_whole(crew):
    model = MODELS["two_inputs"]()
    for before, after, again, parts, total, name in crew(2).run(read_and_set):
        assert before[1] == model.count_params()
        assert before[2] == [tuple(w.shape) for w in model.weights]
        for old, new in zip(before[0], after, strict=True):
            np.testing.assert_array_equal(new, old + 1.0)
        np.testing.assert_array_equal(again[0], before[0][0] + 2.0)
        np.testing.assert_array_equal(again[1], after[1])
        assert parts in (2, 3)
        assert name == "Dense"
        assert total == pytest.approx(float(again[0].sum()), rel=1e-6)
