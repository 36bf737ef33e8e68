"""Runs pieces of Python one after the other in one namespace, as a notebook does."""

from __future__ import annotations

import ast
import asyncio
import inspect
import linecache
import sys
from typing import Any

from torchkeras.shim.display import Screen
from torchkeras.shim.magics import python_of
from torchkeras.shim.shell import Shell
from torchkeras.shim.sources import Block


class Cells:
    """Runs blocks in a namespace and shows the value of each one's last expression.

    Args:
        namespace: the variables; those of `__main__`, so that pickling and multiprocessing find what cells define.
        screen: where values are shown.
    """

    def __init__(self, namespace: dict[str, Any], screen: Screen) -> None:
        self.namespace, self.screen = namespace, screen
        self.count = 0
        self._block: Block | None = None
        self.shell = Shell(namespace, self._run_part)
        namespace.update(get_ipython=lambda: self.shell, display=screen.show, In=[""], Out={})

    def run(self, block: Block) -> None:
        """Runs a block; what it raises passes through."""
        self.count += 1
        self._block = block
        if not block.source.strip():
            return
        _show_source(block)
        value = self._evaluate(python_of(block.source), block.first_line)
        if value is not None and not block.source.rstrip().endswith(";"):
            self.namespace["_"] = self.namespace["Out"][self.count] = value
            self.screen.result(value, self.count)
        show_figures()

    def _run_part(self, source: str) -> Any:
        """What `%time` and `%%time` run: a part of the present block."""
        assert self._block is not None
        at = max(self._block.source.find(source), 0)
        return self._evaluate(python_of(source), self._block.first_line + self._block.source[:at].count("\n"))

    def _evaluate(self, source: str, first_line: int) -> Any:
        assert self._block is not None
        # Empty lines before it, so that errors name the document's lines.
        text = "\n" * (first_line - 1) + source
        filename = self._block.filename
        tree = compile(text, filename, "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        self._execute(compile(tree, filename, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True))
        if last is None:
            return None
        expression = ast.Expression(last.value)
        return self._execute(compile(expression, filename, "eval", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True))

    def _execute(self, code: Any) -> Any:
        if code.co_flags & inspect.CO_COROUTINE:
            return asyncio.run(eval(code, self.namespace))
        return eval(code, self.namespace)


def show_figures() -> None:
    """Shows what the cell has drawn and not shown."""
    backend = sys.modules.get("torchkeras.shim.figures")
    if backend is not None:
        backend.show()


def _show_source(block: Block) -> None:
    if block.cell or block.filename.endswith("]"):
        # A cell is no file: tracebacks, inspect.getsource and so torch.compile find its lines here.
        lines = [line + "\n" for line in block.source.split("\n")]
        linecache.cache[block.filename] = (len(block.source), None, lines, block.filename)
