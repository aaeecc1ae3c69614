"""The verification of a record: damage, forgery, classifier, rules and people."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...actionability import Actionability, Derived, LevelPrices
from ...classifier import BlackBox, stage
from ...table import TableSchema, as_python
from ._checks import (
    check_changes,
    check_decisions,
    check_demands,
    check_rules,
    check_statuses,
)
from ._findings import Finding, Verification
from ._fingerprints import (
    are_equal,
    classifier_hash,
    digest_of,
    draw_rows,
    sha256,
    signature_of,
    table_hash,
)
from ._format import RecordError, read_record, record_schema
from ._recorded import RecordedPeople, read_people
from ._region_checks import check_regions
from .plain import NotStored, find_faults, plain_rules, rules_of, schema_of, value_of


@stage("the verification of a record")
def verify(
    record: Any,
    clf: Any,
    *,
    key: bytes | str | None = None,
    actionability: Mapping[Hashable, Any] | None = None,
    links: Sequence[Any] | None = None,
    X: Any = None,
) -> Verification:
    """Check a record of recourse against a classifier.

    Parameters
    ----------
    record : str, bytes, path or dict
        What :meth:`RecourseReport.to_json` wrote: its text, a file, or the data.
        Nothing in it is executed.
    clf : classifier
        A fitted classifier: the one that was explained, or the one of today.
    key : bytes or str, default=None
        The secret that signed the record. None leaves its signature unchecked.
    actionability : dict, default=None
        The rules of today, as for :class:`PARRecourse`. It is a finding if they are not
        those of the record. None compares nothing.
    links : list, default=None
        The links of today. Their functions replace those that a record cannot hold.
    X : DataFrame or array-like of shape (n_samples, n_features), default=None
        The training table, to be compared with its fingerprint.

    Returns
    -------
    verification : Verification
        ``ok`` is True if no check failed. ``findings`` names each failed check with its
        person and option, and what was not checked.

    Raises
    ------
    TypeError
        If `clf` is no classifier, or `key` is neither bytes nor a string.
    NotFittedError
        If `clf` is not fitted.
    OSError
        If the file cannot be read.

    See Also
    --------
    RecourseReport.to_json : Writes a record.
    PARRecourse.assess : Judges rows of any origin.

    Notes
    -----
    The checks are: the record has the schema of its version; the digest shows that
    nothing in it was changed; with `key`, the signature shows that its author had the
    key; `clf` has the fingerprint of the classifier that was explained; the person of
    each status is accepted or denied, and each recourse is accepted as demanded; each
    recourse keeps rules, links, relations and limits; percentile and effort are as
    demanded; the list of changes is that of the cells; the classifier denies no row
    drawn in a region.

    Anybody can compute a digest. Only the signature notices a forger who computes it
    anew. Measures such as effort and percentile depend on the training table, so they
    are compared with the demands and not computed again.

    Examples
    --------
    >>> from sklearn.base import clone
    >>> from skpar import PARRecourse, verify
    >>> from skpar.datasets import make_loans
    >>> X, y = make_loans(120, random_state=0)
    >>> par = PARRecourse(max_iter=2, random_state=0).fit(X, y)
    >>> text = par.recourse(X[:20]).to_json()
    >>> verify(text, par.estimator_)
    <Verification: ok>
    >>> other = clone(par.estimator_).fit(X[:60], y[:60])
    >>> sorted({finding.check for finding in verify(text, other).failed})
    ['classifier', 'decision']
    >>> verify(text.replace('"found"', '"accepted"', 1), par.estimator_).ok
    False
    """
    try:
        content = read_record(record)
    except RecordError as error:
        return Verification((Finding("format", f"this is no record: {error}"),))
    findings = list(_check_seals(content, key))
    faults = _faults(content)
    if faults:
        findings += [Finding("schema", fault) for fault in faults]
        return Verification(tuple(findings))
    return Verification(
        (*findings, *_check_content(content, clf, actionability, links, X))
    )


@dataclass(frozen=True, eq=False)
class _Recorded:
    """The objects of a record, read back.

    Parameters
    ----------
    content : mapping
        The record.
    schema : TableSchema
        Schema of its table.
    actionability : Actionability
        Its rules, links and relations.
    skipped : list of Derived
        Links with a function that is not stored.
    """

    content: Mapping[str, Any]
    schema: TableSchema
    actionability: Actionability
    skipped: list[Any]

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters of the estimator."""
        written = self.content["fit"]["parameters"]
        return {name: value_of(value) for name, value in written.items()}

    @property
    def favorable(self) -> list[Any]:
        """The favorable labels."""
        return [value_of(one) for one in self.content["classifier"]["favorable"]]


