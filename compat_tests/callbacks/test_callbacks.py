"""What the records of tf_keras do not cover: files, loggers, settings, errors."""

import http.server
import json
import os
import threading
import urllib.parse
import warnings

import numpy as np
import pytest
import torch

import torchkeras
from compat_tests.callbacks.doubles import Logs, Model, Optimizer
from torchkeras import callbacks
from torchkeras import tensorflow as tf
from torchkeras.callbacks.learning_rate import rate_of, set_rate
from torchkeras.callbacks.model_checkpoint import newest_match


class Saving(Model):
    def __init__(self, rate=0.1):
        super().__init__(None, Optimizer(rate))
        self.saved = []

    def save(self, path, overwrite=False):
        self.saved.append(path)

    save_weights = load_weights = save


def ready(callback, model=None, **params):
    callback.set_model(model or Saving())
    callback.set_params(params)
    callback.on_train_begin({})
    return callback


# --- History, BaseLogger, LambdaCallback --------------------------------------------------------------------


def test_history_of_a_second_fit_goes_on():
    history = callbacks.History()
    for _ in range(2):
        ready(history)
        history.on_epoch_end(0, {"loss": 1.0})
    assert history.history == {"loss": [1.0, 1.0]}
    assert history.epoch == [0]
    assert history.model.history is history


def test_base_logger_costs_nothing():
    logger = callbacks.BaseLogger(stateful_metrics=["accuracy"])
    listed = callbacks.CallbackList(logger)
    assert not listed.calls("on_train_batch_end")
    logger.on_epoch_begin(0)
    assert (logger.seen, logger.totals, logger.stateful_metrics) == (0, {}, {"accuracy"})


def test_lambda_callback_takes_any_hook_by_name():
    seen = []
    made = callbacks.LambdaCallback(
        on_test_begin=lambda logs: seen.append("test"), on_predict_end=None, on_train_batch_end=lambda b, logs: None
    )
    made.on_test_begin({})
    made.on_predict_end({})
    assert seen == ["test"]
    assert callbacks.CallbackList(made).calls("on_train_batch_end")


# --- what looks into the logs of batches --------------------------------------------------------------------


def test_terminate_on_nan_looks_once_a_batch():
    guard, logs = ready(callbacks.TerminateOnNaN()), Logs({"loss": 0.5})
    guard.on_train_batch_end(0, logs)
    assert logs.looked == 1
    assert not guard.model.stop_training
    guard.on_train_batch_end(1)


def test_terminate_on_nan_may_raise():
    guard = ready(callbacks.TerminateOnNaN(raise_error=True))
    with pytest.raises(RuntimeError, match="NaN or Inf loss encountered at batch 2"):
        guard.on_train_batch_end(2, {"loss": np.float32("nan")})


def test_checkpoint_looks_into_the_logs_it_saves_with():
    keeper = ready(callbacks.ModelCheckpoint("{epoch}-{batch}-{loss:.1f}.h5", save_freq=3))
    keeper.on_epoch_begin(0)
    seen = [Logs({"loss": float(batch)}) for batch in range(6)]
    for batch, logs in enumerate(seen):
        keeper.on_train_batch_end(batch, logs)
    assert [logs.looked > 0 for logs in seen] == [False, False, True, False, False, True]
    assert keeper.model.saved == ["1-3-2.0.h5", "1-6-5.0.h5"]


def test_checkpoint_without_batches_has_no_batch_hook():
    assert not callbacks.CallbackList(callbacks.ModelCheckpoint("m.h5")).calls("on_train_batch_end")
    assert callbacks.CallbackList(callbacks.ModelCheckpoint("m.h5", save_freq=2)).calls("on_train_batch_end")


# --- ModelCheckpoint ----------------------------------------------------------------------------------------


