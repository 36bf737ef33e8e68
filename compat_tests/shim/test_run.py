"""`python -m torchkeras run`: scripts and documents, their arguments, tracebacks and exit status."""

import sys

import pytest

from compat_tests.shim.processes import torchkeras
from torchkeras.shim.command_line import main


def run(folder, name, text, *options, arguments=(), **environment):
    (folder / name).write_text(text, encoding="utf-8")
    return torchkeras("run", *options, name, *arguments, folder=folder, **environment)


def test_a_script_is_main_with_its_arguments_and_folder(tmp_path):
    (tmp_path / "beside.py").write_text("from tensorflow.keras.layers import Dense\n")
    script = (
        "import sys, os, pickle, keras, beside\n"
        "class Own: pass\n"
        "print(__name__, os.path.basename(__file__), sys.argv[1:], beside.Dense is keras.layers.Dense)\n"
        "print(type(pickle.loads(pickle.dumps(Own()))) is Own, sys.modules['__main__'].Own is Own)\n"
    )
    done = run(tmp_path, "script.py", script, arguments=("--skip", "1", "--", "-x"))
    assert done.stdout.splitlines() == ["__main__ script.py ['--skip', '1', '--', '-x'] True", "True True"], done.stderr
    assert done.returncode == 0


def test_two_dashes_end_the_options(tmp_path):
    (tmp_path / "-odd.py").write_text("import sys\nprint(sys.argv)\n")
    done = torchkeras("run", "--", "-odd.py", "a", folder=tmp_path)
    assert done.stdout == "['-odd.py', 'a']\n", done.stderr


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [("sys.exit(3)", 3, ""), ("sys.exit('enough')", 1, "enough\n"), ("sys.exit()", 0, ""),
     ("raise KeyboardInterrupt", 130, None)],
)  # fmt: skip
def test_exit_status(tmp_path, line, status, said):
    done = run(tmp_path, "script.py", f"import sys\n{line}\n")
    assert done.returncode == status
    assert said is None or done.stderr == said


def test_a_traceback_begins_in_the_script(tmp_path):
    done = run(tmp_path, "script.py", "def fail():\n    raise ValueError('no')\n\nfail()\n")
    lines = done.stderr.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1].strip() == 'File "script.py", line 4, in <module>'
    assert lines[-1] == "ValueError: no"
    assert done.returncode == 1


def test_spawned_workers_of_a_run_script(tmp_path):
    script = (
        "from tensorflow.keras.utils import to_categorical\nimport torch\n"
        "class Data(torch.utils.data.Dataset):\n"
        "    def __len__(self):\n        return 4\n"
        "    def __getitem__(self, i):\n        return to_categorical(i, 4)\n"
        "if __name__ == '__main__':\n"
        "    loader = torch.utils.data.DataLoader(Data(), 2, num_workers=1, multiprocessing_context='spawn')\n"
        "    print([b.argmax(1).tolist() for b in loader])\n"
    )
    done = run(tmp_path, "train.py", script)
    assert done.stdout == "[[0, 1], [2, 3]]\n", done.stderr


DOCUMENT = """\
# A document

```text
not code
```

```python
import keras
a = 6 * 7
a
```

Some words, and a list:

  ~~~py
  >>> for i in range(2):
  ...     print(i)
  0
  1
  ~~~

```python title="x"
Dense(units, activation)  is a signature of sorts
```

``` python
def f():
    return 1 / 0
```

```python
f()
```
"""


def test_a_document_runs_in_order_and_names_its_own_lines(tmp_path):
    done = run(tmp_path, "d.md", DOCUMENT, "--skip", "3")
    assert done.stdout == "42\n0\n1\n"
    assert [line.strip() for line in done.stderr.splitlines() if "File" in line] == [
        'File "d.md", line 32, in <module>',
        'File "d.md", line 28, in f',
    ]
    assert "return 1 / 0" in done.stderr
    assert done.returncode == 1


def test_a_block_that_is_not_code_says_how_to_leave_it_out(tmp_path):
    done = run(tmp_path, "d.md", DOCUMENT)
    assert 'File "d.md", line 23' in done.stderr
    assert "--skip 3" in done.stderr
    assert done.returncode == 1


def test_blocks_without_a_language_count_where_none_has_one(tmp_path):
    done = run(tmp_path, "d.txt", "```\nprint(1)\n```\n\n```\n    print(2)\n    print(3)\n```\n")
    assert done.stdout == "1\n2\n3\n", done.stderr
    done = run(tmp_path, "d.txt", "```\nnot code at all\n```\n\n```python\nprint(2)\n```\n")
    assert done.stdout == "2\n", done.stderr


def test_options_reach_the_library(tmp_path):
    script = (
        "import os, keras\nfrom torchkeras.core.device import default_device\n"
        "print(os.environ['TORCHKERAS_SYNTHETIC_DATA'], default_device(), os.environ['TORCHKERAS_DEVICE'])\n"
        "layer = keras.layers.Dense(2)\nlayer.build((None, 3))\nprint(layer.linear.weight.device)"
    )
    done = run(tmp_path, "script.py", script, "--synthetic-data=600", "--device", "cpu")
    assert done.stdout == "600 cpu cpu\ncpu\n", done.stderr
    done = run(tmp_path, "script.py", "import os\nprint(os.environ['TORCHKERAS_SYNTHETIC_DATA'])", "--synthetic-data")
    assert done.stdout == "1\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "expected a file"),
        (["run", "nothing.py"], "no file nothing.py"),
        (["run", "--dvice", "cpu", "x.py"], "'--device'"),
        (["run", "--device", "tpu", "x.py"], "expected cpu, cuda"),
        (["run", "--synthetic-data=many", "x.py"], "number of samples"),
        (["run", "--skip", "two", "x.py"], "numbers such as"),
        (["run", "--skip", "1", "x.py"], "is a script"),
        (["run", "--output", "o.ipynb", "x.py"], "is none"),
        (["run", "--skip", "9", "x.md"], "1 blocks of Python"),
        (["run", "x.ipynb"], "is not a notebook"),
        (["chek", "x.py"], "'check'"),
        (["check"], "expected files"),
    ],
)
def test_wrong_command_lines_say_what_was_expected(tmp_path, monkeypatch, capsys, words, said):
    (tmp_path / "x.py").write_text("raise SystemExit(77)")
    (tmp_path / "x.md").write_text("```python\nraise SystemExit(77)\n```\n")
    (tmp_path / "x.ipynb").write_text("raise SystemExit(77)")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("torchkeras.shim.run.install", lambda: None)
    monkeypatch.setenv("TORCHKERAS_SYNTHETIC_DATA", "")
    assert main(words) == 2
    assert said in capsys.readouterr().err


def test_info_names_versions_and_parts(tmp_path):
    import numpy
    import torch

    done = torchkeras("info", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in (torch.__version__, numpy.__version__, sys.version.split()[0], "2.9.0", "pandas", "off"):
        assert word in done.stdout, word
