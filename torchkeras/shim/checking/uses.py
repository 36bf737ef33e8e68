"""Which names of TensorFlow and Keras a piece of Python uses, and with which arguments, read off its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from torchkeras.shim.advice import BLOCKED, OPTIONAL
from torchkeras.shim.names import ROOTS
from torchkeras.shim.old_module import public_names
from torchkeras.shim.support import resolve


@dataclass(frozen=True)
class Use:
    """One use of a name.

    Attributes:
        name: the dotted name, by the modules it comes from: 'tensorflow.keras.layers.Dense'.
        line: where.
        keywords: the keyword arguments, where it is called.
        called: whether it is.
        of_instance: whether the last part is asked of an instance of what stands before it.
    """

    name: str
    line: int
    keywords: tuple[str, ...] = ()
    called: bool = False
    of_instance: bool = False


@dataclass(frozen=True)
class _Instance:
    """A variable that holds what calling a class gave."""

    of: str


_Binding = str | _Instance | None


class Uses(ast.NodeVisitor):
    """Collects the uses in the trees it visits; what one tree imports, the next one knows.

    A name that a function, a loop or an assignment binds anew is no longer TensorFlow's there.

    Args:
        known: variables that stand for modules from the start.
    """

    def __init__(self, known: Mapping[str, str] | None = None) -> None:
        self.found: list[Use] = []
        self._scopes: list[dict[str, _Binding]] = [dict(known or {})]

    # --- imports ---

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if _ours(alias.name):
                self.found.append(Use(alias.name, node.lineno))
                self._bind(
                    alias.asname or alias.name.partition(".")[0], alias.name if alias.asname else _root(alias.name)
                )
            else:
                self._bind(alias.asname or alias.name.partition(".")[0], None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        ours = node.level == 0 and _ours(module)
        if ours and any(alias.name == "*" for alias in node.names):
            self.found.append(Use(module, node.lineno))
            self._stars(module)
        for alias in node.names:
            if ours and alias.name != "*":
                name = f"{module}.{alias.name}"
                self.found.append(Use(name, node.lineno))
                self._bind(alias.asname or alias.name, name)
            elif alias.name != "*":
                self._bind(alias.asname or alias.name, None)

    def _stars(self, module: str) -> None:
        for name in star_names(module):
            self._bind(name, f"{module}.{name}")

    # --- uses ---

    def visit_Attribute(self, node: ast.Attribute) -> None:
        use = self._use(node)
        if use is None:
            self.visit(node.value)
        elif isinstance(node.ctx, ast.Load):
            self.found.append(use)

    def visit_Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._bind(node.id, None)

    def visit_Call(self, node: ast.Call) -> None:
        use = self._use(node.func)
        if use is None:
            self.visit(node.func)
        else:
            keywords = tuple(keyword.arg for keyword in node.keywords if keyword.arg is not None)
            self.found.append(Use(use.name, node.func.lineno, keywords, True, use.of_instance))
        for argument in (*node.args, *node.keywords):
            self.visit(argument)

    def _use(self, node: ast.expr) -> Use | None:
        """The use a chain `a.b.c` is, if `a` is known."""
        parts: list[str] = []
        inner = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            return None
        binding = self._lookup(inner.id)
        line = getattr(node, "end_lineno", None) or node.lineno
        if isinstance(binding, _Instance):
            # Only a method called straight on it: attributes of attributes are anybody's.
            return Use(f"{binding.of}.{parts[0]}", line, of_instance=True) if len(parts) == 1 else None
        return None if binding is None else Use(".".join([binding, *reversed(parts)]), line)

    # --- bindings ---

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        value = self._value(node.value)
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._bind(target.id, value)
            else:
                self.visit(target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self.visit(node.annotation)
        if node.value is not None:
            self.visit(node.value)
        if isinstance(node.target, ast.Name):
            self._bind(node.target.id, None if node.value is None else self._value(node.value))
        else:
            self.visit(node.target)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    visit_AsyncFor = visit_For

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self.visit(node.value)
        self._bind(node.target.id, self._value(node.value))

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        if node.name:
            self._bind(node.name, None)
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            if name in self._scopes[0]:
                self._bind(name, self._scopes[0][name])

    def _value(self, node: ast.expr) -> _Binding:
        if isinstance(node, ast.Call):
            use = self._use(node.func)
            # `Sequential(...)` gives an instance; what `load_data(...)` gives is not known.
            return _Instance(use.name) if use and not use.of_instance and _class_like(use.name) else None
        use = self._use(node)
        return use.name if use is not None and not use.of_instance else None

    def _bind(self, name: str, value: _Binding) -> None:
        self._scopes[-1][name] = value

    def _lookup(self, name: str) -> _Binding:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        return None

    # --- scopes ---

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._bind(node.name, None)
        for outside in (*node.decorator_list, node.args, *([node.returns] if node.returns else [])):
            self._outside(outside)
        with self._scope(node.args):
            for statement in node.body:
                self.visit(statement)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._outside(node.args)
        with self._scope(node.args):
            self.visit(node.body)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        for outside in (*node.decorator_list, *node.bases, *node.keywords):
            self.visit(outside)
        self._bind(node.name, None)
        with self._scope():
            for statement in node.body:
                self.visit(statement)

    def visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> None:
        with self._scope():
            for generator in node.generators:
                for part in (generator.iter, generator.target, *generator.ifs):
                    self.visit(part)
            for value in (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,):
                self.visit(value)

    visit_SetComp = visit_GeneratorExp = visit_DictComp = visit_ListComp

    def _outside(self, node: ast.AST) -> None:
        """Defaults and annotations belong to the scope around the function."""
        if isinstance(node, ast.arguments):
            arguments = [*node.posonlyargs, *node.args, *node.kwonlyargs, node.vararg, node.kwarg]
            for part in (*node.defaults, *node.kw_defaults, *(a.annotation for a in arguments if a is not None)):
                if part is not None:
                    self.visit(part)
        else:
            self.visit(node)

    @contextmanager
    def _scope(self, arguments: ast.arguments | None = None) -> Iterator[None]:
        scope: dict[str, _Binding] = {}
        if arguments is not None:
            given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
            scope = {argument.arg: None for argument in given if argument is not None}
        self._scopes.append(scope)
        try:
            yield
        finally:
            self._scopes.pop()


def star_names(module: str) -> list[str]:
    """What `from module import *` brings."""
    value = resolve(module).value
    return public_names(value) if value is not None else []


def _ours(module: str) -> bool:
    return _root(module) in ROOTS or _root(module) in BLOCKED or _root(module) in OPTIONAL


def _root(module: str) -> str:
    return module.partition(".")[0]


def _class_like(name: str) -> bool:
    return name.rpartition(".")[2][:1].isupper()