def _faults(content: Any) -> list[str]:
    """Compare a record with its schema."""
    try:
        return find_faults(content, record_schema())
    except RecursionError:
        return ["record: it is nested too deeply"]


def _check_seals(
    content: Mapping[str, Any], key: bytes | str | None
) -> Iterator[Finding]:
    """Check digest and signature."""
    digest = content.get("digest")
    if not isinstance(digest, str) or not are_equal(digest, digest_of(content)):
        text = "the record was changed after it was written, or is damaged"
        yield Finding("digest", text)
    signature = content.get("signature")
    if key is None:
        if signature is not None:
            yield Finding("signature", "no key was given", failed=False)
        return
    expected = signature_of(content, key)
    if signature is None:
        yield Finding("signature", "the record is not signed")
    elif not isinstance(signature, str) or not are_equal(signature, expected):
        text = "the record was not signed with this key, or changed afterwards"
        yield Finding("signature", text)


def _check_content(
    content: Mapping[str, Any], clf: Any, rules: Any, links: Any, X: Any
) -> Iterator[Finding]:
    """Check what a record that has its schema says."""
    findings, recorded = _read_parts(content, links)
    yield from findings
    if recorded is None:
        return
    yield from _check_policy(recorded, rules, links)
    yield from _check_training(recorded, X)
    yield from _check_people(recorded, clf)


def _read_parts(
    content: Mapping[str, Any], links: Any
) -> tuple[list[Finding], _Recorded | None]:
    """Read schema, rules and links; say which of them cannot be read."""
    # A forged part may make any function fail, so that all errors are findings.
    try:
        schema = schema_of(content["table"])
    except Exception as error:
        return [Finding("table", f"the columns cannot be read: {error}")], None
    try:
        rules, stored = rules_of(content["rules"])
        stored = [_with_function(link, links or ()) for link in stored]
        kept = {
            name: [rule for rule in some if not _is_priced_by_function(rule)]
            for name, some in rules.items()
        }
        able = Actionability(schema, kept, stored)
    except Exception as error:
        return [Finding("policy", f"the rules cannot be read: {error}")], None
    skipped = [link for link in stored if _function_is_missing(link)]
    return [
        Finding(
            "feasibility",
            f"the function of {link!r} is not stored; pass it in links",
            failed=False,
        )
        for link in skipped
    ], _Recorded(content, schema, able, skipped)


def _with_function(link: Any, given: Sequence[Any]) -> Any:
    """Complete a link without its function by the same link of the user."""
    if not _function_is_missing(link):
        return link
    for one in given:
        if isinstance(one, Derived) and _plain_link(one) == _plain_link(link):
            return replace(link, function=one.function)
    return link


def _function_is_missing(link: Any) -> bool:
    """Whether a link has a function that is not stored."""
    return isinstance(link, Derived) and isinstance(link.function, NotStored)


def _is_priced_by_function(rule: Any) -> bool:
    """Whether a rule has prices that are not stored; prices restrict nothing."""
    return isinstance(rule, LevelPrices) and isinstance(rule.prices, NotStored)


def _plain_link(link: Any) -> Any:
    """Write one link as plain data."""
    return plain_rules({}, [link])["links"][0]


def _check_policy(recorded: _Recorded, rules: Any, links: Any) -> Iterator[Finding]:
    """Check the fingerprint of rules and links, and compare them with others."""
    stored = recorded.content["rules"]
    plain = {name: stored[name] for name in ("actionability", "links")}
    if not are_equal(sha256(plain), stored["sha256"]):
        text = "rules or links are not those that were in force: another fingerprint"
        yield Finding("policy", text)
    before = _in_words(plain)
    # Columns of the given rules may have other names, such as positions.
    schema = recorded.schema
    written = {} if rules is None else Actionability(schema, rules).written
    now = _in_words(plain_rules(written, links or ()))
    compared = [rules is not None, links is not None]
    for is_compared, old, new in zip(compared, before, now, strict=True):
        if not is_compared:
            continue
        for one in old:
            if one not in new:
                yield Finding("policy", f"{one} was in force, and is not today")
        for one in new:
            if one not in old:
                yield Finding("policy", f"{one} is in force today, and was not then")


