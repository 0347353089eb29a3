"""Reads from the code which errors it can answer with: the calls that make one, and what they say.

Nothing is run. What a call says is followed through constants, imports, local variables and
functions that pass it on. A code that only a request knows is left out: such an error is declared
elsewhere.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

STATUSES = {
    "BadRequest": 400,
    "Unauthorized": 401,
    "Forbidden": 403,
    "NotFound": 404,
    "Conflict": 409,
    "Unprocessable": 422,
}
"""Exceptions of the core with one error, and the status of each."""

ORIGINS: Mapping[str, tuple[str, ...]] = {
    "GlueError": ("status", "code", "message"),
    "ErrorCode": ("status", "code", "message"),
    "GrantRefused": ("code", "message", "status"),
    **dict.fromkeys(STATUSES, ("code", "message")),
}
"""What makes an error, and the names of its arguments by their places."""

DEFAULTS = {"GrantRefused": 400}
"""Status where the arguments do not say one."""

GAP = "…"
"""What stands in a text for what only the request knows."""

_LARGEST = 5
"""Functions that hand an error on to each other, at most."""


@dataclass(frozen=True, slots=True, order=True)
class Said:
    """An error as one place in the code words it.

    Attributes:
        code: Its code.
        status: Its HTTP status.
        message: Its English words; empty where they depend on the request.
    """

    code: str
    status: int
    message: str


@dataclass(slots=True)
class _Module:
    """A module: its tree, its constants and functions, and what it imports under which name."""

    name: str
    tree: ast.Module
    constants: dict[str, ast.expr] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef] = field(default_factory=dict)
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where an expression stands: its module, its function, and what is known of the arguments."""

    module: _Module
    function: ast.FunctionDef | None = None
    given: Mapping[str, frozenset[Any]] = field(default_factory=dict)


