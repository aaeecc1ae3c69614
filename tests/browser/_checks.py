"""What must hold for a page in a browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from skpar import Phrases
from skpar.report._tables import people_of
from skpar.report.page.what_if._words import Words

from ._cases import Case
from ._chrome import Browser

_MOVES = (Path(__file__).parent / "_moves.js").read_text(encoding="utf-8")
_LARGEST = 2**20
_EXACT = 1e-6
_POINT = 0.005


@dataclass(frozen=True)
class Visit:
    """One person's pages in a browser.

    `found` collects what is wrong, and `counts` what was looked at.
    """

    chrome: Browser
    case: Case
    report: Any
    folder: Path
    name: str
    axe: str | None

    def what_if(self, n_positions: int, seed: int, counts: Counter[str]) -> list[str]:
        """Open the page on which the person tries values."""
        path = self.folder / f"{self.name}.html"
        self.case.par.what_if(self.report).to_html(path, self.case.wording, self.name)
        found = [f"console: {text}" for text in self.chrome.open(path)]
        if path.stat().st_size > _LARGEST:
            found.append(f"the file has {path.stat().st_size} bytes")
        kibibytes = path.stat().st_size // 1024
        counts["largest page in KiB"] = max(counts["largest page in KiB"], kibibytes)
        self.chrome.save(self.folder / f"{self.name}.png")
        found += self._audit()
        found += self._sliders()
        found += self._positions(n_positions, seed, counts)
        found += self._options(counts)
        found += self._difficulty()
        return found + [f"console: {text}" for text in self.chrome.complaints()]

    def static(self, counts: Counter[str]) -> list[str]:
        """Open the page that is handed out, and print it."""
        path = self.folder / f"{self.name}_static.html"
        self.report.to_html(path, self.case.wording)
        found = [f"static console: {text}" for text in self.chrome.open(path)]
        self.chrome.save(self.folder / f"{self.name}_static.png")
        n_pages = self.chrome.n_printed_pages()
        counts["printed pages"] = max(counts["printed pages"], n_pages)
        if n_pages != 1:
            found.append(f"static: prints to {n_pages} pages")
        return found + [f"static {text}" for text in self._audit()]

    def _audit(self) -> list[str]:
        """Look for barriers with axe-core."""
        return [] if self.axe is None else self.chrome.audit(self.axe)

    def _words(self) -> dict[str, str]:
        """Texts of the page."""
        return Words(self.case.wording.phrases or Phrases()).texts

    def _sliders(self) -> Iterator[str]:
        """Move every slider with the keyboard."""
        n = self.chrome.run(
            "return [...document.querySelectorAll('input[type=range]')]"
            ".map((one, k) => { one.id = 'slider' + k; return one.id; }).length"
        )
        for k in range(n):
            before = self.chrome.run("return skparPage.row()")
            at, last = self.chrome.run(
                f"const one = document.getElementById('slider{k}');"
                "return [Number(one.value), Number(one.max)]"
            )
            self.chrome.press(
                f"#slider{k}", "ARROW_RIGHT" if at < last else "ARROW_LEFT"
            )
            if self.chrome.run("return skparPage.row()") == before:
                yield f"slider {k} does not move"
        self.chrome.run("document.getElementById('start').click()")

    def _positions(
        self, n_positions: int, seed: int, counts: Counter[str]
    ) -> Iterator[str]:
        """Compare random positions with Python."""
        seen = self.chrome.run(_MOVES, seed, n_positions)
        par, words = self.case.par, self._words()
        codes = self._codes([one["row"] for one in seen])
        person = people_of(self.report)
        people = person[np.zeros(len(codes), dtype=np.int64)]
        feasible = par._actionability.is_feasible(people, codes)
        table = par.schema_.decode(codes)
        accepted = np.isin(self.case.clf.predict(table), par.favorable_label_)
        plausibility = par._parts.objective.plausibility
        log_density = plausibility.log_density(codes)
        percentile = plausibility.percentile(log_density)
        log_density -= plausibility.log_units(codes)
        is_exact = self.chrome.run("return skparPage.decision.isExact")
        agrees = np.array([one["accepts"] for one in seen]) == accepted
        counts["positions"] += len(seen)
        counts["allowed"] += int(feasible.sum())
        counts["accepted"] += int((feasible & accepted).sum())
        counts["other decisions"] += int((~agrees).sum())
        counts["exact pages"] += int(is_exact)
        for k, one in enumerate(seen):
            if (one["broken"] == 0) != feasible[k]:
                yield f"rules: {one['broken']} broken, in Python {feasible[k]}: {one}"
            key = "accepts" if one["accepts"] else "denies"
            key += "" if one["isSure"] else "_maybe"
            expected = words[key if feasible[k] else "not_allowed"]
            if one["text"] != expected:
                yield f"says {one['text']!r} instead of {expected!r}: {one['row']}"
            if one["isSure"] and not agrees[k]:
                yield f"decision: {one['accepts']}, predict {accepted[k]}: {one['row']}"
            gap = abs(one["logDensity"] - log_density[k])
            if gap > _EXACT * max(1.0, abs(log_density[k])):
                yield f"log-density {one['logDensity']}, in Python {log_density[k]}"
            if abs(one["percentile"] - percentile[k]) > _POINT:
                yield f"percentile {one['percentile']}, in Python {percentile[k]}"

    def _options(self, counts: Counter[str]) -> Iterator[str]:
        """Load every option: it is what the report has, and it is accepted."""
        n = self.chrome.run(
            "return document.querySelectorAll('#options button').length"
        )
        answered = [one for one in self.report.options if one.answered[0]]
        if n != len(answered):
            yield f"{n} options on the page, {len(answered)} in the report"
        for k, one in enumerate(answered):
            self.chrome.run(
                "[...document.querySelectorAll('#options button')]"
                f".find((one) => one.closest('li').value === {k + 1}).click()"
            )
            codes = self._codes([self.chrome.run("return skparPage.row()")])
            if not np.array_equal(codes[0], one.codes_after[0], equal_nan=True):
                yield f"option {k + 1} loads another row"
            text = self.chrome.run(
                "return document.getElementById('decision').textContent"
            )
            counts["options"] += 1
            if text != self._words()["accepts"]:
                yield f"option {k + 1}: {text}"
            if k == 0:
                self.chrome.save(self.folder / f"{self.name}_option.png")

    def _difficulty(self) -> Iterator[str]:
        """Mark every feature as impossible: all locked, all options struck out."""
        locked, struck, left = self.chrome.run(
            "for (const one of document.querySelectorAll('.difficulty select')) {"
            "  one.value = 'impossible'; one.dispatchEvent(new Event('change')); }"
            "const inputs = [...document.querySelectorAll('#controls input,"
            " #controls .line select')];"
            "return [inputs.every((one) => one.disabled),"
            " document.querySelectorAll('#options li.struck').length,"
            " skparPage.controls.changed(skparPage.row()).length]"
        )
        answered = sum(bool(one.answered[0]) for one in self.report.options)
        if not locked or left or struck != answered:
            yield f"impossible: locked {locked}, {struck} struck, {left} changes left"

    def _codes(self, rows: list[list[Any]]) -> np.ndarray:
        """Turn rows of the page into codes."""
        columns = self.case.par.schema_.columns
        codes = np.full((len(rows), len(columns)), np.nan)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if cell is not None:
                    codes[i, j] = columns[j].code_of(cell)
        return codes
