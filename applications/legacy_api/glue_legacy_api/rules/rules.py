"""The rules of a shop: found in folders, put in layers, compiled for each store."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from glue_core import ConfigurationError
from glue_legacy_api.rules.compiling import Check, Compiler, collection
from glue_legacy_api.rules.constraints import BUILT_IN
from glue_legacy_api.rules.documents import Located, Problems, read_python, read_yaml
from glue_legacy_api.rules.messages import MISSING, UNEXPECTED
from glue_legacy_api.rules.values import Broken, Constraint, RuleFile

SUFFIX: Final = ".validation.yaml"
METHODS: Final = ("post", "patch")

Key = tuple[str, str]
"""A type and a method in lower case."""

_ATTRIBUTES: Final[Mapping[str, object]] = {
    "allowExtraFields": True,
    "allowMissingFields": False,
    "extraFieldsMessage": UNEXPECTED,
    "missingFieldsMessage": MISSING,
}


@dataclass(frozen=True, slots=True)
class _Layer:
    """Rules that are worth the same: what comes in a later layer replaces what is here.

    Attributes:
        store: The store that it is for; None for all.
        files: What the files say.
    """

    store: str | None
    files: Sequence[Located]


class Rules:
    """The compiled rules; a request looks up a store and its type and method, and nothing else."""

    def __init__(
        self, general: Mapping[Key, Check], stores: Mapping[str, Mapping[Key, Check]]
    ) -> None:
        """Take compiled rules.

        Args:
            general: For every store without rules of its own.
            stores: All rules of the stores that have some of their own.
        """
        self._general = general
        self._stores = stores
        self._keys = frozenset(general).union(*stores.values())

    @classmethod
    def read(
        cls,
        directories: Sequence[Path],
        stores: Sequence[str] = (),
        *,
        shipped: Sequence[RuleFile] = (),
        constraints: Sequence[Constraint] = (),
    ) -> Rules:
        """Read and compile all rules.

        Args:
            directories: Folders of the shop; files in a later one win. They are searched with
                everything below them.
            stores: Names of the stores; folders of these names have rules for one store.
            shipped: Rule files of plugins; those of the shop win.
            constraints: Constraints of plugins; one with the name of a built-in one replaces it.

        Raises:
            ConfigurationError: Something is wrong in the files; names all of it.
        """
        problems = Problems()
        layers = _shipped_layers(shipped, problems)
        for directory in directories:
            layers += _layers_of(directory, stores, problems)
        compiler = Compiler(_known(constraints), problems)
        general, own = _compiled(layers, compiler, problems)
        if lines := problems.lines():
            found = "\n".join(lines)
            raise ConfigurationError(f"The rules for request validation cannot be used.\n{found}")
        return cls(general, own)

    def has(self, type_name: str, method: str) -> bool:
        """Return whether there is any rule for a type and method, in whatever store."""
        return (type_name, method.lower()) in self._keys

    def check(
        self, type_name: str, method: str, store: str | None, attributes: Mapping[str, object]
    ) -> list[Broken]:
        """Return every rule that a request breaks, in the order of the attributes in the files.

        Args:
            type_name: Type of the resource.
            method: HTTP method, in any case. Only POST and PATCH have rules.
            store: Name of the store; None where there are no stores.
            attributes: Attributes of the request. Those without rules pass.
        """
        rules = self._general if store is None else self._stores.get(store, self._general)
        check = rules.get((type_name, method.lower()))
        found: list[Broken] = []
        if check is not None:
            check(attributes, "", found)
        return found


def _known(constraints: Sequence[Constraint]) -> Mapping[str, Constraint]:
    """Put the constraints of plugins to the others; two of one name are an error."""
    own: dict[str, Constraint] = {}
    for each in constraints:
        if each.name in own:
            raise ConfigurationError(
                f"Two constraints for request validation have the name {each.name!r}. Give one of "
                "them another name, or uninstall its plugin."
            )
        own[each.name] = each
    return {**BUILT_IN, **own}


def _shipped_layers(shipped: Sequence[RuleFile], problems: Problems) -> list[_Layer]:
    """Put the files of plugins in layers: those for all stores, then those of each store."""
    by_store: dict[str | None, list[Located]] = {None: []}
    for each in sorted(shipped, key=lambda file: file.name):
        by_store.setdefault(each.store, []).extend(_read(each, problems))
    return [_Layer(store, files) for store, files in by_store.items()]


def _read(file: RuleFile, problems: Problems) -> list[Located]:
    if isinstance(file.content, bytes):
        read = read_yaml(file.name, file.content, problems)
        return [] if read is None else [read]
    return [read_python(file.name, file.content, problems)]


def _layers_of(directory: Path, stores: Sequence[str], problems: Problems) -> list[_Layer]:
    """Put the files of a folder in layers: those for all stores, then those of each store."""
    if not directory.is_dir():
        problems.add_line(str(directory), None, "There is no such folder.")
        return []
    paths = sorted(directory.rglob(f"*{SUFFIX}"))
    if not paths:
        problems.add_line(
            str(directory), None, f"No file in this folder ends with {SUFFIX!r}. Name another one."
        )
    by_store: dict[str | None, list[Located]] = {None: []}
    for path in paths:
        store = store_of(path.relative_to(directory), stores)
        try:
            content = path.read_bytes()
        except OSError as error:
            problems.add_line(str(path), None, f"The file cannot be read: {error.strerror}.")
            continue
        by_store.setdefault(store, []).extend(_read(RuleFile(str(path), content), problems))
    return [_Layer(store, files) for store, files in by_store.items()]


def store_of(path: Path, stores: Sequence[str]) -> str | None:
    """Return the store that a file is for, by the folders it is in; None for all stores.

    A folder is a store's if it has its name, or is a module's with the store's name behind it, such
    as ``CartsRestApiDE``.
    """
    for folder in reversed(path.parts[:-1]):
        for store in sorted(stores, key=len, reverse=True):
            if folder == store or re.fullmatch(rf".*[a-z0-9]{re.escape(store)}", folder):
                return store
    return None


def _compiled(
    layers: Sequence[_Layer], compiler: Compiler, problems: Problems
) -> tuple[Mapping[Key, Check], Mapping[str, Mapping[Key, Check]]]:
    checked = [(layer.store, _merged_layer(layer, problems)) for layer in layers]
    own_stores = [store for store, _ in checked if store is not None]
    general = _compile(_for_store(checked, None), compiler)
    stores = {store: _compile(_for_store(checked, store), compiler) for store in own_stores}
    return general, stores


_Attributes = dict[str, Located]


def _merged_layer(layer: _Layer, problems: Problems) -> dict[Key, _Attributes]:
    """Join the files of a layer; two that rule one attribute in different ways are an error."""
    found: dict[Key, _Attributes] = {}
    for file in layer.files:
        for key, attributes in _sections(file, problems):
            rules = found.setdefault(key, {})
            for name, node in attributes.items():
                first = rules.setdefault(name, node)
                if first is not node and first.plain != node.plain:
                    _report_conflict(key, name, first, node, problems)
    return found


def _report_conflict(
    key: Key, name: str, first: Located, second: Located, problems: Problems
) -> None:
    place = first.file if first.line is None else f"{first.file}:{first.line}"
    problems.add(
        second,
        f"{name!r} of {key[0]!r}, {key[1]!r} has other rules in {place}, and neither file comes "
        "first. Remove one, or name their folders one after the other. Is one of them for a store "
        "that is not known?",
    )


def _sections(file: Located, problems: Problems) -> list[tuple[Key, Mapping[str, Located]]]:
    found: list[tuple[Key, Mapping[str, Located]]] = []
    for type_name, methods in _mapping(file, "A rule file has resource types", problems).items():
        said = _mapping(methods, f"{type_name!r} has 'post' and 'patch'", problems)
        for method, attributes in said.items():
            if method not in METHODS:
                problems.add(
                    attributes,
                    f"Rules of {type_name!r} are for {method!r}, which is never asked. "
                    "Write 'post' or 'patch', in lower case.",
                )
                continue
            expected = f"{method!r} of {type_name!r} has attributes"
            found.append(((type_name, method), _mapping(attributes, expected, problems)))
    return found


def _mapping(node: Located, expected: str, problems: Problems) -> Mapping[str, Located]:
    if isinstance(node.value, Mapping):
        return node.value
    if node.value is not None:
        problems.add(node, f"{expected}, each with a colon behind it.")
    return {}


def _for_store(
    layers: Sequence[tuple[str | None, Mapping[Key, _Attributes]]], store: str | None
) -> Mapping[Key, _Attributes]:
    """Merge the layers of a store by type, method and attribute.

    Within one folder of the shop what is for one store comes after what is for all, so the layers
    of one folder after the other are in order already.
    """
    merged: dict[Key, _Attributes] = {}
    for of_store, sections in layers:
        if of_store not in (None, store):
            continue
        for key, attributes in sections.items():
            merged.setdefault(key, {}).update(attributes)
    return merged


def _compile(sections: Mapping[Key, _Attributes], compiler: Compiler) -> Mapping[Key, Check]:
    compiled: dict[Key, Check] = {}
    for key, attributes in sections.items():
        # An attribute without any rules is how a project takes those of a module away.
        ruled = [
            (name, node) for name, node in attributes.items() if node.value not in (None, [], {})
        ]
        if ruled:
            fields = [compiler.field(name, node) for name, node in ruled]
            compiled[key] = collection(fields, _ATTRIBUTES)
    return compiled
