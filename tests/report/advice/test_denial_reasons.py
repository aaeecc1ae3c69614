"""Reasons count against a person, whether or not anybody can change them."""

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from skpar import Derived, PARRecourse, Wording

from ..._loans import RULES, Accepts, quick, split_loans

COLUMNS = ["row", "rank", "feature", "code", "contribution", "value", "typical_value"]
COLUMNS += ["text"]


@pytest.fixture(scope="module")
def loans():
    return split_loans(150)


@pytest.fixture(scope="module")
def par(loans):
    return quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)


@pytest.fixture(scope="module")
def everything(par, loans):
    return par.reasons(loans.asking, max_reasons=None)


def test_reasons_of_denied_people_come_in_order(everything, par, loans):
    assert everything.columns.tolist() == COLUMNS
    denied = loans.asking.index[loans.clf.predict(loans.asking) == 0]
    assert everything["row"].unique().tolist() == denied.tolist()
    assert (everything["contribution"] < 0).all()
    for _, some in everything.groupby("row"):
        assert some["rank"].tolist() == list(range(1, len(some) + 1))
        assert some["contribution"].is_monotonic_increasing
        assert some["feature"].is_unique
    four = par.reasons(loans.asking)
    first = everything[everything["rank"] <= 4].reset_index(drop=True)
    pd.testing.assert_frame_equal(four, first)
    assert everything["rank"].max() > 4


def test_contributions_are_slopes_times_distances_from_the_typical_value(
    everything, loans
):
    person = loans.X[:1].astype({"missed_payments": float, "loan_months": float})
    score = loans.clf.decision_function
    for name in ("debt_share", "missed_payments", "loan_months"):
        some = everything[everything["feature"] == name]
        assert len(some) > 5
        distance = some["value"].astype(float) - some["typical_value"].astype(float)
        slope = score(person.assign(**{name: 1.0})) - score(
            person.assign(**{name: 0.0})
        )
        np.testing.assert_allclose(some["contribution"], slope * distance, atol=1e-7)


def test_rules_play_no_part(everything, loans):
    assert "missed_payments" in set(everything["feature"])  # immutable
    other = quick().fit(loans.X, loans.y, loans.clf)
    pd.testing.assert_frame_equal(
        other.reasons(loans.asking, max_reasons=None), everything
    )


def test_reasons_depend_on_the_own_row_alone(par, loans, everything):
    people = loans.asking[::-1][::7]
    some = par.reasons(people, max_reasons=None)
    for label in some["row"].unique():
        alone = par.reasons(people.loc[[label]], max_reasons=None)
        for table in (some, everything):
            same = table[table["row"] == label].reset_index(drop=True)
            pd.testing.assert_frame_equal(alone, same)


def test_a_report_has_the_reasons_of_its_table(par, loans, everything):
    people = loans.asking[:30]
    broken = people.assign(job=people["job"].astype(object))
    broken.loc[broken.index[0], "job"] = "astronaut"
    report = par.recourse(broken)
    assert report.unreadable[0]
    got = par.reasons(report, max_reasons=None)
    kept = everything["row"].isin(people.index[1:])
    pd.testing.assert_frame_equal(got, everything[kept].reset_index(drop=True))
    with pytest.raises(ValueError, match="astronaut"):
        par.reasons(broken)


