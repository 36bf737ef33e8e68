"""Sessions that are not compile, fit, evaluate, predict."""

from __future__ import annotations

from typing import Any

from .models import classifier, dict_heads, normalized, tuple_subclass, two_heads, with_own_loss, with_steps
from .schema import BATCH, SPARSE, CaseList, Results, compile_with

CASES = CaseList()


def _compiled(keras: Any, model: Any, **arguments: Any) -> Any:
    return compile_with(keras, model, lambda k: {"loss": SPARSE, **arguments})


_QUIET = {"verbose": 0, "shuffle": False, "batch_size": BATCH}


@CASES.session("on_batch-metrics", classifier)
def _on_batch(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "names": list(m.metrics_names),
        "first": m.train_on_batch(d.x[:16], d.y[:16]),
        "names_after": list(m.metrics_names),
        "goes_on": m.train_on_batch(d.x[16:], d.y[16:], reset_metrics=False),
        "test_goes_on": m.test_on_batch(d.x, d.y, reset_metrics=False),
        "test": m.test_on_batch(d.x, d.y),
        "dict": m.train_on_batch(d.x[:7], d.y[:7], return_dict=True),
        "test_dict": m.test_on_batch(d.x[:7], d.y[:7], return_dict=True),
        "predict": m.predict_on_batch(d.x[:3]),
    }


@CASES.session("on_batch-loss-alone", classifier)
def _on_batch_scalar(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    return {
        "train": m.train_on_batch(d.x, d.y),
        "weighted": m.train_on_batch(d.x, d.y, sample_weight=d.weight),
        "class_weight": m.train_on_batch(d.x, d.y, class_weight={0: 1.0, 1: 3.0, 2: 0.5}),
        "both": m.train_on_batch(d.x, d.y, sample_weight=d.weight, class_weight={0: 1.0, 1: 3.0, 2: 0.5}),
        "test": m.test_on_batch(d.x, d.y, sample_weight=d.weight),
        "train_dict": m.train_on_batch(d.x, d.y, return_dict=True),
    }


@CASES.session("on_batch-two-heads", two_heads)
def _on_batch_two(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, loss=[SPARSE, "mse"], metrics={"size": "mae"}, loss_weights=[1.0, 0.5])
    return {
        "train": m.train_on_batch([d.x, d.x2], [d.y, d.value]),
        "train_dict": m.train_on_batch({"left": d.x, "right": d.x2}, {"kind": d.y, "size": d.value}, return_dict=True),
        "test": m.test_on_batch([d.x, d.x2], [d.y, d.value], sample_weight=[d.weight, d.weight2]),
        "predict": m.predict_on_batch([d.x[:4], d.x2[:4]]),
    }


@CASES.session("evaluate-and-predict-untrained", classifier)
def _untrained(k: Any, m: Any, d: Any) -> Results:
    before = m.predict(d.x[:4], verbose=0)
    _compiled(k, m)
    return {
        "predict": before,
        "evaluate": m.evaluate(d.x, d.y, verbose=0),
        "evaluate_dict": m.evaluate(d.x, d.y, verbose=0, return_dict=True),
        "steps": m.evaluate(d.x, d.y, batch_size=8, steps=2, verbose=0),
        "weighted": m.evaluate(d.x, d.y, sample_weight=d.weight, verbose=0),
        "predict_steps": m.predict(d.x, batch_size=8, steps=2, verbose=0),
        "predict_lists": m.predict(d.x[:2].tolist(), verbose=0),
        "no_target": m.evaluate(d.x, verbose=0),
    }


@CASES.session("predict-two-heads", two_heads)
def _predict_two(k: Any, m: Any, d: Any) -> Results:
    return {
        "list": m.predict([d.x, d.x2], batch_size=16, verbose=0),
        "dict": m.predict({"right": d.x2, "left": d.x}, verbose=0),
    }


@CASES.session("predict-dict-heads", dict_heads)
def _predict_dict(k: Any, m: Any, d: Any) -> Results:
    return {"dict": m.predict(d.x, batch_size=16, verbose=0)}


@CASES.session("predict-tuple-subclass", tuple_subclass)
def _predict_tuple(k: Any, m: Any, d: Any) -> Results:
    return {"tuple": m.predict(d.x, batch_size=16, verbose=0)}


@CASES.session("fit-twice", classifier)
def _twice(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.01), metrics=["acc"])
    first = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"first": dict(first.history), "second": m.fit(d.x, d.y, epochs=2, **_QUIET)}


@CASES.session("compile-again", classifier)
def _again(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.01), metrics=["acc"])
    first = m.fit(d.x, d.y, epochs=2, **_QUIET)
    _compiled(k, m, optimizer=k.optimizers.SGD(0.05, momentum=0.9), loss="mse", metrics=["mae"])
    return {"names": list(m.metrics_names), "first": first, "second": m.fit(d.x, d.onehot, epochs=2, **_QUIET)}


@CASES.session("freeze-and-compile", classifier)
def _freeze(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    first = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.get_layer("hidden").trainable = False
    _compiled(k, m)
    before = m.get_layer("hidden").get_weights()[0].copy()
    second = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"first": first, "second": second, "same": bool((m.get_layer("hidden").get_weights()[0] == before).all())}


@CASES.session("freeze-without-compile", classifier, warns=True)
def _freeze_late(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m)
    m.get_layer("hidden").trainable = False
    history = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"history": history, "trainable": m.get_layer("hidden").trainable}


@CASES.session("frozen-normalization", normalized)
def _frozen_normalization(k: Any, m: Any, d: Any) -> Results:
    m.layers[1].trainable = False
    _compiled(k, m)
    return {"fit": m.fit(d.x, d.y, epochs=2, validation_data=(d.val.x, d.val.y), **_QUIET)}


@CASES.session("metric-object-reset", classifier)
def _metric_object(k: Any, m: Any, d: Any) -> Results:
    """A metric object of the user's starts anew each epoch, and stays the user's."""
    metric = k.metrics.SparseCategoricalAccuracy(name="hits")
    _compiled(k, m, metrics=[metric])
    history = m.fit(d.x, d.y, epochs=2, **_QUIET)
    return {"fit": history, "result": round(float(metric.result()), 6), "is_it": m.metrics[-1] is metric}


@CASES.session("own-test_step", with_steps)
def _own_steps(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "fit": m.fit(d.x, d.y, epochs=2, validation_data=(d.val.x, d.val.y), **_QUIET),
        "evaluate": m.evaluate(d.x, d.y, verbose=0, batch_size=16),
        "evaluate_dict": m.evaluate(d.x, d.y, verbose=0, return_dict=True),
        "predict": m.predict(d.x[:4], verbose=0),
    }


@CASES.session("own-compute_loss", with_own_loss)
def _own_loss(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, metrics=["acc"])
    return {
        "train": m.train_on_batch(d.x, d.y),
        "train_dict": m.train_on_batch(d.x, d.y, return_dict=True),
        "fit": m.fit(d.x, d.y, epochs=2, **_QUIET),
    }


@CASES.session("learning_rate", classifier)
def _learning_rate(k: Any, m: Any, d: Any) -> Results:
    _compiled(k, m, optimizer=k.optimizers.Adam(0.05))
    first = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.optimizer.learning_rate = 0.001
    second = m.fit(d.x, d.y, epochs=1, **_QUIET)
    m.optimizer.learning_rate.assign(0.02)
    third = m.fit(d.x, d.y, epochs=1, **_QUIET)
    rate, steps = float(m.optimizer.learning_rate), int(m.optimizer.iterations)
    return {"first": first, "second": second, "third": third, "rate": round(rate, 6), "iterations": steps}
