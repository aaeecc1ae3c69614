"""Targets and wanted probabilities of single people."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from skpar.metrics import evaluate

from ._loans import RULES, Accepts, mixed_pipeline, quick, split_loans

LABELS = ["bad", "fair", "good"]


def binary():
    loans = split_loans(130)
    denied = loans.asking[loans.clf.predict(loans.asking) == 0][:30]
    par = quick(actionability=RULES).fit(loans.X, loans.y, loans.clf)
    return loans, denied, par, par.recourse(denied)


@pytest.fixture(scope="module")
def case():
    return binary()


@pytest.fixture(scope="module")
def several():
    """A classifier of three labels, two of which are favorable."""
    loans = split_loans(130)
    score = loans.clf.decision_function(loans.X)
    label = np.array(LABELS)[np.digitize(score, np.quantile(score, [0.4, 0.75]))]
    clf = mixed_pipeline(LogisticRegression(max_iter=1000)).fit(loans.X, label)
    par = quick(actionability=RULES, favorable_label=["fair", "good"])
    return clf, loans.asking[:40], par.fit(loans.X, None, clf)


def chance(clf, table, label=1):
    place = clf.classes_.tolist().index(label)
    return clf.predict_proba(table)[:, place]


def test_probabilities_of_each_person_hold(case):
    loans, denied, par, usual = case
    low = np.resize([0.6, 0.75, np.nan], len(denied))
    report = par.recourse(denied, min_probability=low)
    found = report.answered
    assert found.mean() >= 0.9 * usual.answered.mean()
    least = np.nan_to_num(low, nan=0.0)
    new = chance(loans.clf, report.counterfactuals)
    assert (new[found] >= least[found]).all()
    assert (loans.clf.predict(report.counterfactuals[found]) == 1).all()
    none = np.isnan(low)
    pd.testing.assert_frame_equal(
        report.counterfactuals[none], usual.counterfactuals[none]
    )


def test_a_range_holds_for_everybody_and_for_single_people(case):
    loans, denied, par, usual = case
    report = par.recourse(denied, min_probability=0.6, max_probability=0.8)
    new = chance(loans.clf, report.counterfactuals)[report.answered]
    assert report.answered.mean() >= 0.9 * usual.answered.mean()
    assert ((new >= 0.6) & (new <= 0.8)).all()
    high = pd.Series(0.56, denied.index)
    report = par.recourse(denied, max_probability=high)
    new = chance(loans.clf, report.counterfactuals)[report.answered]
    assert report.answered.mean() > 0.7 and (new <= 0.56).all()
    assert (chance(loans.clf, usual.counterfactuals)[usual.answered] > 0.56).any()


def test_parameters_and_arguments_join(case):
    loans, denied, _, _ = case
    par = quick(actionability=RULES, min_probability=0.6, max_probability=0.8)
    par.fit(loans.X, loans.y, loans.clf)
    for low, high, least, most in (
        (None, None, 0.6, 0.8),
        (0.7, None, 0.7, 0.8),
        (0.5, 0.7, 0.6, 0.7),
    ):
        report = par.recourse(denied[:15], min_probability=low, max_probability=high)
        new = chance(loans.clf, report.counterfactuals)[report.answered]
        assert len(new) > 10 and ((new >= least) & (new <= most)).all()


def test_an_answer_depends_on_the_own_row_and_demands_alone(case):
    _, denied, par, _ = case
    low = pd.Series(np.resize([0.55, 0.7], len(denied)), denied.index)
    whole = par.recourse(denied, min_probability=low, max_probability=0.9)
    some = denied.index[3:20:4]
    wanted = {"min_probability": low[some], "max_probability": 0.9}
    part = par.recourse(denied.loc[some], **wanted)
    expected = whole.counterfactuals.loc[some]
    pd.testing.assert_frame_equal(part.counterfactuals, expected)
    np.testing.assert_array_equal(part.n_queries, whole.n_queries[3:20:4])
    if part.answered.all():
        changed = par.transform(denied.loc[some], **wanted)
        pd.testing.assert_frame_equal(changed, expected)


def test_demands_that_demand_nothing_change_nothing(case):
    _, denied, par, usual = case
    for wanted in (
        {"target": 1},
        {"target": [None] * len(denied)},
        {"min_probability": 0.0, "max_probability": 1.0},
    ):
        report = par.recourse(denied, **wanted)
        pd.testing.assert_frame_equal(report.to_frame(), usual.to_frame())
        pd.testing.assert_frame_equal(report.counterfactuals, usual.counterfactuals)


@pytest.mark.parametrize("per_person", [True, False])
def test_accepted_people_below_the_probability_are_left_and_told(case, per_person):
    """Whom the classifier accepts is not asked, whatever recourse needs."""
    loans, _, par, _ = case
    people = loans.asking[:60]
    accepted = loans.clf.predict(people) == 1
    if per_person:
        report = par.recourse(people, min_probability=0.8)
    else:
        par = quick(actionability=RULES, min_probability=0.8)
        report = par.fit(loans.X, loans.y, loans.clf).recourse(people)
    np.testing.assert_array_equal(report.status == "accepted", accepted)
    np.testing.assert_array_equal(report.denied, ~accepted)
    own = chance(loans.clf, people)
    unsure = accepted & (own < 0.8)
    assert unsure.any() and (accepted & ~unsure).any()
    said = "accepted, so nothing changes: probability {:.6g} below min_probability=0.8"
    assert report.reason[unsure].tolist() == [said.format(p) for p in own[unsure]]
    assert (report.reason[accepted & ~unsure] == "").all()
    left = report.counterfactuals[accepted]
    pd.testing.assert_frame_equal(left, people[accepted])


def test_all_options_meet_the_demands(case):
    loans, denied, par, _ = case
    report = par.recourse(
        denied[:8], n_options=2, min_probability=0.6, max_probability=0.9
    )
    assert sum(one.answered.sum() for one in report.options) > 8
    for one in report.options:
        new = chance(loans.clf, one.counterfactuals)[one.answered]
        assert ((new >= 0.6) & (new <= 0.9)).all()


def test_assess_says_what_is_outside_the_range(case):
    loans, denied, par, usual = case
    people, rows = denied[usual.answered], usual.counterfactuals[usual.answered]
    own = chance(loans.clf, rows)
    judged = par.assess(people, rows, max_probability=0.6)
    np.testing.assert_array_equal(judged["recourse"], own <= 0.6)
    assert 0 < (own > 0.6).sum() < len(own)
    texts = [f"probability {p:.6g} above max_probability=0.6" for p in own]
    assert judged["broken"].tolist() == np.where(own > 0.6, texts, "").tolist()


def test_each_person_gets_the_wanted_label(several):
    clf, people, par = several
    target = np.resize(np.array(["fair", "good", None], dtype=object), len(people))
    report = par.recourse(people, target=target)
    own, new = clf.predict(people), clf.predict(report.counterfactuals)
    any_label = np.isin(own, ["fair", "good"])
    has_target = np.array([one is not None for one in target])
    wanted = np.where(has_target, own == target, any_label)
    np.testing.assert_array_equal(report.status == "accepted", wanted)
    # People with another favorable label are denied what they want.
    assert (any_label & report.denied).any()
    found = report.answered
    assert found.sum() >= 0.9 * report.denied.sum()
    is_right = np.where(has_target, new == target, np.isin(new, ["fair", "good"]))
    assert is_right[found].all()
    judged = par.assess(people, report.counterfactuals, target=target)
    np.testing.assert_array_equal(judged["recourse"], found)
    plan = par.plan(report)
    last = plan.groupby("row", sort=False)["accepted"].last()
    assert last.all() and len(last) == found.sum()


def test_a_target_with_a_probability(several):
    clf, people, par = several
    report = par.recourse(people[:15], target="good", min_probability=0.6)
    new = report.counterfactuals[report.answered]
    assert len(new) > 5 and (chance(clf, new, "good") >= 0.6).all()
    shown = report.details.probability[report.answered, 1]
    np.testing.assert_allclose(shown, chance(clf, new, "good"))


def test_targets_of_some_people_leave_the_others_alone(several):
    _, people, par = several
    target = pd.Series([None] * 5 + ["good"] * 5, people.index[:10])
    report = par.recourse(people[:10], target=target)
    usual = par.recourse(people[:5])
    pd.testing.assert_frame_equal(report.counterfactuals[:5], usual.counterfactuals)


def test_reasons_name_the_target(several):
    _, people, par = several
    frozen = pd.DataFrame(True, people.index[:10], people.columns)
    wanted = {"target": "good", "min_probability": 0.6, "frozen": frozen}
    report = par.recourse(people[:10], **wanted)
    assert report.denied.any() and (report.status[report.denied] == "impossible").all()
    said = "the rules allow no change; no feasible row is accepted with target='good' "
    for reason in report.reason[report.denied]:
        assert reason.startswith(f"{said}and min_probability=0.6")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"target": "bad"}, r"target of row 'person .* is 'bad', .*favorable_label"),
        ({"target": ["good"]}, r"target has shape \(1,\), but X has 40 rows"),
        ({"min_probability": 2}, "min_probability of row .* is 2, but a probability"),
        (
            {"min_probability": 0.9, "max_probability": 0.5},
            "is 0.9, above its max_probability=0.5",
        ),
    ],
)
def test_what_is_refused(several, given, message):
    _, people, par = several
    for ask in (par.recourse, par.transform):
        with pytest.raises(ValueError, match=message):
            ask(people, **given)
    with pytest.raises(ValueError, match=message):
        par.assess(people, people, **given)


def test_probabilities_need_predict_proba():
    loans = split_loans(120)
    clf = Accepts(lambda table: table["savings"] >= 5_000)
    clf.classes_ = np.array([0, 1])
    with pytest.raises(ValueError, match="max_probability needs .* predict_proba"):
        quick(max_probability=0.7).fit(loans.X, None, clf)
    par = quick().fit(loans.X, None, clf)
    with pytest.raises(ValueError, match="needs a classifier with predict_proba"):
        par.recourse(loans.asking, min_probability=0.7)
    assert par.recourse(loans.asking[:3], target=1).answered.any()


def test_a_range_without_probabilities_is_refused(case):
    loans, _, _, _ = case
    par = quick(min_probability=0.8, max_probability=0.6)
    with pytest.raises(ValueError, match=r"min_probability=0.8 is above max_prob"):
        par.fit(loans.X, loans.y, loans.clf)


def test_metrics_judge_by_the_target(several):
    clf, asking, par = several
    target = pd.Series(np.resize(["good", "fair", None], len(asking)), asking.index)
    report = par.recourse(asking, target=target)
    refitted = [clf, clf]
    rest = {"clf": clf, "refitted": refitted}
    table = evaluate(report, **rest, target=target)["value"]
    assert table["validity"] == table["robustness"] == 1.0
    assert table["necessity"] >= report.needed[report.answered].mean() > 0.9
    # Nobody is denied another label than the wanted one.
    other = target.map({"good": "fair", "fair": "good"}).where(target.notna(), None)
    swapped = evaluate(report, **rest, target=other)
    found = report.answered[report.denied]
    hit = target.isna().to_numpy()[report.denied][found]
    assert 0 < hit.sum() < len(hit)
    assert swapped.loc["validity", "value"] == pytest.approx(hit.mean())
    assert swapped.loc["robustness", "n"] == hit.sum()
