"""What the rules of request validation are told, and what they answer."""

from __future__ import annotations

import importlib.resources
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from glue_core import GlueError

STATUS = 422
CODE = "901"

Test = Callable[[object], "str | None"]
"""Looks at one value; returns the message of a broken rule, or None."""

Reader = Callable[[object], object]
"""Reads the value of an option; raises ValueError with what is expected instead."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One rule that a request breaks.

    Attributes:
        path: The attribute; names and indexes inside it are joined with dots.
        message: What is wrong, for the client.
    """

    path: str
    message: str

    def as_error(self) -> GlueError:
        """Return the error that a client of the old application knows."""
        return GlueError(status=STATUS, code=CODE, message=f"{self.path} => {self.message}")


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a constraint.

    Attributes:
        read: Turns what a file says into what the constraint gets.
        default: What the constraint gets where a file says nothing, or null.
        required: Whether a file has to say it.
    """

    read: Reader
    default: object = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Constraint:
    """A kind of rule that files name.

    Attributes:
        name: How files write it.
        compile: Makes the test out of the options, once, at start-up. A ValueError that it raises
            is reported with the file and the line.
        options: Every option by its name, beside ``groups`` and ``payload``.
        bare: Option that a value stands for which is no mapping of options, as in ``Type: string``;
            None where a constraint has no such form.
    """

    name: str
    compile: Callable[[Mapping[str, object]], Test]
    options: Mapping[str, Option] = field(default_factory=dict)
    bare: str | None = None


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule file that a plugin ships. The files of a shop come later and win.

    Attributes:
        name: What errors call it, such as ``glue_carts_api/carts.validation.yaml``.
        content: The YAML text in bytes, or the same rules as Python values.
        store: The one store that it is for; None for all.
    """

    name: str
    content: bytes | Mapping[str, object]
    store: str | None = None

    @classmethod
    def at(cls, path: Path, store: str | None = None) -> RuleFile:
        """Read a file.

        Raises:
            OSError: There is no such file.
        """
        return cls(str(path), path.read_bytes(), store)

    @classmethod
    def of_package(cls, package: str, name: str, store: str | None = None) -> RuleFile:
        """Read a file that a package contains.

        Args:
            package: Dotted name of the package, such as ``glue_carts_api``.
            name: Path of the file inside it, with slashes.
            store: The one store that it is for; None for all.

        Raises:
            OSError: The package has no such file.
        """
        source = importlib.resources.files(package).joinpath(name)
        return cls(f"{package}/{name}", source.read_bytes(), store)
