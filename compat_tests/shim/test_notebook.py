"""Notebooks: magics, outputs on the terminal and in the saved copy, with and without a Jupyter kernel."""

import base64
import json
import sys

import pytest

from compat_tests.shim.processes import environment, torchkeras

CELLS = [
    # With --no-index it would find nothing if it were run.
    "%matplotlib inline\n!pip install --no-index no-such-package\nimport tensorflow.keras.utils as u\nx = 20\nx + 1",
    "for i in range(2):\n    !echo number {i + x}\nwords = !echo a b\nwords",
    "%%time\ny = u.to_categorical([1], 2)\ny",
    "text = '''\n%not a magic\n!nor this\n'''\nz = (text.count('\\n')\n % 2)\nz",
    "import sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)\nx;",
    "def fail():\n    return 1 / 0",
    "fail()",
    "print('never reached')",
]


def notebook(folder, cells, name="n.ipynb", tags=()):
    made = [{"cell_type": "markdown", "metadata": {}, "source": ["# A title"]}]
    for number, source in enumerate(cells):
        metadata = {"tags": [tags[1]]} if tags and tags[0] == number else {}
        made.append({"cell_type": "code", "metadata": metadata, "execution_count": None, "outputs": [],
                     "source": source.splitlines(keepends=True)})  # fmt: skip
    content = {"cells": made, "metadata": {"kernelspec": {"name": "odd", "display_name": "Odd", "language": "python"}},
               "nbformat": 4, "nbformat_minor": 4}  # fmt: skip
    (folder / name).write_text(json.dumps(content))
    return name


def run(folder, *arguments):
    return torchkeras("run", *arguments, folder=folder, IPYTHONDIR=str(folder))


def outputs(path):
    return [cell["outputs"] for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]


