"""``python -m docs.making`` writes the pages that are made from the code."""

from __future__ import annotations

import sys

from docs.making import PAGES, stale, write

if __name__ == "__main__":
    if "--check" in sys.argv[1:]:
        names = stale()
        sys.exit(f"Run 'python -m docs.making': {', '.join(names)} is old." if names else 0)
    for name in PAGES:
        write(name)
