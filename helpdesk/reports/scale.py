"""The scale that durations are counted on, and medians and percentiles from such counts. Plain rules: no database.

A duration is counted in a bucket a tenth longer than the one before, and told as the bucket's geometric middle. So
a percentile of many durations comes from sums, is the sum of any days, and is at most `MOST_ERROR` (4.9 %) away from
the same percentile of the durations themselves; below one second it is told as 0.
"""

from bisect import bisect_right
from collections.abc import Mapping
from math import ceil, sqrt

GROWTH = 1.1
MOST_ERROR = sqrt(GROWTH) - 1
# From one second to some twelve years; whatever takes longer is in the last bucket.
BUCKETS = 208
_STARTS = tuple(GROWTH**place for place in range(BUCKETS))


def bucket(seconds: float) -> int:
    """The bucket of a duration: 0 for less than a second, and for one that a clock set back has made negative."""
    return bisect_right(_STARTS, seconds)


def seconds(bucket: int) -> float:
    """What a duration of this bucket is told as."""
    return 0.0 if bucket <= 0 else _STARTS[min(bucket, BUCKETS) - 1] * sqrt(GROWTH)


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The seconds that `share` (0.5 is the median) of the durations do not exceed; None without any.

    By nearest rank: of four durations the median is the second.
    """
    rank = max(1, ceil(share * sum(counts.values())))
    for place in sorted(counts):
        rank -= counts[place]
        if rank <= 0:
            return seconds(place)
    return None


def between(counts: Mapping[int, int], bounds: tuple[float, ...]) -> list[int]:
    """How many durations lie below the first bound, between each two, and above the last, by their bucket's middle."""
    parts = [0] * (len(bounds) + 1)
    for place, times in counts.items():
        parts[bisect_right(bounds, seconds(place))] += times
    return parts
