"""Findings in one line, and what a verification says of them."""

from skpar import Finding, Verification

FAILED = Finding("decision", "the classifier denies it", "Ann", 1)
SKIPPED = Finding("signature", "no key was given", failed=False)


def test_a_finding_names_check_person_and_option():
    assert str(FAILED) == "decision, 'Ann', option 1: the classifier denies it"
    assert str(SKIPPED) == "signature: not checked, because no key was given"


def test_ok_means_that_nothing_failed():
    assert Verification().ok and repr(Verification()) == "<Verification: ok>"
    assert Verification((SKIPPED,)).ok
    assert repr(Verification((SKIPPED,))).startswith("<Verification: ok, 1 not checked")
    both = Verification((SKIPPED, FAILED))
    assert not both.ok
    assert both.failed == (FAILED,) and both.not_checked == (SKIPPED,)
    assert repr(both).startswith("<Verification: 1 failed, 1 not checked\n")


def test_the_frame_has_one_row_per_finding():
    frame = Verification((SKIPPED, FAILED)).to_frame()
    assert frame.columns.tolist() == ["check", "label", "option", "failed", "text"]
    assert frame["failed"].tolist() == [False, True]
    assert frame["label"].tolist() == [None, "Ann"]
    assert Verification().to_frame().shape == (0, 5)


def test_only_the_first_findings_are_shown():
    text = repr(Verification((FAILED,) * 12))
    assert text.count("denies") == 10 and text.endswith("and 2 more>")
