"""Progbar: what is drawn, as recorded from tf_keras and as documents show it; where, when and how often."""

import functools
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap

import pytest
import torch

from compat_tests.utils import bars
from torchkeras.utils import messages
from torchkeras.utils.progbar import ENVIRONMENT, Progbar, format_duration, format_eta

RECORDS = json.loads((pathlib.Path(__file__).parent / "data" / "progress.json").read_text())


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    monkeypatch.delenv("PYCHARM_HOSTED", raising=False)


@pytest.fixture
def live(monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "live")


def draw(name):
    clock = bars.Clock()
    bars.draw(bars.BARS[name], functools.partial(Progbar, clock=clock), clock)


def recorded(name):
    text = RECORDS[name].replace("\b", "")
    # What tf_keras 2.21 adds to the line of verbose=2, and TensorFlow 2.2 to 2.6 and the documents do not have.
    return re.sub(r" - \d+\w+/epoch - \d+\w+/step(?=\n)", "", text)


def screen(text):
    """The lines a terminal shows."""
    lines, column = [""], 0
    for character in text:
        if character == "\n":
            lines.append("")
            column = 0
        elif character == "\r":
            column = 0
        else:
            lines[-1] = lines[-1][:column].ljust(column) + character + lines[-1][column + 1 :]
            column += 1
    return [line.rstrip() for line in lines]


def test_every_bar_is_recorded():
    assert list(RECORDS) == list(bars.BARS)


@pytest.mark.parametrize("name", RECORDS)
@pytest.mark.usefixtures("live")
def test_each_drawing_is_keras(name, capsys):
    draw(name)
    found = capsys.readouterr().out
    assert [part.rstrip(" ") for part in found.split("\r")] == [part.rstrip(" ") for part in recorded(name).split("\r")]
    assert screen(found) == screen(recorded(name))


@pytest.mark.parametrize("name", RECORDS)
def test_captured_output_has_the_last_drawings_only(name, capsys):
    draw(name)
    found = capsys.readouterr().out
    drawings = [part for part in recorded(name).split("\r") if part.endswith("\n")]
    assert found == "".join(drawings)
    assert not {"\r", "\b", "\x1b"} & set(found)


# --- what documents show ------------------------------------------------------------------------------------


def test_lines_of_documents(capsys):
    clock = bars.Clock()
    stateful = ["loss", "accuracy"]
    bar = Progbar(1875, stateful_metrics=stateful, clock=clock)
    clock.now += 25.0
    bar.update(1)
    clock.now += 5.9
    bar.update(1875, [("loss", 0.11184), ("accuracy", 0.96535)])
    bar = Progbar(313, verbose=2, stateful_metrics=stateful, clock=clock)
    clock.now += 0.9
    bar.update(313, [("loss", 0.05162), ("accuracy", 0.98779)])
    bar = Progbar(1563, stateful_metrics=stateful, clock=clock)
    clock.now += 4.7
    bar.update(1563, [("loss", float("nan")), ("accuracy", 0.01)])
    bar = Progbar(1, clock=clock)
    clock.now += 0.822
    bar.update(1)
    bar = Progbar(11490434, clock=clock)
    clock.now += 0.3
    bar.update(11493376)
    bar.update(11501568)
    assert capsys.readouterr().out == textwrap.dedent("""\
        1875/1875 [==============================] - 31s 3ms/step - loss: 0.1118 - accuracy: 0.9654
        313/313 - 1s - loss: 0.0516 - accuracy: 0.9878
        1563/1563 [==============================] - 5s 3ms/step - loss: nan - accuracy: 0.0100
        1/1 [==============================] - 1s 822ms/step
        11493376/11490434 [==============================] - 0s 0us/step
        11501568/11490434 [==============================] - 0s 0us/step
        """)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (12.9, "12s"), (60, "60s"), (61, "1:01"), (3600, "60:00"), (3723.5, "1:02:03"), (360000, "100:00:00")],
)
def test_format_eta(seconds, text):
    assert format_eta(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (1.4, "1s"), (0.9996, "1000ms"), (0.822, "822ms"), (0.001, "1ms"), (0.00099, "990us"), (2e-7, "0us")],
)
def test_format_duration(seconds, text):
    assert format_duration(seconds) == text


