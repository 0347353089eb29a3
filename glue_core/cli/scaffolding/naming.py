"""Names: what follows from the one name that somebody gives to a new distribution."""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 40
"""Letters of a name at most: generated lines then stay within the width of a line."""

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Name:
    """A name as words, in lower case.

    Attributes:
        words: The words, at least one.
    """

    words: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> Name:
        """Read a name whose words are joined by hyphens or underscores.

        Raises:
            ValueError: It is none; the message says why, and what would be one.
        """
        if not _NAME.fullmatch(text):
            near = "-".join(re.findall("[a-z0-9]+", _HUMP.sub("-", text).lower()))
            hint = f" Try {near!r}." if _NAME.fullmatch(near) else ""
            raise ValueError(
                f"{text!r} is no name: use lower-case letters and digits, begin with a letter, and "
                f"join words with '-' or '_'.{hint}"
            )
        if len(text) > LONGEST:
            raise ValueError(
                f"{text!r} has {len(text)} letters. Use {LONGEST} at most: module names and "
                f"addresses are made of it."
            )
        return cls(tuple(re.split("[-_]", text)))

    def without(self, *ending: str) -> Name:
        """Return the name without some last words, where it has them and others before."""
        size = len(ending)
        if len(self.words) > size and self.words[-size:] == ending:
            return Name(self.words[:-size])
        return self

    def joined(self, *more: str | Name) -> Name:
        """Return the name with further words behind it."""
        words = [each.words if isinstance(each, Name) else (each,) for each in more]
        return Name(self.words + tuple(word for part in words for word in part))

    @property
    def snake(self) -> str:
        """As folders and packages are called: ``blog_posts``."""
        return "_".join(self.words)

    @property
    def kebab(self) -> str:
        """As types and distributions are called: ``blog-posts``."""
        return "-".join(self.words)

    @property
    def camel(self) -> str:
        """As classes are called: ``BlogPosts``."""
        return "".join(word.capitalize() for word in self.words)

    @property
    def constant(self) -> str:
        """As constants are called: ``BLOG_POSTS``."""
        return self.snake.upper()

    @property
    def text(self) -> str:
        """As people write it: ``blog posts``."""
        return " ".join(self.words)

    @property
    def looks_singular(self) -> bool:
        """Whether the last word has no ``s`` at its end, as most plurals do."""
        return not self.words[-1].endswith("s")