def _in_words(plain: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Write plain rules and links in words, so that they can be compared and read."""
    rules, links = rules_of(plain)
    texts = [f"{name!r}: {rule!r}" for name, some in rules.items() for rule in some]
    return texts, [repr(link) for link in links]


def _check_training(recorded: _Recorded, X: Any) -> Iterator[Finding]:
    """Compare a training table with its fingerprint."""
    if X is None:
        return
    expected = recorded.content["training"]
    try:
        codes = recorded.schema.encode(X)
    except ValueError as error:
        yield Finding("training", f"the table is not that of the fit: {error}")
        return
    if not are_equal(table_hash(codes), expected["sha256"]):
        text = f"the table is not that of the fit, which had {expected['n_rows']} rows"
        yield Finding("training", text)


def _check_people(recorded: _Recorded, clf: Any) -> Iterator[Finding]:
    """Check the people, and the classifier with them."""
    content, schema = recorded.content, recorded.schema
    try:
        people = read_people(content, schema, recorded.favorable)
    except Exception as error:  # a forged part may make any function fail
        yield Finding("cells", f"the people cannot be read: {error}")
        return
    for label, option, text in people.problems:
        yield Finding("cells", text, label, option)
    yield from check_statuses(people)
    yield from check_changes(people, schema)
    yield from check_rules(people, recorded.actionability, recorded.skipped)
    parameters = recorded.parameters
    yield from check_demands(people, parameters.get("min_percentile") or 0.0)
    if parameters.get("min_robustness") is not None:
        text = "the refits are not stored"
        yield Finding("robustness", text, failed=False)
    yield from _check_classifier(recorded, people, clf)


def _check_classifier(
    recorded: _Recorded, people: RecordedPeople, clf: Any
) -> Iterator[Finding]:
    """Check fingerprint and decisions of a classifier."""
    schema, expected = recorded.schema, recorded.content["classifier"]
    box = BlackBox(clf, schema, recorded.favorable)
    fingerprint = expected["fingerprint"]
    rows = draw_rows(schema, fingerprint["n_rows"], fingerprint["seed"])
    try:
        box.check(people.people.codes if len(people.people) else rows)
    except ValueError as error:
        if isinstance(error, AttributeError):  # a NotFittedError
            raise
        yield Finding("classifier", f"it is another one: {error}")
        return
    classes = [as_python(one) for one in getattr(clf, "classes_", ())]
    yield from _check_fingerprint(box, expected, classes)
    try:
        box = _with_probabilities(box, people, recorded.parameters, rows)
    except ValueError as error:
        yield Finding("demands", str(error))
        return
    yield from check_decisions(people, box)
    yield from check_regions(people, recorded.actionability, box)


def _check_fingerprint(
    box: BlackBox, expected: Mapping[str, Any], classes: list[Any]
) -> Iterator[Finding]:
    """Compare a classifier with the fingerprint of the one that was explained."""
    fingerprint = expected["fingerprint"]
    known = [value_of(one) for one in expected["classes"]]
    if classes and classes != known:
        text = f"it is another one: its labels are {classes} instead of {known}"
        yield Finding("classifier", text)
        return
    n_rows, seed = fingerprint["n_rows"], fingerprint["seed"]
    if fingerprint["sha256"] is None:
        text = "the explained classifier has no fingerprint"
        yield Finding("classifier", text, failed=False)
    elif classifier_hash(box, n_rows, seed) != fingerprint["sha256"]:
        text = f"it is another one: it has other labels for some of {n_rows} drawn rows"
        yield Finding("classifier", text)


def _with_probabilities(
    box: BlackBox, people: RecordedPeople, parameters: dict[str, Any], rows: np.ndarray
) -> BlackBox:
    """Let a black box demand probabilities, if the record does."""
    limits = people.people.limits
    demands = limits.demands
    least = parameters.get("min_probability")
    if least is None and (demands is None or not demands.has_probabilities):
        return box
    box = BlackBox(box.classifier, box.schema, box.favorable, least)
    box.choose_scores(rows[:50])
    box.require_probabilities("min_probability or max_probability")
    return box