# --- when -------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("live")
def test_due_tells_whether_an_update_draws(capsys):
    clock = bars.Clock()
    bar = Progbar(1000, interval=0.1, clock=clock)
    drawn = 0
    for step in range(1, 1000):
        clock.now += 0.003
        due = bar.due()
        assert due == bar.due(clock.now)
        bar.update(step)
        assert bool(capsys.readouterr().out) is due
        drawn += due
    assert drawn == pytest.approx(3 / 0.1, abs=2)
    assert not bar.due(clock.now)
    bar.update(1000)  # the last is drawn whenever it comes
    assert capsys.readouterr().out.endswith("\n")


def test_nothing_is_due_where_nothing_is_rewritten():
    assert not Progbar(10).due()
    assert not Progbar(10, verbose=2).due()
    assert not Progbar(10, verbose=0).due()


@pytest.mark.usefixtures("live")
def test_only_verbose_1_is_ever_due():
    assert Progbar(10).due()
    assert not Progbar(10, verbose=2).due()
    assert not Progbar(10, verbose=0).due()


def test_add(capsys):
    bar = Progbar(6, clock=bars.Clock())
    for _ in range(3):
        bar.add(2, [("loss", 1.0)])
    assert capsys.readouterr().out == "6/6 [==============================] - 0s 0s/step - loss: 1.0000\n"


def test_target_of_nothing(capsys):
    for verbose in (1, 2):
        Progbar(0, verbose=verbose, clock=bars.Clock()).update(0)
    assert capsys.readouterr().out == "      0/Unknown - 0s 0s/step\n0 - 0s\n"


# --- figures ----------------------------------------------------------------------------------------------


def test_tensors_are_read_when_they_are_drawn(capsys):
    class Guard(torch.utils._python_dispatch.TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            assert function is not torch.ops.aten._local_scalar_dense.default
            return function(*args, **(kwargs or {}))

    bar = Progbar(4, stateful_metrics=["kept"], clock=bars.Clock())
    value = torch.zeros((), requires_grad=True)
    with Guard():
        for step in range(1, 4):
            bar.update(step, [("loss", value + step), ("kept", torch.tensor(float(step)))])
    bar.update(4, [("loss", torch.tensor(6.0)), ("kept", torch.tensor([1.0, 2.0]))])
    assert capsys.readouterr().out.endswith(" - loss: 3.0000 - kept: 1.5000\n")


def test_which_figures_are_averaged(capsys):
    for settings in ({"stateful_metrics": ["a"]}, {"stateless_metrics": ["b"]}):
        bar = Progbar(2, clock=bars.Clock(), **settings)
        assert (bar.averages("a"), bar.averages("b")) == (False, True)
        bar.update(1, [("a", 1.0), ("b", 1.0)])
        bar.update(2, [("a", 2.0), ("b", 2.0)])
        assert capsys.readouterr().out.endswith(" - a: 2.0000 - b: 1.5000\n")
    with pytest.raises(ValueError, match="not both"):
        Progbar(2, stateful_metrics=[], stateless_metrics=[])


# --- the look of Keras 3 ----------------------------------------------------------------------------------


def keras3(monkeypatch, capsys, words, **settings):
    monkeypatch.setenv(ENVIRONMENT, words)
    clock = bars.Clock()
    bar = Progbar(10, clock=clock, stateful_metrics=["loss", "accuracy", "val_accuracy"], **settings)
    clock.now += 0.5
    bar.update(1, [("loss", 2.0), ("accuracy", 0.1)])
    clock.now += 2.5
    bar.update(5, [("loss", 2.0), ("accuracy", 0.1)])
    clock.now += 2.5
    bar.update(10, [("val_accuracy", 0.3), ("loss", 1.5), ("accuracy", 0.25)])
    return capsys.readouterr().out


def test_keras_3_captured(monkeypatch, capsys):
    expected = "10/10 ━━━━━━━━━━━━━━━━━━━━ 6s 556ms/step - accuracy: 0.2500 - loss: 1.5000 - val_accuracy: 0.3000\n"
    assert keras3(monkeypatch, capsys, "keras3") == expected
    line = "10/10 - 6s - 556ms/step - accuracy: 0.2500 - loss: 1.5000 - val_accuracy: 0.3000\n"
    assert keras3(monkeypatch, capsys, "keras3", verbose=2) == line


def test_keras_3_live(monkeypatch, capsys):
    found = keras3(monkeypatch, capsys, "keras3,live").split("\r")
    assert found[2].rstrip() == (
        "\x1b[1m 5/10\x1b[0m \x1b[32m━━━━━━━━━━\x1b[0m\x1b[37m━━━━━━━━━━\x1b[0m \x1b[1m3s\x1b[0m 625ms/step"
        " - accuracy: 0.1000 - loss: 2.0000"
    )
    shown = [re.sub(r"\x1b\[\d+m", "", line).rstrip() for line in found]
    assert shown[1] == " 1/10 ━━━━━━━━━━━━━━━━━━━━ 4s 500ms/step - accuracy: 0.1000 - loss: 2.0000"
    assert shown[3].startswith("10/10 ━━━━━━━━━━━━━━━━━━━━ 6s 556ms/step")


def test_keras_3_on_a_stream_without_its_line(monkeypatch):
    monkeypatch.setenv(ENVIRONMENT, "keras3")
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    Progbar(3, clock=bars.Clock()).update(3)
    sys.stdout.flush()
    assert raw.getvalue() == b"3/3 -------------------- 0s 0s/step\n"


# --- where ------------------------------------------------------------------------------------------------

_PROGRAM = """
from compat_tests.utils import bars
from torchkeras.utils.progbar import Progbar
clock = bars.Clock()
bar = Progbar(3, stateful_metrics=["loss"], clock=clock)
for step, loss in ((1, -12345.5), (2, 0.5), (3, 0.25)):
    clock.now += 1
    bar.update(step, [("loss", loss)])
print("end")
"""
_LAST = "3/3 [==============================] - 3s 1s/step - loss: 0.2500"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals")
def test_a_terminal():
    import pty

    ours, theirs = pty.openpty()
    program = subprocess.Popen([sys.executable, "-c", _PROGRAM], stdout=theirs, stderr=theirs, env=environment())
    os.close(theirs)
    text = ""
    while True:
        try:
            piece = os.read(ours, 4096).decode()
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        text += piece
    os.close(ours)
    assert program.wait() == 0
    text = text.replace("\r\n", "\n")
    assert [drawing.rstrip(" ") for drawing in text.split("\r")][:3] == [
        "",
        "1/3 [=========>....................] - ETA: 2s - loss: -12345.5000",
        "2/3 [===================>..........] - ETA: 1s - loss: 0.5000",
    ]
    assert screen(text) == [_LAST, "end", ""]


def test_a_pipe():
    found = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, env=environment())
    assert found.stdout == f"{_LAST}\nend\n"
    assert found.stderr == ""
    assert found.returncode == 0


