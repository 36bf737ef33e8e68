"""Magics as Python, and the commands that are left out."""

import pytest

from torchkeras.shim.commands import installs
from torchkeras.shim.magics import python_of
from torchkeras.shim.shell import Shell, UsageError


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')"),
        ("if x:\n    !ls -l 'a b'", "if x:\n    get_ipython().system(\"ls -l 'a b'\")"),
        ("f = !ls *.txt", "f = get_ipython().getoutput('ls *.txt')"),
        ("a, b = %env X", "a, b = get_ipython().run_line_magic('env', 'X')"),
        ("dict?", "get_ipython().run_line_magic('pinfo', 'dict')"),
        ("?a.b", "get_ipython().run_line_magic('pinfo', 'a.b')"),
        ("!wget -q \\\n  http://x/y \\\n  -O z\ny = 2", "get_ipython().system('wget -q http://x/y -O z')\n\n\ny = 2"),
        ("x = '''\n!no\n'''\n!yes", "x = '''\n!no\n'''\nget_ipython().system('yes')"),
        ("x = (5\n%2)", "x = (5\n%2)"),
        ("x = 5\n%time x", "x = 5\nget_ipython().run_line_magic('time', 'x')"),
        ("%%bash -x\nls\ncd a", "get_ipython().run_cell_magic('bash', '-x', 'ls\\ncd a')\n\n"),
        ("await f()\n!ls", "await f()\nget_ipython().system('ls')"),
        ("1 +\n", "1 +\n"),
        ("x != 3", "x != 3"),
    ],
)
def test_magics_become_calls_on_their_own_lines(cell, python):
    assert python_of(cell) == python
    assert python_of(cell).count("\n") == cell.count("\n")


@pytest.mark.parametrize(
    "command",
    [
        "pip install x", "pip3 install -q x", "python -m pip install x", "{sys.executable} -m pip install x",
        "sudo apt-get -y install x", "cd a && pip install x", "yes | pip uninstall x", "pip -q install x",
        "uv pip install x",
        "conda install -y x", "/usr/bin/python3 -m pip install x", "apt-get update", "X=1 pip install x",
        "ls\npip install x", "(pip install x)",
    ],
)  # fmt: skip
def test_commands_that_install_packages_are_known(command):
    assert installs(command)


@pytest.mark.parametrize(
    "command", ["ls", "echo pip install x", "pip list", "cat install.txt", "python train.py install", "mkdir update"]
)
def test_other_commands_run(command):
    assert not installs(command)


@pytest.fixture
def shell():
    namespace = {}

    def run(source):
        exec(source, namespace)

    return Shell(namespace, run)


def test_commands_see_python_values(shell, capfd):
    shell.user_ns.update(name="a file", number=3)
    shell.system("echo {number + 1} $name ${HOME:+set} $UNKNOWN_TO_ALL")
    assert capfd.readouterr().out == "4 a file set\n"


def test_a_failing_command_says_so(shell, capfd):
    shell.system("exit 3")
    assert "exit status 3" in capfd.readouterr().err
    assert shell.user_ns["_exit_code"] == 3


def test_writefile_and_capture(shell, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shell.run_cell_magic("writefile", "a.txt", "one\n")
    shell.run_cell_magic("writefile", "-a a.txt", "two")
    assert (tmp_path / "a.txt").read_text() == "one\ntwo\n"
    assert capsys.readouterr().out == "Writing a.txt\nAppending to a.txt\n"
    shell.run_cell_magic("capture", "kept --no-stderr", "print('held')")
    assert capsys.readouterr().out == ""
    assert str(shell.user_ns["kept"]) == "held\n"


def test_an_unknown_magic_is_an_error_that_names_it(shell):
    with pytest.raises(UsageError, match="%tme is not known.*'time'"):
        shell.run_line_magic("tme", "x")
    with pytest.raises(UsageError, match="%%timit is not known.*'timeit'"):
        shell.run_cell_magic("timit", "", "x")
