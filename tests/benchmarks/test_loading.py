"""What load generators print, and what they are told."""

import pytest

from benchmarks.loading import Load, Refused, ab_said, lua, wrk_said

WRK = """Running 4s test @ http://127.0.0.1:8000
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.60ms    1.20ms  20.00ms   95.00%
    Req/Sec     5.14k   300.00     6.00k    80.00%
  Latency Distribution
     50%  900.00us
     75%    1.80ms
     90%    2.20ms
     99%    1.02s
  20456 requests in 4.00s, 15.00MB read
{more}Requests/sec:   5114.25
Transfer/sec:      3.75MB
"""
AB = """Concurrency Level:      8
Complete requests:      20000
Failed requests:        {failed}
{more}Requests per second:    4999.50 [#/sec] (mean)

Percentage of the requests served within a certain time (ms)
  50%      2
  99%     17
 100%     31 (longest request)
"""


@pytest.mark.parametrize(
    ("said", "milliseconds"), [("900.00us", 0.9), ("1.50ms", 1.5), ("2.00s", 2000.0)]
)
def test_wrk(said: str, milliseconds: float) -> None:
    """Rate, median and the last hundredth are read, in milliseconds whatever the unit."""
    text = WRK.format(more="").replace("900.00us", said)

    assert wrk_said(text) == Load(5114.25, milliseconds, 1020.0)


@pytest.mark.parametrize(
    "more",
    [
        "  Non-2xx or 3xx responses: 12\n",
        "  Socket errors: connect 0, read 1, write 0, timeout 0\n",
    ],
)
def test_wrk_with_failures(more: str) -> None:
    """Answers that are no success are not counted as answers."""
    with pytest.raises(Refused):
        wrk_said(WRK.format(more=more))


def test_wrk_that_says_something_else() -> None:
    """What cannot be read is no figure."""
    with pytest.raises(Refused):
        wrk_said("Requests/sec: 12\n")


def test_ab() -> None:
    """The same is read of ab."""
    assert ab_said(AB.format(failed=0, more="")) == Load(4999.5, 2.0, 17.0)


@pytest.mark.parametrize(
    ("failed", "more"), [(3, ""), (0, "Non-2xx responses:      5\n")], ids=["failed", "refused"]
)
def test_ab_with_failures(failed: int, more: str) -> None:
    """Failures of ab are no figures either."""
    with pytest.raises(Refused):
        ab_said(AB.format(failed=failed, more=more))


def test_script_names_every_target() -> None:
    """The script asks for all targets, in their order."""
    script = lua(["/products/001", "/products?page%5Blimit%5D=20"])

    assert script.index('"/products/001"') < script.index('"/products?page%5Blimit%5D=20"')
