"""The launcher: what the processes are told, what is shown of them, and how they end."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from compat_tests.distribute.launch.commands import finished, surroundings
from compat_tests.distribute.launch.started import free_port
from torchkeras.distribute.launching import Plan, launch, usual_number
from torchkeras.shim.command_line import main

NAMES = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT", "OMP_NUM_THREADS")


@pytest.fixture(autouse=True)
def no_ranks(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def python(code):
    """A command for each rank, of Python without anything else."""
    return lambda rank: [sys.executable, "-S", "-c", f"import os, sys, time\nrank = {rank}\n{code}"]


def test_what_they_are_told(capfd, monkeypatch):
    show = python(f"print([os.environ.get(name) for name in {NAMES}])")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert launch(Plan(2, 3, 1, "one.example:1234", all_output=True), show) == 0
    lines = sorted(capfd.readouterr().out.splitlines())
    threads = str(max(cores // 2, 1))
    assert lines == [
        f"[{2 + local}] {[str(2 + local), '6', str(local), '2', 'one.example', '1234', threads]}" for local in (0, 1)
    ]
    monkeypatch.setenv("OMP_NUM_THREADS", "5")
    assert launch(Plan(2), show) == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 1  # of the first alone
    told = dict(zip(NAMES, eval(lines[0]), strict=True))
    assert 1 <= int(told.pop("MASTER_PORT")) < 1 << 16
    assert told == {
        "RANK": "0", "WORLD_SIZE": "2", "LOCAL_RANK": "0", "LOCAL_WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1",
        "OMP_NUM_THREADS": "5",
    }  # fmt: skip


def test_the_first_that_fails_is_shown_and_the_others_end(capfd):
    """Rank 2 goes wrong; others lose it, or hear of it, and are faster to say so; rank 0 would go on for ever."""
    code = """
print(f"out {rank}", flush=True)
print(f"err {rank}", file=sys.stderr, flush=True)
if rank == 1:
    sys.exit("torchkeras.core.replicas.LostReplica: Process 1 of 4 lost the others")
if rank == 3:
    sys.exit("RuntimeError: process 2: ValueError: of its own")
if rank == 2:
    time.sleep(0.3)
    sys.exit(7)
time.sleep(600)
"""
    assert launch(Plan(4), python(code)) == 7
    out, err = capfd.readouterr()
    assert out == "out 0\n"
    assert "err 0\n" in err
    assert "err 2\n" in err
    assert "err 1" not in err
    assert "err 3" not in err
    assert err.endswith("torchkeras run: process 2 of 4 has ended with exit status 7; the others have been ended.\n")


def test_a_cause_that_is_elsewhere(capfd):
    """On another machine: here all have only lost another."""
    lost = "torchkeras.core.replicas.LostReplica: Process of 4 lost the others"
    assert launch(Plan(2, 2, 1, "one.example:1"), python(f"time.sleep(rank - 2)\nsys.exit({lost!r})")) == 1
    assert f"{lost}\ntorchkeras run: process 2 of 4 has ended" in capfd.readouterr().err


def test_killed_and_started_anew(capfd, tmp_path):
    """Twice, with another port each time; then the run gets through."""
    code = f"""
starts = len(os.listdir({str(tmp_path)!r}))
if rank == 1:
    open(os.path.join({str(tmp_path)!r}, os.environ["MASTER_PORT"]), "w").close()
    if starts < 2:
        os.kill(os.getpid(), 9)