def test_options_of_saving_are_of_the_kind_that_is_saved():
    given, whole = tf.train.CheckpointOptions(), tf.saved_model.SaveOptions()
    callbacks.ModelCheckpoint("m", save_weights_only=True, options=given)
    callbacks.ModelCheckpoint("m", options=whole)
    with pytest.raises(TypeError, match="save_weights_only is False.*None or a tf.saved_model.SaveOptions. Got 0.5"):
        callbacks.ModelCheckpoint("m", options=0.5)
    with pytest.raises(TypeError, match="save_weights_only is True.*None or a tf.train.CheckpointOptions"):
        callbacks.ModelCheckpoint("m", save_weights_only=True, options=whole)


def test_checkpoint_makes_its_folder(tmp_path):
    keeper = ready(callbacks.ModelCheckpoint(tmp_path / "a" / "{epoch:02d}" / "m.h5"))
    keeper.on_epoch_end(0, {"loss": 1.0})
    assert keeper.model.saved == [str(tmp_path / "a" / "01" / "m.h5")]
    assert (tmp_path / "a" / "01").is_dir()


def test_checkpoint_in_leaps_of_several_steps():
    keeper = ready(callbacks.ModelCheckpoint("{epoch}-{batch}.h5", save_freq=3))
    for epoch in range(2):
        keeper.on_epoch_begin(epoch)
        for batch in (1, 3, 5, 6):
            keeper.on_train_batch_end(batch, {})
    assert keeper.model.saved == ["1-4.h5", "1-7.h5", "2-4.h5", "2-7.h5"]


@pytest.mark.parametrize("error", [IsADirectoryError(21, "here"), OSError("Unable to create: 'x' is a directory")])
def test_checkpoint_at_a_directory(error):
    keeper = ready(callbacks.ModelCheckpoint("m.h5"))

    def save(path, overwrite):
        raise error

    keeper.model.save = save
    with pytest.raises(OSError, match="Please specify a non-directory filepath"):
        keeper.on_epoch_end(0, {})


def test_checkpoint_passes_other_errors_on():
    keeper = ready(callbacks.ModelCheckpoint("m.h5"))

    def save(path, overwrite):
        raise OSError("No space left on device")

    keeper.model.save = save
    with pytest.raises(OSError, match="No space left"):
        keeper.on_epoch_end(0, {})


def test_unknown_arguments_are_said():
    with pytest.warns(UserWarning, match="`save_weight_only`. Did you mean 'save_weights_only'"):
        callbacks.ModelCheckpoint("m.h5", save_weight_only=True)
    with pytest.warns(UserWarning, match="`pateince`"):
        callbacks.ReduceLROnPlateau(pateince=3)


def test_load_weights_on_restart(tmp_path):
    keeper = callbacks.ModelCheckpoint(tmp_path / "w.{epoch:02d}-{loss:.1f}.h5", load_weights_on_restart=True)
    assert ready(keeper).model.saved == []
    for name in ["w.02-0.5.h5", "w.01-0.9.h5", "wx01-0.9.h5", "w.03.txt"]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000, 1000))
    assert ready(keeper).model.saved == [str(tmp_path / "w.02-0.5.h5")]
    assert newest_match(str(tmp_path / "w.03.txt")) == str(tmp_path / "w.03.txt")
    assert newest_match(str(tmp_path / "nowhere" / "a.h5")) is None


# --- rates --------------------------------------------------------------------------------------------------


