"""Tallying: what a shadow has seen is counted, and told in the log so that it stays readable."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from glue_core.comparing import BODY, HEADER, STATUS, Difference, Expected

LOG = logging.getLogger("glue.shadow")

TOLD = 20
"""Paths that one line of the log names."""
MOST_PLACES = 2000
"""Pairs of place and pattern that are counted apart; clients must not fill the memory."""
OTHERS = ("(others)", "(others)")
HARMLESS = frozenset({STATUS, BODY, f"{HEADER}content-type", f"{HEADER}content-language"})
"""Paths whose values tell of nobody, so that the log may have them."""

Where = tuple[str, str]
"""An operation, such as ``GET /carts/{carts_id}``, and the pattern of what differs there."""

Missed = Literal["dropped", "late", "failed", "cut"]


@dataclass(frozen=True, slots=True)
class ShadowReport:
    """What a shadow has seen since its process began.

    Attributes:
        application: Name of the application that answers.
        shadow: Name of the one that is run beside it.
        compared: Answers that were compared; the next three are these.
        equal: Answers that were alike.
        expected: Answers that differed only where it is expected.
        differing: Answers that differed elsewhere.
        dropped: Requests that nothing was run for, since too many waited.
        late: Requests whose time was over before there was anything to compare.
        failed: Requests for which the shadow raised.
        cut: Answers that the client did not take to the end.
        differences: How often something differed, by operation and pattern.
        expected_differences: The same for what is expected.
    """

    application: str
    shadow: str
    compared: int = 0
    equal: int = 0
    expected: int = 0
    differing: int = 0
    dropped: int = 0
    late: int = 0
    failed: int = 0
    cut: int = 0
    differences: Mapping[Where, int] = field(default_factory=dict)
    expected_differences: Mapping[Where, int] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return it for people: the numbers, then what differs, the most frequent first."""
        lines = [
            f"{self.shadow!r} beside {self.application!r}: {self.compared} compared, "
            f"{self.equal} equal, {self.expected} as expected, {self.differing} differ; "
            f"{self.dropped} dropped, {self.late} late, {self.failed} failed, {self.cut} cut"
        ]
        counted = sorted(self.differences.items(), key=lambda each: (-each[1], each[0]))
        lines.extend(f"  {count:>6}  {place}  {what}" for (place, what), count in counted[:TOLD])
        if len(counted) > TOLD:
            lines.append(f"  and {len(counted) - TOLD} more places")
        return lines


class Tally:
    """Counts what one shadow sees, and tells it; shared by threads."""

    def __init__(
        self,
        application: str,
        shadow: str,
        *,
        expected: Expected,
        by_start: Mapping[str, Expected],
        report_seconds: float,
    ) -> None:
        """Start with nothing.

        Args:
            application: Name of the application that answers.
            shadow: Name of the one that is run beside it.
            expected: What may differ everywhere.
            by_start: What may differ as well, by the first segments of paths.
            report_seconds: Time between two reports in the log.
        """
        self._names = (application, shadow)
        self._always = expected
        self._by_start = by_start
        self._report_seconds = report_seconds
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._differences: Counter[Where] = Counter()
        self._expected: Counter[Where] = Counter()
        self._reported = time.monotonic()

    def missed(self, why: Missed, number: int = 1) -> None:
        """Count requests that could not be compared."""
        if number:
            with self._lock:
                self._counts[why] += number

    def compared(
        self, place: str, start: str, differences: Iterable[Difference], request_id: str
    ) -> None:
        """Count what differs between two answers, and tell what nobody expects.

        Args:
            place: The operation.
            start: First segment of the path.
            differences: What differs.
            request_id: Id of the request.
        """
        own = self._by_start.get(start)
        told: list[Difference] = []
        expected: list[Difference] = []
        for each in differences:
            is_expected = self._always.covers(each) or (own and own.covers(each))
            (expected if is_expected else told).append(each)
        with self._lock:
            self._counts["compared"] += 1
            kind = "differing" if told else "expected" if expected else "equal"
            self._counts[kind] += 1
            _add(self._expected, place, expected)
            is_new = _add(self._differences, place, told)
        if not told:
            return
        # The log stays readable: what was told before is told again to those alone who ask for it.
        level = logging.WARNING if is_new else logging.INFO
        LOG.log(level, "Request %s: %s: %s", request_id, place, _listed(told))
        if LOG.isEnabledFor(logging.DEBUG):
            for each in told:
                LOG.debug("Request %s: %s: %s -> %s", request_id, each.path, *each.values)

    def report(self) -> ShadowReport:
        """Return what was seen until now."""
        with self._lock:
            return ShadowReport(
                application=self._names[0],
                shadow=self._names[1],
                **self._counts,
                differences=dict(self._differences),
                expected_differences=dict(self._expected),
            )

    def tell_now_and_then(self) -> None:
        """Tell what was seen, where the time for it has come."""
        with self._lock:
            now = time.monotonic()
            if now - self._reported < self._report_seconds:
                return
            self._reported = now
        self.tell()

    def tell(self) -> None:
        """Tell what was seen, if anything was."""
        report = self.report()
        if not self._counts:
            return
        is_clean = not (report.differing or report.failed)
        LOG.log(logging.INFO if is_clean else logging.WARNING, "\n".join(report.lines()))


def _add(counter: Counter[Where], place: str, differences: Iterable[Difference]) -> bool:
    """Count patterns, each once; say whether one of them is new."""
    is_new = False
    for pattern in dict.fromkeys(each.pattern for each in differences):
        where = (place, pattern)
        if where not in counter:
            is_new = True
            if len(counter) >= MOST_PLACES:
                where, is_new = OTHERS, OTHERS not in counter
        counter[where] += 1
    return is_new


def _listed(differences: list[Difference]) -> str:
    """Write differences for the log: values only where they tell of nobody."""
    texts = []
    for each in differences[:TOLD]:
        if each.path in HARMLESS:
            texts.append(f"{each.path}: {each.values[0]} -> {each.values[1]}")
        else:
            texts.append(f"{each.path} {each.kind}")
    rest = len(differences) - TOLD
    return ", ".join(texts) + (f", and {rest} more" if rest > 0 else "")
