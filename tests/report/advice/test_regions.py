"""The table of regions: every row inside is accepted and feasible."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.neighbors import KNeighborsClassifier

from skpar import Falls, If, Phrases, Rises, TableSchema, Wording

from ..._loans import RULES, mixed_pipeline, quick, split_loans

COLUMNS = [
    "row",
    "option",
    "feature",
    "value",
    "low",
    "high",
    "box_low",
    "box_high",
    "box_least",
    "box_most",
    "enough",
    "evidence",
    "n_tested",
    "text",
]
LINKS = [If(Rises("savings"), Falls("card_usage"))]


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


def fitted(loans, model=None, **parameters):
    clf = loans.clf
    if model is not None:
        clf = mixed_pipeline(model).fit(loans.X, loans.y)
    par = quick(actionability=RULES, links=LINKS, **parameters)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skpar.classifier._setup.warn_user", lambda text: None)
        return par.fit(loans.X, loans.y, clf)


@pytest.fixture(scope="module")
def par(loans):
    return fitted(loans)


@pytest.fixture(scope="module")
def report(par, loans):
    return par.recourse(loans.asking, n_options=2)


@pytest.fixture(scope="module")
def regions(par, report):
    return par.regions(report, n_tested=50, option=None)


def drawn_rows(par, report, regions, n, rng):
    """People, and rows drawn in their boxes, at feasible values."""
    people, rows = [], []
    places = pd.Index(report.factuals.index)
    for (label, option), some in regions.groupby(["row", "option"], sort=False):
        place = places.get_loc(label)
        row = report.options[option].counterfactuals.iloc[[place] * n]
        row = row.reset_index(drop=True)
        for line in some.itertuples():
            column = par.schema_.columns[par.schema_.position(line.feature)]
            low = max(line.box_low, column.low)
            high = min(line.box_high, column.high)
            row[line.feature] = rng.uniform(low, high, n).astype(
                row[line.feature].dtype
            )
        people.append(report.factuals.iloc[[place] * n])
        rows.append(row)
    return (pd.concat(parts, ignore_index=True) for parts in (people, rows))


def test_regions_hold_the_recourse_and_rows_inside_are_accepted(
    par, report, regions, loans
):
    assert regions.columns.tolist() == COLUMNS
    assert len(regions) > 60 and set(regions["option"]) == {0, 1}
    inside = regions[["low", "box_low", "value", "box_high", "high"]].to_numpy()
    assert (inside[:, :-1] <= inside[:, 1:]).all()
    values = regions[["box_low", "box_least", "value", "box_most", "box_high"]]
    assert (np.diff(values.to_numpy().clip(-1e9, 1e9)) >= 0).all()
    assert np.isfinite(regions[["box_least", "box_most"]].to_numpy()).all()
    same = np.isfinite(regions["box_high"])
    assert (regions["box_most"] == regions["box_high"])[same].all() and not same.all()
    wide = regions["box_low"] < regions["box_high"]
    assert wide.mean() > 0.5
    people, rows = drawn_rows(par, report, regions, 20, np.random.default_rng(0))
    assert (loans.clf.predict(rows) == 1).mean() > 0.99  # own values are off the steps


@pytest.mark.parametrize("model", [None, KNeighborsClassifier(5)])
def test_what_is_enough_is_a_recourse_no_farther_than_the_answer(loans, model, request):
    par = request.getfixturevalue("par") if model is None else fitted(loans, model)
    asking = loans.asking
    if model is not None:
        asking = asking[:40]
    report = par.recourse(asking)
    regions = par.regions(report, n_tested=20)
    people = report[report.answered]
    rows, own = people.counterfactuals.copy(), people.factuals
    for line in regions.itertuples():
        rows.loc[line.row, line.feature] = line.enough
    judged = par.assess(own, rows)
    assert judged["recourse"].all()
    same = [own.loc[line.row, line.feature] for line in regions.itertuples()]
    own, value = np.array(same, dtype=float), regions["value"].to_numpy()
    enough = regions["enough"].to_numpy()
    assert (regions["box_least"] <= enough).all()
    assert (enough <= regions["box_most"]).all()
    known = ~np.isnan(own)
    nearer = np.abs(enough - own) < np.abs(value - own)
    assert (np.abs(enough - own) <= np.abs(value - own))[known].all()
    assert nearer[known].mean() > 0.1
    assert (enough != own)[known].all(), "every change stays a change"


def test_values_in_boxes_stop_where_rules_do(regions, loans):
    months = regions[regions["feature"] == "loan_months"]
    own = loans.asking.loc[months["row"], "loan_months"].to_numpy()
    assert np.isinf(months[["box_low", "box_high"]]).any(axis=None)
    assert (months["box_least"] >= own - 24).all()
    assert (months["box_most"] <= own + 24).all()


def test_every_changed_number_has_a_line(par, report, regions):
    changes = report.changes(option=1)
    numbers = [c.name for c in par.schema_.columns if c.is_numeric]
    expected = changes[changes["feature"].isin(numbers)]
    some = regions[regions["option"] == 1]
    pairs = set(zip(some["row"], some["feature"], strict=True))
    assert pairs == set(zip(expected["row"], expected["feature"], strict=True))


def test_linked_numbers_stay(regions):
    fixed = regions[regions["evidence"] == "fixed"]
    linked = regions["feature"].isin(["savings", "card_usage"])
    assert (regions[linked]["evidence"] == "fixed").all() and linked.any()
    savings = fixed[fixed["feature"] == "savings"]["text"]
    assert savings.str.endswith(", because a link ties it to card usage").all()
    ends = fixed[["low", "high", "box_low", "box_high"]].to_numpy()
    assert (ends == fixed[["value"]].to_numpy()).all()
    assert (regions[~linked]["evidence"] == "certified").mean() > 0.9
    assert (fixed["n_tested"] == 0).all()


def test_words_say_what_the_box_says(regions):
    for line in regions.itertuples():
        low, high = np.isfinite(line.box_low), np.isfinite(line.box_high)
        word = {(0, 0): "anywhere", (0, 1): "at most", (1, 0): "at least"}
        word |= {(1, 1): "exactly" if line.box_low == line.box_high else "from"}
        name = line.feature.replace("_", " ")
        assert f"{name} {word[low, high]}" in line.text


def test_words_of_regions_are_those_of_the_wording(par, report, regions):
    wording = Wording(units={"loan_months": "Monate"}, phrases=Phrases.german())
    german = par.regions(report, wording, n_tested=50, option=None)
    same = [name for name in german if name != "text"]
    pd.testing.assert_frame_equal(german[same], regions[same])
    months = german[german["feature"] == "loan_months"]
    short = months[months["box_low"] == -np.inf]
    assert len(short)
    assert short["text"].str.match(r"loan months (höchstens \d+ Monate|belie)").all()


def test_a_region_depends_on_its_own_row_alone(par, report, regions):
    some = np.flatnonzero(report.answered)[[7, 2]]
    labels = report.factuals.index[some]
    alone = par.regions(report[some], n_tested=50, option=None)
    expected = pd.concat([regions[regions["row"] == label] for label in labels])
    pd.testing.assert_frame_equal(alone, expected.reset_index(drop=True))
    saved = pickle.loads(pickle.dumps(report[some]))
    pd.testing.assert_frame_equal(par.regions(saved, n_tested=50, option=None), alone)


@pytest.mark.parametrize(
    "model, evidence",
    [
        pytest.param(
            RandomForestClassifier(10, max_depth=6, random_state=0),
            "certified",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            HistGradientBoostingClassifier(max_iter=10, random_state=0),
            "certified",
            marks=pytest.mark.slow,
        ),
        (KNeighborsClassifier(9), "tested"),
    ],
)
def test_evidence_and_limits(loans, model, evidence):
    par = fitted(loans, model)
    asking = loans.asking[:30]
    upper = pd.DataFrame({"loan_amount": asking["loan_amount"] - 500}, asking.index)
    upper = upper.clip(lower=600)
    report = par.recourse(asking, upper=upper)
    regions = par.regions(report, n_tested=100)
    straying = regions[regions["evidence"] != "fixed"]
    assert len(straying) > 3 and set(straying["evidence"]) == {evidence}
    amounts = straying[straying["feature"] == "loan_amount"]
    highest = np.minimum(
        amounts["high"], upper.loc[amounts["row"], "loan_amount"].array
    )
    for label, value in zip(amounts["row"], highest, strict=True):
        row = report.counterfactuals.loc[[label]].assign(loan_amount=int(value))
        assert par.estimator_.predict(row)[0] == 1
        person = asking.loc[[label]]
        kept = par.assess(person, row, upper=upper.loc[[label]])
        assert kept["feasible"].all()


def test_demands_are_tested_and_met(par, loans):
    asking = loans.asking[:12]
    report = par.recourse(asking, min_probability=0.7)
    regions = par.regions(report, n_tested=200)
    straying = regions[regions["evidence"] != "fixed"]
    assert len(straying) > 2 and set(straying["evidence"]) == {"tested"}
    people, rows = drawn_rows(par, report, straying, 20, np.random.default_rng(0))
    assert (par.estimator_.predict_proba(rows)[:, 1] >= 0.7).mean() > 0.95


def test_nobody_has_an_empty_table_and_wrong_arguments_are_refused(
    par, report, regions
):
    empty = par.regions(report[~report.answered])
    assert len(empty) == 0 and (empty.dtypes == regions.dtypes).all()
    with pytest.raises(TypeError, match="takes a report"):
        par.regions(report.factuals)
    for wrong in (0, -1, 2.5, True, None):
        with pytest.raises(ValueError, match="n_tested must be a positive whole"):
            par.regions(report, n_tested=wrong)
    with pytest.raises(IndexError, match="option is 5"):
        par.regions(report, option=5)
    other = TableSchema.infer(pd.DataFrame({"a": [0.1, 0.2]}))
    with pytest.raises(ValueError, match="other columns or levels"):
        par.regions(replace(report, schema=other))
