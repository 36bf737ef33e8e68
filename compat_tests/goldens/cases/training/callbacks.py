"""When callbacks are called and with what, and what they do to a training."""

from __future__ import annotations

from typing import Any

from .models import classifier, two_heads
from .schema import SPARSE, CaseList, Results, compile_with

CASES = CaseList()

_PLAIN = {"loss": SPARSE, "metrics": ["acc"]}
_QUIET = {"verbose": 0, "shuffle": False, "batch_size": 32}
_HOOKS = [
    f"on_{kind}{part}_{end}"
    for kind in ("train", "test", "predict")
    for part in ("", "_batch")
    for end in ("begin", "end")
] + ["on_epoch_begin", "on_epoch_end"]


def _recorder(keras: Any, calls: list[list[Any]]) -> Any:
    """A callback that notes each call: its name, its number if it has one, its logs."""

    def hook(name: str) -> Any:
        def numbered(self: Any, index: int, logs: Any = None) -> None:
            calls.append([name, int(index), _noted(logs)])

        def plain(self: Any, logs: Any = None) -> None:
            calls.append([name, _noted(logs)])

        return numbered if "batch" in name or "epoch" in name else plain

    return type("Recorder", (keras.callbacks.Callback,), {name: hook(name) for name in _HOOKS})()


def _noted(logs: Any) -> Any:
    if not logs:
        return {}
    return {key: "arrays" if key == "outputs" else float(value) for key, value in logs.items()}


@CASES.session("hooks", classifier)
def _hooks(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, _PLAIN)
    calls: dict[str, list] = {"fit": [], "evaluate": [], "predict": []}
    m.fit(
        d.x,
        d.y,
        epochs=2,
        validation_data=(d.val.x, d.val.y),
        callbacks=[_recorder(k, calls["fit"])],
        **_QUIET,
    )
    m.evaluate(d.x, d.y, verbose=0, callbacks=[_recorder(k, calls["evaluate"])])
    m.predict(d.x, verbose=0, callbacks=[_recorder(k, calls["predict"])])
    return calls


@CASES.session("hooks-two-heads", two_heads)
def _hooks_two(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, {"loss": [SPARSE, "mse"], "metrics": {"size": "mae"}})
    calls: list = []
    m.fit([d.x, d.x2], [d.y, d.value], epochs=1, callbacks=[_recorder(k, calls)], **_QUIET)
    return {"fit": calls}


@CASES.session("hooks-steps_per_execution", classifier)
def _hooks_in_groups(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, {**_PLAIN, "steps_per_execution": 3})
    calls: list = []
    m.fit(d.x, d.y, epochs=1, callbacks=[_recorder(k, calls)], **{**_QUIET, "batch_size": 12})
    return {"fit": calls}


@CASES.session("hooks-initial_epoch-validation_freq", classifier)
def _hooks_late(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, _PLAIN)
    calls: list = []
    m.fit(
        d.x,
        d.y,
        epochs=4,
        initial_epoch=2,
        validation_split=0.2,
        validation_freq=2,
        callbacks=[_recorder(k, calls)],
        **_QUIET,
    )
    return {"fit": calls}


@CASES.session("stop-after-batch", classifier)
def _stop_after_batch(k: Any, m: Any, d: Any) -> Results:
    class Stop(k.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                self.model.stop_training = True

    compile_with(k, m, _PLAIN)
    settings = {**_QUIET, "batch_size": 16, "validation_data": (d.val.x, d.val.y), "epochs": 3}
    return {"fit": m.fit(d.x, d.y, callbacks=[Stop()], **settings), "again": m.fit(d.x, d.y, **settings)}


@CASES.session("stop-after-epoch", classifier)
def _stop_after_epoch(k: Any, m: Any, d: Any) -> Results:
    class Stop(k.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            logs["added"] = epoch + 0.5
            self.model.stop_training = epoch == 1

    compile_with(k, m, _PLAIN)
    return {"fit": m.fit(d.x, d.y, epochs=5, callbacks=[Stop()], **_QUIET)}


@CASES.session("early_stopping", classifier)
def _early_stopping(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, lambda k: {**_PLAIN, "optimizer": k.optimizers.SGD(4.0)})
    stop = k.callbacks.EarlyStopping("val_loss", patience=2, restore_best_weights=True)
    history = m.fit(d.x, d.y, epochs=12, validation_data=(d.val.x, d.val.y), callbacks=[stop], **_QUIET)
    return {"fit": history, "stopped": int(stop.stopped_epoch)}


def _with_rates(history: Any) -> Results:
    rates = [round(float(rate), 6) for rate in history.history.pop("lr")]
    return {"fit": history, "rates": rates}


@CASES.session("learning_rate_scheduler", classifier)
def _scheduler(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, lambda k: {**_PLAIN, "optimizer": k.optimizers.Adam(0.05)})
    callback = k.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.5)
    return _with_rates(m.fit(d.x, d.y, epochs=4, callbacks=[callback], **_QUIET))


@CASES.session("reduce_lr_on_plateau", classifier)
def _plateau(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, lambda k: {**_PLAIN, "optimizer": k.optimizers.SGD(3.0, momentum=0.5)})
    callback = k.callbacks.ReduceLROnPlateau("loss", factor=0.3, patience=1, min_lr=0.05)
    return _with_rates(m.fit(d.x, d.y, epochs=10, callbacks=[callback], **_QUIET))


@CASES.session("terminate_on_nan", classifier, warns=True)
def _terminate(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, _PLAIN)
    spoiled = d.x.copy()
    spoiled[20] = float("nan")
    history = m.fit(spoiled, d.y, epochs=3, callbacks=[k.callbacks.TerminateOnNaN()], **{**_QUIET, "batch_size": 16})
    spoiled_weights = [bool((weight != weight).any()) for weight in m.get_weights()]
    m.set_weights([0 * (weight == weight) for weight in m.get_weights()])  # NaN compares with nothing
    return {"epochs": len(history.epoch), "keys": list(history.history), "spoiled": spoiled_weights}


@CASES.session("lambda_callback", classifier)
def _lambda(k: Any, m: Any, d: Any) -> Results:
    compile_with(k, m, _PLAIN)
    seen: list = []
    callback = k.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: seen.append([epoch, float(logs["loss"])]),
        on_train_batch_end=lambda batch, logs: seen.append([batch, float(logs["acc"])]),
    )
    return {"fit": m.fit(d.x, d.y, epochs=2, callbacks=[callback], **_QUIET), "seen": seen}
