"""Local ids: names that operations give to what they create, for those that come after."""

from __future__ import annotations

from typing import Any


class LocalIds:
    """The ids of what was created so far, by type and local id.

    Attributes:
        replaced: Pointers, in the document of the present operation, to the ids that stand where
            the client wrote a local one.
    """

    def __init__(self) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        self.replaced: set[str] = set()

    def find(self, type_: object, lid: object) -> str | None:
        """Return the id of what was created with a local id, or None where nothing was."""
        if isinstance(type_, str) and isinstance(lid, str):
            return self._ids.get((type_, lid))
        return None

    def add(self, type_: str, lid: str, id_: str) -> None:
        """Remember what was created."""
        self._ids[type_, lid] = id_

    def resolved(self, data: Any, *, creates: bool) -> Any:
        """Return the data of an operation with ids in place of known local ones.

        A local id that nothing was created with stays: whoever reads the data says so.

        Args:
            data: The value of ``data``: a resource, an identifier, a list of them, or null.
            creates: Whether it is a new resource, whose own local id is not looked up.
        """
        self.replaced = set()
        if isinstance(data, list):
            return [self._identifier(each, f"/data/{n}") for n, each in enumerate(data)]
        if not isinstance(data, dict):
            return data
        whole = data if creates else self._identifier(data, "/data")
        held = data.get("relationships")
        if isinstance(held, dict):
            related = {name: self._relationship(each, name) for name, each in held.items()}
            whole = {**whole, "relationships": related}
        return whole

    def _relationship(self, value: Any, name: str) -> Any:
        if not isinstance(value, dict) or "data" not in value:
            return value
        data = value["data"]
        start = f"/data/relationships/{name}/data"
        if isinstance(data, list):
            found: Any = [self._identifier(each, f"{start}/{n}") for n, each in enumerate(data)]
        else:
            found = self._identifier(data, start)
        return {**value, "data": found}

    def _identifier(self, value: Any, pointer: str) -> Any:
        if not isinstance(value, dict) or "lid" not in value or "id" in value:
            return value
        id_ = self.find(value.get("type"), value["lid"])
        if id_ is None:
            return value
        self.replaced.add(f"{pointer}/id")
        return {"id": id_, **{name: each for name, each in value.items() if name != "lid"}}
