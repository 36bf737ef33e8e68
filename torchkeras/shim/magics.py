"""IPython's `%magic`, `!command` and `name?` in cells and documents, as far as tutorials use them."""

from __future__ import annotations

import ast
import re

_ASSIGNED = re.compile(
    r"^(?P<indent>\s*)(?P<target>[\w.,\s\[\]'\"*()]+?)\s*=\s*(?P<mark>[!%])(?P<rest>[^=%].*)$", re.DOTALL
)
_HELP = re.compile(r"^(?P<indent>\s*)(\?{1,2}(?P<before>[\w.*%]+)|(?P<after>[\w.*%]+)\?{1,2})\s*$")


def python_of(source: str) -> str:
    """The cell as plain Python on the same lines: magics become calls of `get_ipython()`, as IPython writes them.

    Only a line where Python itself sees a syntax error is looked at, so that `%` and `!` within strings and brackets
    keep their meaning. What is wrong otherwise stays as it is, for the compiler to say so.
    """
    lines = source.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), None)
    if first is not None and lines[first].startswith("%%"):
        name, _, rest = lines[first][2:].partition(" ")
        body = "\n".join(lines[first + 1 :])
        call = f"get_ipython().run_cell_magic({name.strip()!r}, {rest.strip()!r}, {body!r})"
        return "\n" * first + call + "\n" * (len(lines) - first - 1)
    for _ in range(len(lines)):
        try:
            compile("\n".join(lines), "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except SyntaxError as error:
            # A misplaced token may be seen only when the next line is read.
            at = [number - 1 for number in ((error.lineno or 0), (error.lineno or 0) - 1) if 0 < number <= len(lines)]
            if not any(_replace(lines, number) for number in at):
                break
        except ValueError:  # a null byte
            break
        else:
            break
    return "\n".join(lines)


def _replace(lines: list[str], number: int) -> bool:
    """Replaces the magic that begins on this line by a call; whether there was one."""
    last = number
    while lines[last].endswith("\\") and last + 1 < len(lines):
        last += 1
    text = "\n".join(lines[number : last + 1])
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    call = _call(joined)
    if call is None:
        return False
    lines[number] = call
    lines[number + 1 : last + 1] = [""] * (last - number)
    return True


def _call(line: str) -> str | None:
    indent = line[: len(line) - len(line.lstrip())]
    text = line.strip()
    helped = _HELP.match(line)
    if helped:
        return f"{indent}get_ipython().run_line_magic('pinfo', {(helped['before'] or helped['after'])!r})"
    if text.startswith("!!"):
        return f"{indent}get_ipython().getoutput({text[2:].strip()!r})"
    if text.startswith("!"):
        return f"{indent}get_ipython().system({text[1:].strip()!r})"
    if re.match(r"%{1,2}[A-Za-z_]", text):
        return indent + _line_magic(text.lstrip("%"))
    assigned = _ASSIGNED.match(line)
    if assigned:
        rest = assigned["rest"].strip()
        call = f"get_ipython().getoutput({rest!r})" if assigned["mark"] == "!" else _line_magic(rest)
        return f"{indent}{assigned['target'].strip()} = {call}"
    return None


def _line_magic(text: str) -> str:
    name, _, rest = text.partition(" ")
    return f"get_ipython().run_line_magic({name!r}, {rest.strip()!r})"
