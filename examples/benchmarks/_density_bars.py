"""The bars of the density, each with what was measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from _density_detected import Detected
from _density_records import LABELS, Quality

OVER_INDEPENDENT = {
    ("adult", 0): 1.0,
    ("adult", 1): 0.8,
    ("give_me_some_credit", 0): 0.5,
    ("give_me_some_credit", 1): 0.5,
}
UNDER_MIXTURE = -0.05
CORRUPTION_AIM = 0.62
DETECTION_AIM = 0.80  # on adult
RIVALS = ("independent", "mixture", "GaussianMixture", "KernelDensity")


@dataclass(frozen=True)
class Bar:
    """A bar, what was measured, and whether the bar is met."""

    claim: str
    measured: str
    met: bool

    def __str__(self) -> str:
        """Write it in one line."""
        return f"{'PASS' if self.met else 'FAIL'}  {self.claim:<70}{self.measured}"


def _over(claim: str, mean: float, error: float, bar: float) -> Bar:
    """Bar on a paired difference: the whole 95% interval must be above."""
    low, high = mean - 1.96 * error, mean + 1.96 * error
    measured = f"{mean:.3f} [{low:.3f}, {high:.3f}]"
    return Bar(f"{claim} >= {bar:g} nat", measured, low >= bar)


def quality_bars(name: str, quality: Quality) -> list[Bar]:
    """Bars of one table on log-density and corruption."""
    bars = []
    for label, label_name in enumerate(LABELS):
        where = f"{name} {label_name}"
        bar = OVER_INDEPENDENT.get((name, label), 0.0)
        mean, error = quality.over("independent", label)
        bars.append(_over(f"{where}: over independent", mean, error, bar))
        mean, error = quality.over("mixture", label)
        bars.append(_over(f"{where}: over mixture", mean, error, UNDER_MIXTURE))
    if name == "adult":
        # GaussianMixture was chosen by this test, which leaves out how likely the
        # corrupted column is on its own. The detection test takes its place.
        rivals = [rival for rival in RIVALS if rival != "GaussianMixture"]
        bars += [_corruption(quality, rival, j) for j in (0, 1) for rival in rivals]
        bars += [_corruption_aim(quality, label) for label in (0, 1)]
    return bars


def detection_bars(name: str, detected: Detected) -> list[Bar]:
    """Bars of one table on the detection test."""
    ours, mixture = detected.mean("HCLT"), detected.mean("mixture")
    claim = f"{name}: detection above the shallow mixture"
    bars = [Bar(claim, f"{ours:.3f} against {mixture:.3f}", ours > mixture)]
    if name == "adult":
        claim = f"adult: detection >= {DETECTION_AIM:g}"
        bars.append(Bar(claim, f"{ours:.3f}", ours >= DETECTION_AIM))
    return bars


def _corruption(quality: Quality, rival: str, label: int) -> Bar:
    """Bar on the corruption test against one rival."""
    mean, error = quality.corruption_over(rival, label)
    claim = f"adult {LABELS[label]}: corruption over {rival} by >= 2 errors"
    measured = f"{mean:+.4f} +- {error:.4f} = {mean / error:+.1f} errors"
    return Bar(claim, measured, mean >= 2 * error)


def _corruption_aim(quality: Quality, label: int) -> Bar:
    """Aim of the corruption test."""
    mean, error = quality.corruption("HCLT", label)
    claim = f"adult {LABELS[label]}: corruption, aim >= {CORRUPTION_AIM}"
    return Bar(claim, f"{mean:.4f} +- {error:.4f}", mean >= CORRUPTION_AIM)


def cost_bars(
    seconds: float, forward: float, both: float, wide: float, memory: dict[int, float]
) -> list[Bar]:
    """Bars on time and memory."""
    small, large = memory[200_000], memory[1_000_000]

    def at_most(claim: str, value: float, bar: float, unit: str) -> Bar:
        return Bar(f"{claim} <= {bar:g} {unit}", f"{value:.1f} {unit}", value <= bar)

    return [
        at_most("adult: fit both classes", seconds, 6, "CPU s"),
        at_most("adult: forward", forward, 15, "us per row"),
        at_most("adult: forward and backward", both, 30, "us per row"),
        at_most("fit 100 columns x 20,000 rows", wide, 20, "CPU s"),
        at_most("peak memory at 1,000,000 x 20", large, 1024, "MiB"),
        Bar(
            "peak memory at 1,000,000 x 20 within 10% of that at 200,000",
            f"{large:.1f} / {small:.1f} MiB = {large / small:.2f}",
            large <= 1.1 * small,
        ),
    ]


def calibration_bar(name: str, label: int, ratios: list[float]) -> Bar:
    """Bar on percentiles: distances from uniform over their limits."""
    kept = sum(ratio <= 1.0 for ratio in ratios)
    return Bar(
        f"{name} {LABELS[label]}: percentiles uniform in >= 90% of splits",
        f"{kept} of {len(ratios)}, distance / limit {np.mean(ratios):.2f} on average, "
        f"{max(ratios):.2f} at most",
        kept >= 0.9 * len(ratios),
    )
