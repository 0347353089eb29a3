"""Refuse names that could not be those of a package."""

import re
import sys

for name in ["{{ cookiecutter.name }}"]:
    if not re.fullmatch('[a-z][a-z0-9]*(_[a-z0-9]+)*', name):
        sys.exit(f"{name!r} is no name, such as 'lines'.")
