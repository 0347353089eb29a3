"""What the tests of rules share: rules out of a few lines, and the start that fails."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glue_core import ConfigurationError
from glue_legacy_api.rules import Constraint, RuleFile, Rules

Judge = Callable[..., list[str]]
Refuse = Callable[..., str]
Write = Callable[..., Path]


def rules_of(constraints: str, own: tuple[Constraint, ...] = ()) -> Rules:
    """Compile rules for the attribute ``a`` of a POST of ``things``."""
    lines = "\n".join(f"      {line}" for line in constraints.strip("\n").splitlines())
    content = f"things:\n  post:\n    a:\n{lines}\n".encode()
    return Rules.read([], shipped=[RuleFile("things.validation.yaml", content)], constraints=own)


@pytest.fixture
def judge() -> Judge:
    """Judge a value by constraints; what is broken, as clients see it."""

    def check(constraints: str, value: object, own: tuple[Constraint, ...] = ()) -> list[str]:
        broken = rules_of(constraints, own).check("things", "post", None, {"a": value})
        return [str(each.as_error().message) for each in broken]

    return check


@pytest.fixture
def refuse() -> Refuse:
    """Start with constraints that cannot be used; the error's text."""

    def start(constraints: str) -> str:
        with pytest.raises(ConfigurationError) as caught:
            rules_of(constraints)
        return str(caught.value)

    return start


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file below a folder of the test; the folder."""

    def create(name: str, content: str | bytes, folder: str = "shop") -> Path:
        path = tmp_path / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path / folder

    return create