def without_a_kernel(folder, *arguments):
    """Runs where nbclient and IPython are not to be found."""
    (folder / "hidden.py").write_text(
        "import importlib.util, sys\n"
        "find = importlib.util.find_spec\n"
        "hidden = ('nbclient', 'IPython')\n"
        "importlib.util.find_spec = lambda name, *a: None if name.split('.')[0] in hidden else find(name, *a)\n"
        "class Hide:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in hidden:\n            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Hide())\n"
        "from torchkeras.shim.command_line import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    import subprocess

    return subprocess.run(
        [sys.executable, "hidden.py", "run", *arguments], capture_output=True, text=True, cwd=folder, env=environment()
    )


def test_cells_run_in_order_and_show_their_values(tmp_path):
    done = run(tmp_path, notebook(tmp_path, CELLS))
    lines = [line for line in done.stdout.splitlines() if "time" not in line.lower()]
    assert lines == ["21", "number 20", "number 21", "['a b']", "array([[0., 1.]], dtype=float32)", "1", "to stdout"]
    assert "CPU times: total:" in done.stdout
    assert "skipped: pip install" in done.stderr
    assert "to stderr" in done.stderr
    files = [line.strip() for line in done.stderr.splitlines() if "File" in line]
    assert files == ['File "n.ipynb[7]", line 1, in <module>', 'File "n.ipynb[6]", line 2, in fail']
    assert done.returncode == 1


def test_skipped_cells_and_cells_that_may_fail(tmp_path):
    name = notebook(tmp_path, ["print(1)", "print(2)", "1 / 0", "print(4)"], tags=(2, "raises-exception"))
    done = run(tmp_path, "--skip", "2", name)
    assert done.stdout == "1\n4\n"
    assert done.returncode == 0


def test_the_saved_copy_without_a_kernel(tmp_path):
    name = notebook(tmp_path, CELLS)
    before = (tmp_path / name).read_text()
    done = without_a_kernel(tmp_path, "--output", "out.ipynb", name)
    assert done.returncode == 1, done.stderr
    assert (tmp_path / name).read_text() == before
    made = outputs(tmp_path / "out.ipynb")
    kinds = [[output["output_type"] for output in cell] for cell in made]
    assert kinds[1] == ["stream", "execute_result"]
    assert kinds[4] == ["stream", "stream"]
    assert kinds[6][-1] == "error"
    assert kinds[7] == []
    assert made[0][-1]["data"] == {"text/plain": "21"}
    assert made[1][0]["text"] == ["number 20\n", "number 21\n"]
    assert made[4][1] == {"output_type": "stream", "name": "stderr", "text": ["to stderr\n"]}
    assert (made[6][-1]["ename"], made[6][-1]["evalue"]) == ("ZeroDivisionError", "division by zero")
    saved = json.loads((tmp_path / "out.ipynb").read_text())
    assert [cell.get("execution_count") for cell in saved["cells"]] == [None, 1, 2, 3, 4, 5, 6, 7, None]
    assert saved["cells"][0]["source"] == ["# A title"]
    assert saved["metadata"]["kernelspec"]["name"] == "odd"


@pytest.mark.slow
def test_the_saved_copy_from_a_kernel(tmp_path):
    pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    done = run(tmp_path, "--output", "out.ipynb", notebook(tmp_path, CELLS))
    assert done.returncode == 1, done.stderr
    assert "skipped: pip install" in done.stderr
    assert "ZeroDivisionError: division by zero" in done.stderr
    assert "number 21" in done.stdout
    made = outputs(tmp_path / "out.ipynb")
    assert made[0][-1]["data"] == {"text/plain": "21"}
    assert made[6][-1]["ename"] == "ZeroDivisionError"
    assert made[7] == []
    assert json.loads((tmp_path / "out.ipynb").read_text())["cells"][1]["source"] == CELLS[0].splitlines(keepends=True)


def test_figures_are_shown_and_saved(tmp_path):
    pytest.importorskip("matplotlib")
    cells = [
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('after')",
        "figure, axes = plt.subplots()\naxes.plot([3, 4]);",
    ]
    name = notebook(tmp_path, cells)
    done = without_a_kernel(tmp_path, "--output", "out.ipynb", name)
    assert done.stdout.splitlines() == [
        "<Figure size 640x480 with 1 Axes>",
        "after",
        "<Figure size 640x480 with 1 Axes>",
    ]
    made = outputs(tmp_path / "out.ipynb")
    assert [output["output_type"] for output in made[0]] == ["display_data", "stream"]
    pictures = [base64.b64decode(cell[0]["data"]["image/png"]) for cell in made]
    assert all(picture.startswith(b"\x89PNG\r\n") for picture in pictures)
    assert pictures[0] != pictures[1]
    assert done.stderr == ""


def test_rich_values_without_ipython(tmp_path):
    cells = [
        "from IPython.display import HTML, Markdown, clear_output, display\nHTML('<b>1</b>')",
        "display(1, Markdown('*2*'))\n3",
        "print('gone')\nclear_output(wait=True)\nprint('stays')",
    ]
    done = without_a_kernel(tmp_path, "--output", "out.ipynb", notebook(tmp_path, cells))
    assert done.returncode == 0, done.stderr
    made = outputs(tmp_path / "out.ipynb")
    assert made[0][0]["data"]["text/html"] == "<b>1</b>"
    assert [output["data"].get("text/markdown") for output in made[1]] == [None, "*2*", None]
    assert [output["output_type"] for output in made[1]] == ["display_data", "display_data", "execute_result"]
    assert made[2] == [{"output_type": "stream", "name": "stdout", "text": ["stays\n"]}]


def test_a_notebook_of_before_2014_is_refused(tmp_path):
    (tmp_path / "old.ipynb").write_text(json.dumps({"nbformat": 3, "worksheets": []}))
    done = run(tmp_path, "old.ipynb")
    assert done.returncode == 2
    assert "jupyter nbconvert" in done.stderr
