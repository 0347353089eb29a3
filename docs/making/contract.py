"""The page of the rules by which two documents are compared."""

from __future__ import annotations

from glue_core.openapi.comparing.rules import GROUPS, LEVELS, Rule, Side

INTRODUCTION = """\
# Rules of the contract

How [`glue contract`](contract.md) classifies what differs between two documents. What a client
sends may become more without harm, and must not become less; with what it receives it is the other
way round. So a rule has two levels where it is about something that may be sent and received.

| level | a client |
| --- | --- |
"""

NOTES = """
This page is made from the code: `python -m docs.making` writes it. The order of what has no order,
the names of shared parts, and another spelling of the same schema are no change.
"""


def page() -> str:
    """Return the page."""
    lines = [INTRODUCTION.rstrip("\n")]
    lines += [f"| {level.word} | {text} |" for level, text in LEVELS.items()]
    lines.append(NOTES.rstrip("\n"))
    for name, rules in GROUPS.items():
        sides = [side for side in Side if any(side in rule.verdicts for rule in rules)]
        heads = [_heading(side) for side in sides]
        lines += ["", f"## {name}", "", f"| rule | what differs | {' | '.join(heads)} |"]
        lines.append("| --- | --- |" + " --- |" * len(sides))
        for rule in rules:
            cells = [_cell(rule, side) for side in sides]
            lines.append(f"| `{rule.name}` | {rule.about} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _heading(side: Side) -> str:
    return {Side.SENT: "where clients send it", Side.RECEIVED: "where they receive it"}.get(
        side, "a client"
    )


def _cell(rule: Rule, side: Side) -> str:
    """Return level and notice; nothing where a rule cannot be on a side."""
    verdict = rule.verdicts.get(side)
    return "-" if verdict is None else f"**{verdict.level.word}**: {verdict.notice}"
