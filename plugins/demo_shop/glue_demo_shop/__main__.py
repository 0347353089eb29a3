"""``python -m glue_demo_shop DIRECTORY``: write the shop as an import directory."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from glue_core import ConfigurationError
from glue_demo_shop import PRODUCTS, write_shop


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the shop and return the exit code: 0, or 1 where it could not be written.

    Args:
        arguments: Command line without the program's name; that of the process by default.
    """
    parser = argparse.ArgumentParser(
        prog="python -m glue_demo_shop", description="Write an invented shop for 'glue import'."
    )
    parser.add_argument("directory", type=Path, help="folder that is empty or does not exist")
    parser.add_argument(
        "--products", type=int, default=PRODUCTS, help="abstract products, from 1 to 1000000"
    )
    parser.add_argument("--seed", type=int, default=1, help="another seed makes another shop")
    chosen = parser.parse_args(arguments)
    try:
        write_shop(chosen.directory, chosen.products, chosen.seed)
    except (ConfigurationError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{chosen.products} products are in {chosen.directory}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
