"""The tutorials, followed in an empty directory as their reader follows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.install.tutorial import Reader, changed, parts

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHECKOUT = "/path/to/glue"
FOLLOWING = "What else there is already"
MOST = 10
PAGES = ("tutorial.md", "tutorial-convention.md", "tutorial-application.md")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader who gets the packages from the checkout, as the page says."""
    directory = tmp_path_factory.mktemp("tutorial")
    found = Reader.in_directory(directory)
    try:
        found.run(f"export PIP_CONSTRAINT={ROOT / 'constraints.txt'}")
        [wheels] = [each for each in parts(DOCS / "tutorial.md") if each.mark == "wheels"]
        assert CHECKOUT in wheels.text
        found.run(wheels.text.replace(CHECKOUT, str(ROOT)))
        yield found
    finally:
        found.close()


def test_tutorial_needs_ten_commands() -> None:
    """Everything up to the answer of the own resource is typed in ten commands."""
    text = (DOCS / "tutorial.md").read_text(encoding="utf-8")
    ahead = text.partition(FOLLOWING)[0]

    typed = [line for line in ahead.splitlines() if line.startswith("$ ")]

    assert typed[-1].startswith("$ curl")
    assert 0 < len(typed) <= MOST


def test_command_that_fails_is_told(tmp_path: Path) -> None:
    """A reader whose command ends with another code than 0 does not go on."""
    reader = Reader.in_directory(tmp_path)
    try:
        reader.run("echo fine")
        assert reader.printed.strip() == "fine"
        with pytest.raises(AssertionError, match="no such file"):
            reader.run("echo no such file; false")
    finally:
        reader.close()


def test_what_is_not_printed_is_told(tmp_path: Path) -> None:
    """A line that a page shows and the command does not print is a mistake of the page."""
    page = tmp_path / "page.md"
    page.write_text("```console tutorial\n$ echo one\ntwo\n```\n", encoding="utf-8")
    reader = Reader.in_directory(tmp_path)
    try:
        with pytest.raises(AssertionError, match="echo one"):
            reader.follow(page)
    finally:
        reader.close()


@pytest.mark.parametrize(
    ("text", "difference"), [("a\nb\n", "-c\n+d\n"), ("a\nb\na\nb\n", " a\n-b\n+c\n")]
)
def test_change_of_no_or_several_places_is_none(text: str, difference: str) -> None:
    """A difference that a reader could not place is told."""
    with pytest.raises(AssertionError, match="times in the file"):
        changed(text, difference)


def test_change_takes_the_place_of_what_it_names() -> None:
    """Lines with a plus stand where those with a minus were, below those that lead there."""
    assert changed("a\nb\nc\n", " a\n-b\n+d\n+e\n") == "a\nd\ne\nc\n"


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_tutorial_does_what_it_says(reader: Reader, page: str) -> None:
    """Each command ends with 0 and prints what is shown; the later pages go on in one directory."""
    reader.follow(DOCS / page)