def test_rates_of_torch_optimizers():
    weights = [torch.nn.Parameter(torch.zeros(2)) for _ in range(3)]
    groups = [
        {"params": weights[:1]},
        {"params": weights[1:2], "lr": 0.01},
        {"params": weights[2:], "lr": torch.tensor(0.2)},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    assert rate_of(optimizer) == np.float32(0.1)
    set_rate(optimizer, 0.05)
    assert [float(g["lr"]) for g in optimizer.param_groups] == pytest.approx([0.05, 0.005, 0.1])
    assert isinstance(optimizer.param_groups[2]["lr"], torch.Tensor)


def test_rates_of_tensors_and_schedules():
    class Scheduled:
        iterations = 3

        @staticmethod
        def learning_rate(step):
            return torch.tensor(0.5) / step

    assert rate_of(Scheduled()) == np.float32(0.5 / 3)
    with pytest.raises(ValueError, match='Optimizer must have a "lr" attribute'):
        rate_of(object())


def test_scheduler_takes_tensors_and_schedules_of_one_argument(capsys):
    made = ready(callbacks.LearningRateScheduler(lambda epoch: torch.tensor(0.25) / (epoch + 1), verbose=1))
    made.on_epoch_begin(1)
    assert made.model.optimizer.lr == 0.125
    assert capsys.readouterr().out == "\nEpoch 00002: LearningRateScheduler setting learning rate to 0.125.\n"
    with pytest.raises(ValueError, match="should be float. Got: 3"):
        ready(callbacks.LearningRateScheduler(lambda epoch: torch.tensor(3))).on_epoch_begin(0)


def test_scheduler_leaves_the_errors_of_its_function_alone():
    def schedule(epoch, lr):
        return "0.1" * lr

    with pytest.raises(TypeError, match="multiply"):
        ready(callbacks.LearningRateScheduler(schedule)).on_epoch_begin(0)


def test_rate_in_the_logs_is_keras_kind():
    logs = {"val_loss": 1.0}
    ready(callbacks.ReduceLROnPlateau(), Saving(0.001)).on_epoch_end(0, logs)
    assert str(logs["lr"]) == "0.001"
    assert logs["lr"] == np.float32(0.001)


def test_reduce_needs_no_rounding_to_the_lowest_rate():
    made = ready(callbacks.ReduceLROnPlateau(patience=0, min_lr=0.001), Saving(0.001))
    for epoch in range(3):
        made.on_epoch_end(epoch, {"val_loss": 1.0})
    assert made.model.optimizer.lr == np.float32(0.001)


# --- CSVLogger ----------------------------------------------------------------------------------------------


def write_csv(path, logs, **settings):
    logger = ready(callbacks.CSVLogger(path, **settings))
    for epoch, row in enumerate(logs):
        logger.on_epoch_end(epoch, row)
    logger.on_train_end({})
    return path.read_bytes().decode()


def test_csv(tmp_path):
    path = tmp_path / "log.csv"
    rows = [{"loss": 0.5, "acc": 0.25}, {"loss": 0.1, "acc": np.float32(0.1), "val_loss": 2.0, "new": 1}]
    expected = "epoch,acc,loss,val_acc,val_loss\r\n0,0.25,0.5,NA,NA\r\n1,0.1,0.1,NA,2.0\r\n"
    assert write_csv(path, rows) == expected
    assert write_csv(path, rows) == expected
    assert write_csv(path, rows[:1], append=True) == expected + "0,0.25,0.5,NA,NA\r\n"
    arrays = [{"a": np.array([1, 2]), "b": np.array(3.0), "c": "x", "d": [0.5, 1], "val_a": None}]
    written = write_csv(path, arrays, separator=";")
    assert written == 'epoch;a;b;c;d;val_a\r\n0;"""[1, 2]""";3.0;x;"""[0.5, 1]""";\r\n'


def test_csv_of_runs_that_were_interrupted(tmp_path):
    path = tmp_path / "log.csv"
    logger = ready(callbacks.CSVLogger(path))
    logger.on_epoch_end(0, {"loss": 1.0})
    assert path.read_text().startswith("epoch,loss,val_loss\n0,1.0,NA\n")
    logger.on_train_begin({})  # closes what the first run left open
    logger.on_epoch_end(0, {"mae": 1.0})
    logger.on_train_end({})
    assert path.read_text() == "epoch,mae,val_mae\n0,1.0,NA\n"
    with pytest.raises(RuntimeError, match="on_train_begin"):
        logger.on_epoch_end(0, {})


# --- RemoteMonitor ------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            received.append((self.path, dict(self.headers), body))
            self.send_response(404 if "missing" in self.path else 200)
            self.end_headers()

        def log_message(self, *arguments):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", received
        running.shutdown()
        thread.join()


def test_remote_monitor_sends_a_form(server):
    root, received = server
    callbacks.RemoteMonitor(root, headers={"X-Run": "7"}).on_epoch_end(2, {"loss": 0.5, "lr": np.float32(0.25)})
    path, headers, body = received[0]
    assert path == "/publish/epoch/end/"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert headers["X-Run"] == "7"
    assert json.loads(urllib.parse.parse_qs(body)["data"][0]) == {"epoch": 2, "loss": 0.5, "lr": 0.25}


def test_remote_monitor_sends_json(server):
    root, received = server
    monitor = callbacks.RemoteMonitor(root, path="/missing", send_as_json=True)
    monitor.on_epoch_end(0, {"loss": np.array(0.5)})  # an answer of 404 is no failure
    assert received[0][1]["Content-Type"] == "application/json"
    assert json.loads(received[0][2]) == {"epoch": 0, "loss": 0.5}


@pytest.mark.parametrize("root", ["http://127.0.0.1:9", "nowhere"])
def test_remote_monitor_out_of_reach(root):
    with pytest.warns(UserWarning, match=f"Could not reach RemoteMonitor root server at {root}"):
        callbacks.RemoteMonitor(root).on_epoch_end(0, {})


# --- SwapEMAWeights -----------------------------------------------------------------------------------------


class Averaging:
    def __init__(self, averages, variables=None):
        self.use_ema = True
        self._model_variables_moving_average = averages
        if variables is not None:
            self._trainable_variables = variables


def averaging(kind):
    model = torchkeras.Sequential([torchkeras.layers.Dense(3, input_shape=(2,))])
    variables = model.trainable_variables
    if kind == "variables":
        averages = [torchkeras.Variable(torch.full(v.shape, 5.0), trainable=False) for v in variables]
    else:
        averages = [torch.full_like(v.parameter, 5.0) for v in variables]
    return Model(model, Averaging(averages, variables if kind == "variables" else None))


@pytest.mark.parametrize("kind", ["variables", "tensors"])
def test_swap_ema_weights(kind):
    model = averaging(kind)
    swap = ready(callbacks.SwapEMAWeights(), model, epochs=1)
    before = model.get_weights()
    places = [parameter.data_ptr() for parameter in model.parameters()]
    for begin, end in ((swap.on_test_begin, swap.on_test_end), (swap.on_predict_begin, swap.on_predict_end)):
        begin({})
        assert all((w == 5).all() for w in model.get_weights())
        end({})
        for found, expected in zip(model.get_weights(), before):
            np.testing.assert_array_equal(found, expected)
    assert [parameter.data_ptr() for parameter in model.parameters()] == places


@pytest.mark.parametrize("kind", ["variables", "tensors"])
def test_swap_ema_weights_on_epochs(kind):
    model = averaging(kind)
    swap = ready(callbacks.SwapEMAWeights(swap_on_epoch=True), model, epochs=2)
    before = model.get_weights()
    swap.on_epoch_begin(0)
    swap.on_test_begin()
    swap.on_test_end()
    swap.on_epoch_end(0)
    assert (model.get_weights()[0] == 5).all()
    swap.on_epoch_begin(1)
    np.testing.assert_array_equal(model.get_weights()[0], before[0])
    swap.on_epoch_end(1)
    assert (model.get_weights()[0] == 5).all()
    averages = model.optimizer._model_variables_moving_average
    assert all((torch.as_tensor(a) == 5).all() for a in averages)


def test_swap_ema_weights_needs_averages():
    swap = ready(callbacks.SwapEMAWeights())
    with pytest.raises(ValueError, match="`use_ema=True` is set on the optimizer. Received: use_ema=False"):
        swap.on_test_begin()


# --- names --------------------------------------------------------------------------------------------------


def test_names():
    assert callbacks.experimental.BackupAndRestore is callbacks.BackupAndRestore
    for name in callbacks.__all__:
        assert hasattr(callbacks, name)
    with warnings.catch_warnings():
        for name in callbacks.__all__[:-1]:
            assert isinstance(getattr(callbacks, name), type)
