"""The result of a verification: its findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True)
class Finding:
    """One thing that a verification found wrong, or could not check.

    Parameters
    ----------
    check : str
        What was checked: ``"format"``, ``"schema"``, ``"digest"``, ``"signature"``,
        ``"table"``, ``"policy"``, ``"classifier"``, ``"training"``, ``"cells"``,
        ``"status"``, ``"decision"``, ``"feasibility"``, ``"demands"``, ``"changes"``,
        ``"region"`` or ``"robustness"``.
    text : str
        What is wrong, or why it was not checked.
    label : object, default=None
        Label of the person; None if it is about the whole record.
    option : int, default=None
        Number of the option, from 0; None if it is about no option.
    failed : bool, default=True
        False for what was not checked.

    Examples
    --------
    >>> from skpar import Finding
    >>> print(Finding("decision", "the classifier denies it", "person 3", 0))
    decision, 'person 3', option 0: the classifier denies it
    """

    check: str
    text: str
    label: Any = None
    option: int | None = None
    failed: bool = True

    def __str__(self) -> str:
        """Write the finding in one line."""
        place = self.check
        if self.label is not None:
            place += f", {self.label!r}"
        if self.option is not None:
            place += f", option {self.option}"
        return f"{place}: {'' if self.failed else 'not checked, because '}{self.text}"


@dataclass(frozen=True, repr=False)
class Verification:
    """The result of :func:`skpar.verify`.

    Parameters
    ----------
    findings : tuple of Finding
        What is wrong, and what was not checked.

    Examples
    --------
    >>> from skpar import Finding, Verification
    >>> result = Verification((Finding("digest", "the record was changed"),))
    >>> result.ok
    False
    >>> result
    <Verification: 1 failed
    digest: the record was changed>
    """

    findings: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether no check failed. See `not_checked` for what was left out."""
        return not self.failed

    @property
    def failed(self) -> tuple[Finding, ...]:
        """Findings of checks that failed."""
        return tuple(one for one in self.findings if one.failed)

    @property
    def not_checked(self) -> tuple[Finding, ...]:
        """What was not checked, with the reasons."""
        return tuple(one for one in self.findings if not one.failed)

    def to_frame(self) -> pd.DataFrame:
        """List the findings.

        Returns
        -------
        frame : DataFrame of shape (n_findings, 5)
            ``check``, ``label``, ``option``, ``failed`` and ``text``.
        """
        names = ["check", "label", "option", "failed", "text"]
        lines = [[getattr(one, name) for name in names] for one in self.findings]
        frame = pd.DataFrame(lines, columns=names, dtype=object)
        return frame.astype({"failed": bool})

    def __repr__(self) -> str:
        """Count the findings, and show the first ten."""
        counts = [f"{len(self.failed)} failed"] if self.failed else ["ok"]
        if self.not_checked:
            counts.append(f"{len(self.not_checked)} not checked")
        lines = [", ".join(counts), *map(str, self.findings[:10])]
        if len(self.findings) > 10:
            lines.append(f"and {len(self.findings) - 10} more")
        return f"<Verification: {chr(10).join(lines)}>"
