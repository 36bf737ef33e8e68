"""Runs with `steps_per_execution`, written down hook by hook in the classes of either side."""

from __future__ import annotations

from typing import Any

import numpy as np

#: Samples in batches of 2, and how many steps make an execution.
CASES = {
    "even": (8, 2, {}),
    "remainder": (10, 2, {}),
    "short_last_batch": (9, 2, {}),
    "three": (14, 3, {}),
    "more_than_an_epoch": (6, 10, {}),
    "one": (6, 1, {}),
    "steps_per_epoch": (12, 2, {"steps_per_epoch": 3}),
}


def run(keras: Any, samples: int, group: int, settings: dict[str, Any]) -> dict[str, Any]:
    """Hooks with their logs of a fit with validation, an evaluation and a prediction, and what these give."""
    x = np.linspace(-1, 1, 2 * samples, dtype="float32").reshape(samples, 2)
    y = 2 * x.sum(1, keepdims=True) + 1
    model = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones", input_shape=(2,))])
    model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"], steps_per_execution=group)
    events: list[list[Any]] = []

    def note(hook: str) -> Any:
        def method(self: Any, *arguments: Any) -> None:
            *where, logs = arguments
            figures = {name: len(v) if name == "outputs" else float(v) for name, v in dict(logs.items()).items()}
            events.append([hook, *where, figures])

        return method

    names = [f"on_{mode}_batch_{end}" for mode in ("train", "test", "predict") for end in ("begin", "end")]
    names += ["on_epoch_begin", "on_epoch_end", "on_test_begin", "on_test_end", "on_predict_begin", "on_predict_end"]
    watch = type("Watch", (keras.callbacks.Callback,), {name: note(name) for name in names})()
    history = model.fit(
        x, y, batch_size=2, epochs=2, shuffle=False, verbose=0, callbacks=[watch],
        validation_data=(x[:5] + 1, y[:5]), **settings,
    )  # fmt: skip
    evaluated = model.evaluate(x, y, batch_size=2, verbose=0, callbacks=[watch])
    predicted = model.predict(x, batch_size=2, verbose=0, callbacks=[watch])
    return {
        "events": events,
        "history": {name: [float(value) for value in values] for name, values in history.history.items()},
        "evaluated": [float(value) for value in evaluated],
        "predicted": np.asarray(predicted).ravel().tolist(),
        "weights": [value.ravel().tolist() for value in model.get_weights()],
    }