def environment():
    return {name: value for name, value in os.environ.items() if name not in (ENVIRONMENT, "PYCHARM_HOSTED")} | {
        "OMP_NUM_THREADS": "1"
    }


class OutStream(io.StringIO):
    """As in a notebook: no terminal."""


OutStream.__module__ = "ipykernel.iostream"


@pytest.mark.parametrize(
    ("stream", "variables", "rewritten"),
    [
        (io.StringIO, {}, False),
        (OutStream, {}, True),
        (OutStream, {ENVIRONMENT: "final"}, False),
        (io.StringIO, {ENVIRONMENT: "live"}, True),
        (io.StringIO, {ENVIRONMENT: "LIVE, keras2"}, True),
        (io.StringIO, {ENVIRONMENT: "else"}, False),
        (io.StringIO, {"PYCHARM_HOSTED": "1"}, True),
    ],
)
def test_where_a_line_is_rewritten(monkeypatch, stream, variables, rewritten):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stdout", stream())
    bar = Progbar(2, clock=bars.Clock())
    bar.update(1)
    bar.update(2)
    assert ("\r" in sys.stdout.getvalue()) is rewritten
    assert sys.stdout.getvalue().endswith("2/2 [==============================] - 0s 0s/step\n")


def test_without_stdout(monkeypatch):
    monkeypatch.setattr(sys, "stdout", None)
    Progbar(1).update(1)


def test_interactive_logging(capsys, caplog):
    assert messages.is_interactive_logging_enabled()
    messages.disable_interactive_logging()
    try:
        assert not messages.is_interactive_logging_enabled()
        with caplog.at_level("INFO", logger="torchkeras"):
            Progbar(2, clock=bars.Clock()).update(2)
            messages.print_msg("\nEpoch 1")
    finally:
        messages.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert caplog.messages == ["2/2 [==============================] - 0s 0s/step", "Epoch 1"]