class Code:
    """The modules of all distributions, so that one can be followed into another."""

    def __init__(self, packages: Iterable[Path]) -> None:
        """Read packages.

        Args:
            packages: Their folders.
        """
        self._modules: dict[str, _Module] = {}
        for package in packages:
            for path in sorted(package.rglob("*.py")):
                parts = path.relative_to(package.parent).with_suffix("").parts
                name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
                self._modules[name] = _read(name, path)

    def errors(self, package: str, *, without: tuple[str, ...] = ()) -> frozenset[Said]:
        """Return the errors that the modules of a package make.

        Args:
            package: Its name.
            without: Modules to leave out, with all below them.
        """
        found: set[Said] = set()
        for name, module in self._modules.items():
            if not _is_in(name, package) or any(_is_in(name, each) for each in without):
                continue
            for call, function in _calls(module.tree):
                found.update(self._said(call, _Scope(module, function)))
        return frozenset(found)

    def _said(self, call: ast.Call, scope: _Scope, depth: int = 0) -> Iterator[Said]:
        """Yield the errors that a call makes, itself or by the function that it calls."""
        name = _name_of(call.func)
        if name in ORIGINS:
            arguments = dict(zip(ORIGINS[name], call.args, strict=False))
            arguments |= {each.arg: each.value for each in call.keywords if each.arg is not None}
            for each in self._branches(call, arguments.values(), scope):
                yield from self._made(name, arguments, each)
            return
        found = self._function(call.func, scope)
        if found is None or depth == _LARGEST:
            return
        module, function = found
        given = self._given(call, module, function, scope)
        for inner, around in _calls(function):
            if around is function:
                yield from self._said(inner, _Scope(module, function, given), depth + 1)

    def _made(self, name: str, arguments: Mapping[str, ast.expr], scope: _Scope) -> Iterator[Said]:
        """Yield the errors that something of `ORIGINS` makes of its arguments."""
        known = STATUSES.get(name) or DEFAULTS.get(name)
        for code, declared in self._coded(arguments.get("code"), scope):
            statuses: Iterable[Any] = (known or declared.status,) if declared else (known,)
            messages: Iterable[Any] = (declared.message,) if declared else ()
            if not declared and "status" in arguments:
                statuses = self._values(arguments["status"], scope)
            if not declared or _attribute(arguments.get("message")) != "message":
                messages = self._values(arguments.get("message"), scope)
            texts = [each for each in messages if isinstance(each, str)] or [""]
            yield from (
                Said(code, status, text)
                for status in statuses
                for text in texts
                if isinstance(status, int)
            )

    def _branches(
        self, call: ast.Call, arguments: Iterable[ast.expr], scope: _Scope
    ) -> Iterator[_Scope]:
        """Yield what is known in each branch before a call that sets local variables for it.

        Variables that are set together in one branch are read together; one that is set in the
        block of the call, or in branches inside of that, has no other values there.
        """
        function = scope.function
        names = {each.id for each in arguments if isinstance(each, ast.Name)} - set(scope.given)
        if function is None:
            yield scope
            return
        around = _blocks_around(function, call)
        here: dict[str, frozenset[Any]] = {}
        apart: list[dict[int, dict[str, frozenset[Any]]]] = []
        for name in sorted(names):
            by_block = _assigned(function, name)
            near = next((each for each in around if each in by_block), None)
            if near is not None:
                inside = _blocks_inside(function, near)
                nodes = (each for block in by_block if block in inside for each in by_block[block])
                here[name] = self._any(nodes, scope)
            elif len(by_block) > 1:
                apart.append(
                    {block: {name: self._any(found, scope)} for block, found in by_block.items()}
                )
        common = set.intersection(*map(set, apart)) if apart else set()
        chosen = [[each[block] for each in apart] for block in sorted(common)] or [[]]
        for there in chosen:
            given = {name: values for each in there for name, values in each.items()}
            yield _Scope(scope.module, function, {**scope.given, **here, **given})

    def _any(self, nodes: Iterable[ast.expr], scope: _Scope) -> frozenset[Any]:
        return frozenset().union(*(self._values(each, scope, 1) for each in nodes))

    def _coded(self, node: ast.expr | None, scope: _Scope) -> Iterator[tuple[str, Said | None]]:
        """Yield the codes that an expression may be, with the errors that declare them, if any."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            declared = self._named(node.value.id, scope, 0)
            found = [each for each in declared if isinstance(each, Said)]
            if found:
                yield from ((each.code, each) for each in found)
                return
        yield from ((each, None) for each in self._values(node, scope) if isinstance(each, str))

    def _given(
        self, call: ast.Call, home: _Module, function: ast.FunctionDef, scope: _Scope
    ) -> dict[str, frozenset[Any]]:
        """Return what a call gives to the arguments of a function of a module."""
        every = function.args
        positional = [*every.posonlyargs, *every.args]
        if positional and positional[0].arg == "self":
            positional = positional[1:]
        expressions: dict[str, ast.expr] = {}
        at_home = _Scope(home)
        given: dict[str, frozenset[Any]] = {}
        for argument, default in zip(reversed(every.args), reversed(every.defaults), strict=False):
            given[argument.arg] = self._values(default, at_home)
        for argument, default_ in zip(every.kwonlyargs, every.kw_defaults, strict=True):
            given[argument.arg] = self._values(default_, at_home)
        expressions |= {a.arg: value for a, value in zip(positional, call.args, strict=False)}
        expressions |= {each.arg: each.value for each in call.keywords if each.arg is not None}
        return given | {name: self._values(each, scope) for name, each in expressions.items()}

    def _function(self, func: ast.expr, scope: _Scope) -> tuple[_Module, ast.FunctionDef] | None:
        """Find a function of the repository that an expression names."""
        match func:
            case ast.Name(id=name):
                module = scope.module
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                module = scope.module
            case ast.Attribute(value=ast.Name(id=base), attr=name):
                target = self._module(scope.module, base)
                if target is None:
                    return None
                module = target
            case _:
                return None
        for _ in range(_LARGEST):
            if name in module.functions:
                return module, module.functions[name]
            origin, original = module.imports.get(name, ("", ""))
            if origin not in self._modules:
                return None
            module, name = self._modules[origin], original
        return None

    def _module(self, module: _Module, name: str) -> _Module | None:
        """Return the module that a name stands for in another one."""
        origin, original = module.imports.get(name, ("", ""))
        return self._modules.get(f"{origin}.{original}")

    def _values(self, node: ast.expr | None, scope: _Scope, depth: int = 0) -> frozenset[Any]:
        """Return what an expression may be: texts, numbers, errors; nothing where it is unknown."""
        if node is None or depth > 2 * _LARGEST:
            return frozenset()
        match node:
            case ast.Constant(value=value):
                return frozenset({value})
            case ast.JoinedStr(values=values):
                parts = (each.value if isinstance(each, ast.Constant) else GAP for each in values)
                return frozenset({"".join(str(each) for each in parts)})
            case ast.IfExp(body=body, orelse=other):
                return self._values(body, scope, depth) | self._values(other, scope, depth)
            case ast.BoolOp(values=values):
                return frozenset().union(*(self._values(each, scope, depth) for each in values))
            case ast.Name(id=name):
                return self._named(name, scope, depth)
            case ast.Attribute(value=ast.Name(id=base), attr=attr):
                target = self._module(scope.module, base)
                if target is not None:
                    return self._named(attr, _Scope(target), depth + 1)
                return frozenset(
                    getattr(each, attr)
                    for each in self._named(base, scope, depth)
                    if isinstance(each, Said) and hasattr(each, attr)
                )
            case ast.Call(func=func) if _name_of(func) == "ErrorCode":
                return frozenset(self._said(node, scope))
            case ast.Call(func=ast.Attribute(value=text, attr="format")):
                return self._values(text, scope, depth)
            case ast.Dict(values=values):
                return frozenset().union(*(self._values(each, scope, depth) for each in values))
            case ast.Subscript(value=value):
                return self._values(value, scope, depth)
            case _:
                return frozenset()

    def _named(self, name: str, scope: _Scope, depth: int) -> frozenset[Any]:
        """Return what a name may be: an argument, a local variable, a constant, an import."""
        if name in scope.given:
            return scope.given[name]
        if scope.function is not None:
            assigned = [each for some in _assigned(scope.function, name).values() for each in some]
            if assigned:
                found = (self._values(each, scope, depth + 1) for each in assigned)
                return frozenset().union(*found)
        module = scope.module
        if name in module.constants:
            return self._values(module.constants[name], _Scope(module), depth + 1)
        origin, original = module.imports.get(name, ("", ""))
        if origin in self._modules and depth <= 2 * _LARGEST:
            return self._named(original, _Scope(self._modules[origin]), depth + 1)
        return frozenset()


def _read(name: str, path: Path) -> _Module:
    module = _Module(name, ast.parse(path.read_text(encoding="utf-8"), str(path)))
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=constant)], value=value):
                module.constants[constant] = value
            case ast.AnnAssign(target=ast.Name(id=constant), value=ast.expr() as value):
                module.constants[constant] = value
    for each in ast.walk(module.tree):
        if isinstance(each, ast.FunctionDef):
            module.functions.setdefault(each.name, each)
        elif isinstance(each, ast.ImportFrom) and each.module is not None:
            for alias in each.names:
                module.imports[alias.asname or alias.name] = (each.module, alias.name)
    return module


@functools.cache
def _calls(tree: ast.AST) -> tuple[tuple[ast.Call, ast.FunctionDef | None], ...]:
    """Return the calls in a tree, each with the function around it; the tree may be one itself."""

    def walk(
        node: ast.AST, around: ast.FunctionDef | None
    ) -> Iterator[tuple[ast.Call, ast.FunctionDef | None]]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Call):
                yield child, around
            yield from walk(child, child if isinstance(child, ast.FunctionDef) else around)

    return tuple(walk(tree, tree if isinstance(tree, ast.FunctionDef) else None))


@functools.cache
def _assigned(function: ast.FunctionDef, name: str) -> Mapping[int, tuple[ast.expr, ...]]:
    """Return what is assigned to a local variable of a function, by the block that does so."""
    found: dict[int, tuple[ast.expr, ...]] = {}
    for number, block in enumerate(_blocks(function)):
        for node in block:
            values: tuple[ast.expr, ...] = ()
            match node:
                case ast.Assign(targets=targets, value=value):
                    values = tuple(part for each in targets for part in _parts(each, value, name))
                case ast.AnnAssign(target=ast.expr() as target, value=ast.expr() as value):
                    values = tuple(_parts(target, value, name))
            if values:
                found[number] = (*found.get(number, ()), *values)
    return found


@functools.cache
def _blocks(function: ast.FunctionDef) -> tuple[list[ast.stmt], ...]:
    """Return the lists of statements of a function, each before those inside of it."""
    return tuple(
        block
        for node in ast.walk(function)
        for name in ("body", "orelse", "finalbody")
        if isinstance(block := getattr(node, name, None), list) and block
    )


def _blocks_around(function: ast.FunctionDef, call: ast.Call) -> list[int]:
    """Return the numbers of the blocks that a call stands in, the innermost first."""
    return [
        number
        for number, block in reversed(list(enumerate(_blocks(function))))
        if any(each is call for node in block for each in ast.walk(node))
    ]


@functools.cache
def _blocks_inside(function: ast.FunctionDef, outer: int) -> frozenset[int]:
    """Return the numbers of a block and of all that are inside of it."""
    blocks = _blocks(function)
    nodes = {id(each) for node in blocks[outer] for each in ast.walk(node)}
    return frozenset(number for number, block in enumerate(blocks) if id(block[0]) in nodes)


def _parts(target: ast.expr, value: ast.expr, name: str) -> Iterator[ast.expr]:
    match target, value:
        case ast.Name(id=found), _ if found == name:
            yield value
        case ast.Tuple(elts=targets), ast.Tuple(elts=values):
            for inner, part in zip(targets, values, strict=False):
                yield from _parts(inner, part, name)


def _attribute(node: ast.expr | None) -> str:
    return node.attr if isinstance(node, ast.Attribute) else ""


def _name_of(func: ast.expr) -> str:
    match func:
        case ast.Name(id=name):
            return name
        case ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
