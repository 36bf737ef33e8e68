"""The callbacks of a real run, which write down what they are told, in the classes of either side."""

from __future__ import annotations

from typing import Any

HOOKS = ["on_train_begin", "on_train_end", "on_epoch_begin", "on_epoch_end"] + [
    f"on_{mode}{what}_{moment}"
    for mode in ("train", "test", "predict")
    for what in ("", "_batch")
    for moment in ("begin", "end")
    if mode != "train" or what
]


def plain(value: Any) -> Any:
    """Logs as JSON takes them; of outputs only that they are there."""
    if isinstance(value, dict):
        return {name: "outputs" if name == "outputs" else plain(item) for name, item in value.items()}
    return value if value is None or isinstance(value, (int, str)) else float(value)


def callbacks(module: Any, events: list[list[Any]], csv_file: str) -> list[Any]:
    """One that has every hook, one of older code, functions, some of Keras's own, and again one that has every hook."""

    def note(who: str, hook: str) -> Any:
        def method(*arguments: Any) -> None:
            *where, logs = [argument for argument in arguments if not isinstance(argument, module.Callback)]
            events.append([who, hook, *where, plain(dict(logs.items()))])

        return method

    first = type("First", (module.Callback,), {hook: note("first", hook) for hook in HOOKS})()
    older = type(
        "Older",
        (module.Callback,),
        {
            "on_batch_begin": lambda self, batch, logs=None: events.append(["older", "on_batch_begin", batch]),
            "on_batch_end": lambda self, batch, logs=None: events.append(["older", "on_batch_end", batch, plain(logs)]),
        },
    )()
    functions = module.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update(doubled=2 * logs["loss"]),
        on_batch_begin=lambda batch, logs: events.append(["function", "on_batch_begin", batch]),
        on_train_end=lambda logs: events.append(["function", "on_train_end", plain(logs)]),
        on_test_batch_end=lambda batch, logs: events.append(["function", "on_test_batch_end", batch]),
    )
    return [
        first,
        older,
        [functions, module.TerminateOnNaN()],
        module.ReduceLROnPlateau(patience=0, factor=0.5),
        module.EarlyStopping(patience=5, restore_best_weights=True),
        module.CSVLogger(csv_file),
        type("Last", (module.Callback,), {hook: note("last", hook) for hook in HOOKS})(),
    ]