"""
    assert launch(Plan(2, restarts=2), python(code)) == 0
    err = capfd.readouterr().err
    assert err.count("process 1 of 2 has ended by signal 9 (SIGKILL)") == 2
    assert "all are started anew (2 of 2)." in err
    assert len(list(tmp_path.iterdir())) == 3
    for path in tmp_path.iterdir():
        path.unlink()
    assert launch(Plan(2, restarts=1), python(code)) == 128 + 9


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
@pytest.mark.parametrize(
    ("number", "stubborn"), [(signal.SIGINT, False), (signal.SIGTERM, False), (signal.SIGINT, True)]
)
def test_interrupted(tmp_path, monkeypatch, number, stubborn):
    """Ctrl-C comes to all of a terminal, SIGTERM to the launcher alone. What does not heed either is killed."""
    monkeypatch.setattr("torchkeras.distribute.launching._PATIENCE", 0.5 if stubborn else 10.0)
    ignore = "import signal\nfor one in (2, 15): signal.signal(one, signal.SIG_IGN)\n" if stubborn else ""
    code = f"{ignore}open(os.path.join({str(tmp_path)!r}, str(os.getpid())), 'w').close()\ntime.sleep(600)"

    def interrupt():
        while len(list(tmp_path.iterdir())) < 2:
            time.sleep(0.01)
        if number == signal.SIGINT:
            for path in tmp_path.iterdir():
                os.kill(int(path.name), number)
        os.kill(os.getpid(), number)

    # What a shell runs in the background is told to ignore Ctrl-C, and so are its children.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        thread = threading.Thread(target=interrupt)
        thread.start()
        assert launch(Plan(2), python(code)) == 128 + number
        thread.join()
    finally:
        signal.signal(signal.SIGINT, before)
    for path in tmp_path.iterdir():
        with pytest.raises(ProcessLookupError):
            _gone(int(path.name))


def _gone(number):
    """Looks for a process, until it is not there any more."""
    for _ in range(1000):
        os.kill(number, 0)
        time.sleep(0.01)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--nproc", "none"], "--nproc none: expected a whole number, 1 or more"),
        (["--max-restarts", "1"], "--max-restarts is of several processes: say how many with --nproc"),
        (["--nproc=2", "--nnodes=2"], "--nnodes 2: each machine needs --node-rank"),
        (["--nproc=2", "--nnodes=2", "--node-rank=2", "--master=a:1"], "--node-rank 2: expected a number from 0 to 1"),
        (["--nproc=2", "--master=a"], "--master a: expected HOST:PORT"),
        (["--nproc=2", "--max-restarts=-1"], "--max-restarts -1: expected a whole number"),
        (["--nproc=2", "--all-output=1"], "--all-output takes no value"),
        (["--nprocs=2"], "unknown option --nprocs. Did you mean '--nproc'?"),
    ],
)
def test_command_lines_that_cannot_be(capsys, tmp_path, words, said):
    (tmp_path / "a.py").write_text("")
    assert main(["run", *words, str(tmp_path / "a.py")]) == 2
    assert said in capsys.readouterr().err


def test_the_first_alone_writes_the_notebook(tmp_path, monkeypatch):
    started = []

    def launched(plan, command):
        started.extend([plan, command(0), command(1)])
        return 0

    monkeypatch.setattr("torchkeras.shim.command_line.launch", launched)
    notebook = str(tmp_path / "n.ipynb")
    Path(notebook).write_text("{}")
    words = ["--nproc", "2", "--output", "out.ipynb", "--skip=1,2", "--max-restarts=3", "--all-output"]
    assert main(["run", *words, notebook, "--epochs", "1"]) == 0
    assert started[0] == Plan(2, restarts=3, all_output=True)
    run = ["-m", "torchkeras", "run"]
    script = ["--", notebook, "--epochs", "1"]
    assert started[1][-9:] == [*run, "--output=out.ipynb", "--skip=1,2", *script]
    assert started[2][-8:] == [*run, "--skip=1,2", *script]


def test_not_within_a_launcher(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "2")
    (tmp_path / "a.py").write_text("")
    assert main(["run", "--nproc=2", str(tmp_path / "a.py")]) == 2
    assert "one of several processes already" in capsys.readouterr().err


def test_how_many_auto_is(monkeypatch):
    monkeypatch.setattr("torch.cuda.device_count", lambda: 4)
    monkeypatch.setattr("torchkeras.distribute.launching.processors", lambda: 12)
    assert usual_number() == usual_number("cuda") == 4
    assert usual_number("cpu") == 6
    monkeypatch.setattr("torch.cuda.device_count", lambda: 0)
    assert usual_number() == 6
    monkeypatch.setattr("torchkeras.distribute.launching.processors", lambda: 1)
    assert usual_number() == 1


DOCUMENT = """\
```python
import os
import sys
import tensorflow as tf
strategy = tf.distribute.MirroredStrategy()

def total():
    return float(strategy.reduce("SUM", strategy.run(lambda: tf.constant(1.0)), axis=None))

print(os.environ["RANK"], strategy.num_replicas_in_sync, total(), sys.argv[1:])
```

```python
if os.environ["RANK"] == "1" and "fail" in sys.argv:
    raise ValueError("of the last alone")
_ = total()
```
"""


@pytest.mark.slow
def test_a_document_on_two_machines(tmp_path):
    """Two launchers, of a process each, and options of Python and of the file."""
    (tmp_path / "d.md").write_text(DOCUMENT)
    run = [sys.executable, "-X", "utf8", "-m", "torchkeras", "run", "--nproc=1", "--nnodes=2", "--all-output"]
    run.append(f"--master=127.0.0.1:{free_port()}")
    second = [*run, "--node-rank=1", "d.md", "-x"]
    with subprocess.Popen(second, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env=surroundings()) as other:
        done = finished([*run, "--node-rank=0", "d.md", "-x"], tmp_path)
        assert done.stdout == "[0] 0 2 2.0 ['-x']\n", done.stderr
        assert done.returncode == 0
        assert other.communicate(timeout=60)[0] == "[1] 1 2 2.0 ['-x']\n"
        assert other.returncode == 0


def test_an_error_in_one_of_two(tmp_path):
    """It is the one shown last, at the document's line; that the first lost the other is not the cause."""
    (tmp_path / "d.md").write_text(DOCUMENT)
    done = finished([sys.executable, "-m", "torchkeras", "run", "--nproc", "2", "d.md", "fail"], tmp_path)
    assert done.stdout == "0 2 2.0 ['fail']\n", done.stderr
    assert done.returncode == 1
    shown = done.stderr[done.stderr.rindex("Traceback") :]
    assert 'File "d.md", line 15' in shown
    assert "ValueError: of the last alone\ntorchkeras run: process 1 of 2 has ended with exit status 1" in shown