def test_codes_and_words(par, loans, everything):
    codes = {name: f"R-{name}" for name in loans.X.columns}
    codes["debt_share"] = {"low": "D1", "high": "D2"}
    codes["savings"] = {"low": "S1", "high": "S2", "missing": "S3"}
    if not loans.X["savings"].isna().any():
        codes["savings"].pop("missing")
    names, units = {"missed_payments": "number of late payments"}, {"savings": "${}"}
    words = {"codes": codes, "wording": Wording(names=names, units=units)}
    table = par.reasons(loans.asking, max_reasons=None, **words)
    same = [name for name in COLUMNS if name not in ("code", "text")]
    pd.testing.assert_frame_equal(table[same], everything[same])
    debts = table[table["feature"] == "debt_share"]
    assert set(debts["code"]) == {"D2"}
    late = table[table["feature"] == "missed_payments"]
    assert (late["code"] == "R-missed_payments").all()
    starts = [f"number of late payments: {value}" for value in late["value"]]
    assert [t[: len(s)] for t, s in zip(late["text"], starts, strict=True)] == starts
    compared = late["text"].str.contains("; similar accepted people typically have ")
    assert compared.mean() > 0.8
    alone = late["text"][~compared].tolist()
    starts = np.array(starts, dtype=object)
    assert alone == starts[~compared.to_numpy()].tolist()
    saved = table[(table["feature"] == "savings") & table["value"].notna()]
    assert saved["text"].str.contains(r": \$\d.* have \$\d").mean() > 0.8
    assert saved["text"].str.contains(r": \$\d").all()
    job = table[table["feature"] == "job"]
    assert len(job) and (job["value"] != job["typical_value"]).all()
    # A level that most of them do not have explains nothing.
    shared = job["text"].str.extract(r"; (\d+) of 16 similar accepted people have")[0]
    assert (shared.dropna().astype(int) > 8).all()
    alone = job.loc[shared.isna(), "text"]
    assert len(alone) and alone.str.fullmatch(r"job: [\w-]+").all()
    with pytest.raises(ValueError, match="'savings'"):
        codes.pop("savings")
        par.reasons(loans.asking, codes=codes)


def test_columns_computed_from_one_another_are_one_reason():
    rng = np.random.RandomState(0)
    X = pd.DataFrame(
        rng.randint(1, 9, size=(160, 3)), columns=["debt", "income", "age"]
    )
    X["ratio"] = X["debt"] / X["income"]
    X["red"], X["blue"] = (X["age"] > 5).astype(int), (X["age"] <= 5).astype(int)
    X["age"] = rng.randint(20, 60, size=160)
    link = Derived("ratio", ["debt", "income"], lambda X: X["debt"] / X["income"])
    clf = Accepts(lambda X: (X["ratio"] < 1) & (X["red"] == 1))
    par = quick(links=[link]).fit(X, clf=clf)
    table = par.reasons(X[:60])
    family = ("debt", "income", "ratio")
    colors = {par.schema_.names[par.schema_.position("red")]}
    assert set(table["feature"]) == {family, *colors}
    some = table[table["feature"].map(lambda one: one == family)]
    for _, one in some.iterrows():
        person = X.loc[one["row"]]
        assert one["value"] == tuple(person[list(family)])
        assert len(one["typical_value"]) == 3
        assert all(f"{name}: " in one["text"] for name in family)
    assert (some["code"] == "debt, income, ratio").all()
    codes = {"ratio": {"low": 1, "high": 2}, "red": 3, "age": 4}
    table = par.reasons(X[:60], codes=codes)
    assert set(table["code"]) == {2, 3}
    with pytest.raises(ValueError, match="two codes for the feature"):
        par.reasons(X[:60], codes={**codes, "blue": 5})


def test_nobody_has_no_reasons(par, loans):
    accepted = loans.asking[loans.clf.predict(loans.asking) == 1]
    for people in (accepted, accepted[:0]):
        table = par.reasons(people)
        assert table.columns.tolist() == COLUMNS
        assert table.empty


def test_a_classifier_that_was_trained_again_is_noticed(loans):
    clf = Accepts(lambda X: X["savings"] > 1000)
    par = quick().fit(loans.X, clf=clf)
    features = par.reasons(loans.asking).groupby("row")["feature"].unique()
    assert {tuple(some) for some in features} == {("savings",)}
    clf.rule = lambda X: X["savings"] <= 1000
    with pytest.warns(UserWarning, match="other labels than during fit"):
        par.reasons(loans.asking)


def test_wrong_arguments_are_refused(par, loans):
    with pytest.raises(NotFittedError):
        PARRecourse().reasons(loans.asking)
    for wrong in (0, -1):
        with pytest.raises(ValueError, match=f"1 or more, got {wrong}"):
            par.reasons(loans.asking, max_reasons=wrong)
    for wrong in (1.5, True, "four"):
        with pytest.raises(TypeError, match="max_reasons must be a whole number"):
            par.reasons(loans.asking, max_reasons=wrong)
    with pytest.raises(ValueError, match="names"):
        par.reasons(loans.asking, wording=Wording(names={"shoes": "boots"}))
    X = loans.X.drop(columns="job")
    other = quick().fit(X, clf=Accepts(lambda X: X["savings"] > 1000))
    with pytest.raises(ValueError, match="other columns or levels"):
        par.reasons(other.recourse(X[:3]))
