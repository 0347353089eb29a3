"""The view: for whom a document is, and the schemas that its operations share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from marshmallow import EXCLUDE

from glue_core.openapi.fragment import JsonSchema
from glue_core.openapi.naming import pascal
from glue_core.security.authorization import exists_for
from glue_core.security.lens import Lens, Model
from glue_core.spelling import snake_case as spell_snake

if TYPE_CHECKING:
    from glue_core.openapi.schemas import Converter
    from glue_core.operation import Operation
    from glue_core.settings import Settings

SCHEMAS = "#/components/schemas/"

Grants = frozenset[str] | None
"""What somebody holds who asks for documentation; None sees everything."""


class View:
    """What one document shows, and to whom. What its caller may not know is not in it.

    Attributes:
        settings: The settings of the deployment.
        grants: What the caller holds; None for a document of everything.
        schemas: The shared schemas, by name.
    """

    def __init__(self, settings: Settings, grants: Grants = None) -> None:
        """Start a document without operations.

        Args:
            settings: The settings of the deployment.
            grants: What the caller holds; None for a document of everything.
        """
        self.settings = settings
        self.grants = grants
        self.schemas: dict[str, JsonSchema] = {}
        self._assigned: dict[tuple[str, object], str] = {}
        self._kept: list[object] = []
        self._models: dict[int, Model] = {}
        self._reached: dict[tuple[int, str, int | None], tuple[str, ...]] = {}
        self._label = ""

    @contextmanager
    def variant(self, label: str) -> Iterator[None]:
        """Tell declarations of one name apart by a version or a store, while they are described.

        Args:
            label: End of their names, where others have the same.
        """
        before, self._label = self._label, label
        try:
            yield
        finally:
            self._label = before

    # Who may know what.

    def may_call(self, operation: Operation) -> bool:
        """Say whether the caller may call an operation; what only a request tells is not known."""
        if self.grants is None or operation.access is None:
            return True
        access, grants = operation.access, self.grants
        guards = access.protections_of(operation)
        return all(access.may_admit(each, grants) for each in guards) and exists_for(
            operation, grants
        )

    def lens(self, operation: Operation, type_: str | None = None) -> Lens | None:
        """Return what the caller sees of a type, that of the operation by default.

        Returns:
            The lens; None where there is no such type for the operation.
        """
        type_ = operation.type if type_ is None else type_
        model = operation.model
        if model is None or type_ is None or type_ not in model:
            return None
        if self.grants is not None:
            return model.lens(type_, self.grants)
        whole = self._models.get(id(model))
        if whole is None:
            whole = self._models[id(model)] = model.unrestricted()
            self._kept.append(model)
        return whole.lens(type_)

    def reachable(self, operation: Operation, depth: int | None = None) -> tuple[str, ...]:
        """Return the types that relationships lead to from the type of an operation, in order.

        Args:
            operation: The operation.
            depth: Number of steps at most; None follows all.
        """
        model = operation.model
        if model is None or operation.type is None:
            return ()
        key = (id(model), operation.type, depth)
        if operation.is_linkage or key not in self._reached:
            only = operation.relationship if operation.is_linkage else None
            name = None if only is None else only.name
            found = tuple(sorted(self._follow(operation, depth, name)))
            if only is not None:
                return found
            self._reached[key] = found
            self._kept.append(model)
        return self._reached[key]

    def _follow(self, operation: Operation, depth: int | None, only: str | None) -> set[str]:
        found: set[str] = set()
        level = {operation.type or ""}
        steps = 0
        while level and (depth is None or steps < depth):
            following = set()
            for type_ in level:
                lens = self.lens(operation, type_)
                for name, each in (lens.relationships if lens is not None else {}).items():
                    if steps == 0 and only is not None and name != only:
                        continue
                    following.add(each.target)
            level = following - found
            found |= following
            steps += 1
        return found

    # Shared schemas.

    def share(self, name: str, key: object, make: Callable[[], JsonSchema]) -> JsonSchema:
        """Return a reference to a shared schema, which is made when it is first asked for.

        Args:
            name: Name, such as ``AbstractProductsAttributes``.
            key: What tells it apart from others that would like the same name.
            make: Makes it; it may refer to itself.
        """
        assigned = self._assigned.get((name, key))
        if assigned is None:
            assigned = self._free(name)
            self._assigned[name, key] = assigned
            self.schemas[assigned] = {}
            self.schemas[assigned] = make()
        return {"$ref": SCHEMAS + assigned}

    def meta(self) -> JsonSchema:
        """Return the schema of facts beside a document, of which any may be there."""
        return self.share("Meta", None, lambda: {"type": "object", "additionalProperties": True})

    def _free(self, name: str) -> str:
        if name not in self.schemas:
            return name
        name += self._label
        number, found = 1, name
        while found in self.schemas:
            number += 1
            found = f"{name}{number}"
        return found

    def key_of(self, operation: Operation, type_: str | None = None) -> object:
        """Return what tells the documents of a type apart from those of other declarations.

        Two stores or versions that have the same of a type and of all that is related to it share
        its documents.
        """
        type_ = operation.type if type_ is None else type_
        lens = self.lens(operation, type_)
        model = operation.model
        if lens is None or model is None or type_ is None:
            return None
        seen: set[str] = set()
        waiting, found = [type_], []
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            held = self.lens(operation, each)
            if held is None:
                continue
            related = sorted(held.relationships.items())
            found.append(
                (each, held.schema, held.attributes, tuple((n, id(r)) for n, r in related))
            )
            waiting += [relationship.target for _, relationship in related]
        return tuple(sorted(found, key=lambda each: each[0]))

    def attributes(
        self,
        operation: Operation,
        type_: str | None = None,
        *,
        snake_case: bool = False,
        empty_map: JsonSchema | None = None,
    ) -> JsonSchema:
        """Return the attributes of a type as answers show them to the caller.

        Args:
            operation: The operation.
            type_: The type; that of the operation by default.
            snake_case: Whether declared names are in snake case.
            empty_map: What the convention writes for an object without members among their values;
                None where that is an object like others.
        """
        lens = self.lens(operation, type_)
        if lens is None:
            return {"type": "object"}
        name = pascal(lens.type) + "Attributes" + ("Snake" if snake_case else "")
        make = self._converter(takes=False, snake_case=snake_case, empty_map=empty_map)
        return self.share(
            name,
            (lens.schema, lens.attributes, empty_map is None),
            lambda: make.object_of(lens.schema(), lens.attributes, owner=pascal(lens.type)),
        )

    def body(
        self, operation: Operation, *, snake_case: bool = False, closed: bool | None = None
    ) -> JsonSchema | None:
        """Return the attributes that the body of an operation may have, or None for no schema.

        Args:
            operation: The operation.
            snake_case: Whether declared names are in snake case.
            closed: Whether a body with another attribute is refused; None asks the schema.
        """
        kind, lens = operation.body, self.lens(operation)
        if kind is None:
            return None
        schema = kind()
        names: tuple[str, ...] | None = None
        if operation.schema is None and lens is not None:
            names = lens.writable
            if operation.ruled is not None:
                added = (field.data_key or n for n, field in schema.load_fields.items())
                names = tuple(n for n in added if n in lens.writable or n not in lens.attributes)
        partial = operation.is_partial
        words = {"post": "Create", "patch": "Update", "put": "Replace"}
        owner = pascal(operation.type or operation.place)
        name = owner + words.get(operation.method, pascal(operation.method)) + "Attributes"
        make = self._converter(takes=True, partial=partial, snake_case=snake_case)
        is_closed = kind.opts.unknown != EXCLUDE if closed is None else closed
        return self.share(
            name + ("Snake" if snake_case else ""),
            (kind, names, partial, is_closed),
            lambda: make.object_of(schema, names, closed=is_closed, owner=owner),
        )

    def property_of(self, operation: Operation, name: str) -> JsonSchema:
        """Return the schema of one attribute of the operation's type; any value for none."""
        lens = self.lens(operation)
        if lens is None:
            return {}
        by_name = {field.data_key or n: field for n, field in lens.schema().fields.items()}
        if name not in by_name:
            return {}
        return self._converter(takes=False).property_of(by_name[name])

    def _converter(
        self,
        *,
        takes: bool,
        partial: bool = False,
        snake_case: bool = False,
        empty_map: JsonSchema | None = None,
    ) -> Converter:
        # It brings apispec with it, which nobody needs who only declares what a step describes.
        from glue_core.openapi.schemas import Converter

        return Converter(
            self.share,
            takes=takes,
            partial=partial,
            spell=spell_snake if snake_case else None,
            empty_map=empty_map,
        )
