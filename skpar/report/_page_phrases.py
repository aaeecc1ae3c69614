"""Phrases of the page: its headings, sentences, promises and limits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PagePhrases:
    """The phrases of :meth:`RecourseReport.to_html`, with fields in braces.

    They are a part of `Phrases`. The defaults are English, ``Phrases.german().page`` is
    German.

    Parameters
    ----------
    language : str
        Code of the language, such as ``"en"``, for screen readers.
    overview : str
        Title of a page of several people.
    case : str
        Name of a case, with the field ``case``.
    date : str
        A date, with the fields ``year``, ``month`` and ``day`` (digits).
    decided_on : str
        When the decision was made, with the field ``date``.
    model : str
        What decided, with the field ``model``.
    contact : str
        Whom to ask, with the field ``contact``.
    denied : str
        The decision on a denied person.
    accepted : str
        The decision on an accepted person.
    no_change_needed : str
        What follows if the own row meets all demands.
    accepted_lacks : str
        What the row of an accepted person lacks of what is demanded, with the field
        ``lacks``.
    undecided : str
        There is no decision, because the row cannot be read.
    one_option : str
        There is one option.
    several_options : str
        There are several options, with the field ``n``.
    nothing_found : str
        Search found no option.
    proved_impossible : str
        It is proved that there is no option.
    status_found : str
        Status of a person with a recourse.
    reasons : str
        Heading of the reasons of the denial.
    reasons_note : str
        What these reasons are not.
    options : str
        Heading of the options.
    option : str
        Heading of an option, with the field ``number``.
    one_change : str
        What comes before a single change.
    several_changes : str
        What comes before several changes.
    follows : str
        What comes before changes that follow from the others.
    between : str
        Values that are enough for a missing cell, with the fields ``low`` and ``high``.
    as_far_as : str
        An action to a number, and the last number beyond it that is enough, with the
        fields ``action`` and ``end``.
    found : str
        The values of the recourse where less is enough, with the field ``values``.
    value_proved : str
        It is proved that other values of one number are enough.
    values_proved : str
        The same for several numbers, which may stray together.
    value_tested : str
        It is tested for one number, with the field ``n``.
    values_tested : str
        It is tested for several numbers, with the same field.
    score : str
        The classifier's score, with the fields ``before`` and ``after``.
    typical : str
        The plausibility percentile, with the field ``share``.
    legend : str
        What the marks of a picture mean.
    rare_row : str
        The recourse is a rare training row.
    miss : str
        Heading of the nearest miss.
    miss_denied : str
        Mark of a nearest miss that the classifier denies.
    miss_lacking : str
        Mark of one that it accepts, which is not enough.
    miss_changes : str
        What comes before the changes of the nearest miss.
    miss_lacks : str
        What comes before the demands that it breaks.
    obstacles : str
        Heading of the rules that prevent a recourse.
    binding : str
        What comes before the rules that bind at the nearest miss.
    blocking : str
        What comes before rules; without any one of them there would be a recourse.
    no_blocking : str
        No such rule was found.
    no_change_allowed : str
        The rules allow no change.
    demanded : str
        What a recourse of this person needs besides acceptance, with the field
        ``demands``.
    needs_target : str
        The demand of a target, with the field ``bound``. The next four demands have the
        same field.
    needs_min_probability : str
        The demand of a least score.
    needs_max_probability : str
        The demand of a largest score.
    needs_min_robustness : str
        The demand that refitted classifiers accept.
    needs_max_effort : str
        The demand of a largest effort.
    lacks_target : str
        A row misses the target, with the field ``bound``.
    lacks_min_probability : str
        Its score is too small, with the fields ``value`` and ``bound``.
    lacks_max_probability : str
        Its score is too large, with the same fields.
    lacks_min_robustness : str
        Too few refitted classifiers accept it, with the same fields.
    lacks_min_percentile : str
        It is not plausible enough.
    lacks_allow_training_rows : str
        It equals a rare training row.
    lacks_max_effort : str
        It needs too much effort, with the fields ``value`` and ``bound``.
    ask_for_more : str
        What a person for whom nothing was found can ask for.
    ask_for_rules : str
        What a person for whom recourse is impossible can ask for.
    own_limits : str
        The limits of one person, with the field ``name``.
    can_fill : str
        A missing cell can be filled, with the same field.
    cannot_fill : str
        A missing cell cannot be filled, with the same field.
    can_become : str
        The levels that can be taken, with the fields ``name`` and ``levels``.
    can_only_move : str
        Levels that depend on the own one, with the fields ``name`` and ``moves``.
    can_move : str
        One of these moves, with the fields ``before`` and ``levels``.
    points : str
        A change of a percentage, with the field ``n``.
    can_rise : str
        The largest rise, with the fields ``name`` and ``high``.
    can_fall : str
        The largest fall, with the fields ``name`` and ``low``.
    can_change_between : str
        Both ends of a change, with the fields ``name``, ``low`` and ``high``.
    can_change_from : str
        The lower end alone, with the fields ``name`` and ``low``.
    can_change_to : str
        The upper end alone, with the fields ``name`` and ``high``.
    steps : str
        The steps of a number, with the field ``step``.
    immutable : str
        The rule ``"immutable"``, with the field ``name``.
    increasing : str
        The rule ``"increasing"``, with the field ``name``.
    decreasing : str
        The rule ``"decreasing"``, with the field ``name``.
    stays : str
        Heading of what stays as it is.
    stays_fixed : str
        What the rules fix, with the field ``names``.
    stays_free : str
        What no option changes, with the field ``names``.
    and_more : str
        The end of a long list, with the field ``n``.
    limits : str
        Heading of promises and limits.
    promise_of_decision : str
        What was checked if the person is accepted.
    promise : str
        What was checked if there is an option. In this and the next phrases, the words
        up to the first colon are emphasized.
    no_proof : str
        What "not found" does not mean.
    no_advice : str
        No legal advice, and no promise of a decision.
    not_causal : str
        What changes do not cause.
    rules_given : str
        Where the rules come from.
    personal_data : str
        The page holds personal data.
    reading : str
        Heading of the explanations.
    score_explained : str
        What the score is.
    percentile_explained : str
        What the plausibility percentile is.
    effort_explained : str
        What effort is.
    rules_kept : str
        What comes before the rules.
    no_rules : str
        There are no rules.
    n_accepted : str
        How many people are accepted, with the fields ``n`` and ``of``.
    n_found : str
        How many denied people have a recourse, with the fields ``n`` and ``of``.
    n_impossible : str
        For how many it is impossible, with the field ``n``.
    n_unreadable : str
        How many rows cannot be read, with the field ``n``.
    what_changes : str
        Heading of the table of changes.
    median : str
        The median change of a number, with the field ``change``.
    raised : str
        Legend of numbers and ordered levels that rise.
    lowered : str
        Legend of those that fall.
    switched : str
        Legend of other levels.
    filled : str
        Legend of missing cells that get a value.
    denied_people : str
        Heading of the table of denied people.
    column_case : str
        Heading of the first column.
    column_feature : str
        Heading of the names of features.
    column_share : str
        Heading of the shares of people with a recourse.
    column_status : str
        Heading of the column of statuses.
    column_changes : str
        Heading of the column of changes.
    column_features : str
        Heading of the number of changed features.
    column_effort : str
        Heading of the efforts.
    column_percentile : str
        Heading of the plausibility percentiles.
    not_shown : str
        Lines left out, with the field ``n``.
    each_person : str
        Heading of the pages of single people.
    first_people : str
        Not all people are shown, with the fields ``n`` and ``of``.
    unreadable_rows : str
        Heading of the rows that cannot be read.

    See Also
    --------
    Phrases : Takes these phrases, and has all others.

    Examples
    --------
    >>> from skpar import PagePhrases, Phrases
    >>> phrases = Phrases(page=PagePhrases(options="Ways to a loan"))
    >>> phrases.page.options
    'Ways to a loan'
    >>> Phrases.german().page.options
    'Was Sie tun können'
    """

    language: str = "en"
    overview: str = "Decisions and options"
    case: str = "Case {case}"
    date: str = "{year}-{month}-{day}"
    decided_on: str = "Date of the decision: {date}"
    model: str = "Model: {model}"
    contact: str = "Questions, or a check by a person: {contact}"
    denied: str = "The model denies this case."
    accepted: str = "The model accepts this case."
    no_change_needed: str = "No change is needed."
    accepted_lacks: str = "No change is advised, though {lacks}"
    undecided: str = "There is no decision, because the row cannot be read."
    one_option: str = "It would accept the option below."
    several_options: str = "It would accept any one of the {n} options below."
    nothing_found: str = "The search found no option."
    proved_impossible: str = "The given rules leave no option; this is proved."
    status_found: str = "found"
    reasons: str = "Main reasons for the denial"
    reasons_note: str = (
        "These reasons explain the decision. They do not say what to do; some cannot "
        "be changed."
    )
    options: str = "What you can do"
    option: str = "Option {number}"
    one_change: str = "This one change:"
    several_changes: str = "All of these changes together:"
    follows: str = "What follows from them:"
    between: str = "{low} to {high}"
    as_far_as: str = "{action}, or as far as {end}"
    found: str = "The search found {values}."
    value_proved: str = (
        "Proved: the model accepts each of these values, with all else as in this "
        "option."
    )
    values_proved: str = (
        "Proved: the model accepts all combinations of these values, with all else as "
        "in this option."
    )
    value_tested: str = (
        "Tested, not proved: with all else as in this option, the model accepted all "
        "of {n} draws among these values."
    )
    values_tested: str = (
        "Tested, not proved: with all else as in this option, the model accepted all "
        "of {n} draws among the combinations of these values."
    )
    score: str = "The model's score is {after} instead of {before}"
    typical: str = "more typical than {share} of the accepted people"
    legend: str = (
        "Ring: now. Dot: with the change. Light line: enough, too. Grey bars: people "
        "whom the model accepts."
    )
    rare_row: str = (
        "Privacy: this changed row equals a row of the training table that fewer than "
        "five people share."
    )
    miss: str = "The nearest miss"
    miss_denied: str = "Denied"
    miss_lacking: str = "No option"
    miss_changes: str = "Of all that the search tried, this came nearest:"
    miss_lacks: str = "The model would accept it. Why it is no option here:"
    obstacles: str = "What stands in the way"
    binding: str = "These rules allow no step further there:"
    blocking: str = "To lift a single one of these rules would give an option:"
    no_blocking: str = "To relax a single rule is not enough, as far as was tried."
    no_change_allowed: str = "The rules allow no change at all."
    demanded: str = "Besides acceptance, the rules of this page demand {demands}."
    needs_target: str = "the decision {bound}"
    needs_min_probability: str = "a score of at least {bound}"
    needs_max_probability: str = "a score of at most {bound}"
    needs_min_robustness: str = "acceptance by {bound} of the models fitted anew"
    needs_max_effort: str = "an effort of at most {bound}"
    lacks_target: str = "the model's decision on it is not {bound}"
    lacks_min_probability: str = "its score is {value}; at least {bound} is demanded"
    lacks_max_probability: str = "its score is {value}; at most {bound} is allowed"
    lacks_min_robustness: str = (
        "{value} of the models fitted anew accept it; {bound} are demanded"
    )
    lacks_min_percentile: str = "it is less typical of accepted people than demanded"
    lacks_allow_training_rows: str = (
        "it equals a row of the training table that fewer than five people share"
    )
    lacks_max_effort: str = "its effort is {value}; at most {bound} is allowed"
    ask_for_more: str = (
        "Ask for a check of the case by a person, and for a longer search."
    )
    ask_for_rules: str = (
        "Ask for a check of the case by a person, and whether rules can be relaxed."
    )
    own_limits: str = "the limits of this person on {name}"
    can_fill: str = "{name} can be shown if it is missing"
    cannot_fill: str = "{name} stays missing if it is missing"
    can_become: str = "{name} can only become {levels}"
    can_only_move: str = "{name} can only change {moves}"
    can_move: str = "from {before} to {levels}"
    points: str = "{n} percentage points"
    can_rise: str = "{name} can only rise, by at most {high}"
    can_fall: str = "{name} can only fall, by at most {low}"
    can_change_between: str = (
        "{name} can fall by at most {low}, or rise by at most {high}"
    )
    can_change_from: str = "{name} can fall by at most {low}, or rise"
    can_change_to: str = "{name} can rise by at most {high}, or fall"
    steps: str = "in steps of {step}"
    immutable: str = "{name} cannot change"
    increasing: str = "{name} can only rise"
    decreasing: str = "{name} can only fall"
    stays: str = "What stays as it is"
    stays_fixed: str = "Fixed by the rules: {names}."
    stays_free: str = "Not changed here: {names}."
    and_more: str = "and {n} more"
    limits: str = "What this page promises, and what it does not"
    promise_of_decision: str = "Checked: the model itself accepts this case as it is."
    promise: str = (
        "Checked: the model itself accepts each option here, and all given rules are "
        "kept. Other options may exist."
    )
    no_proof: str = (
        "Not found is no proof: the search tried some changes, not all. There may be "
        "an option."
    )
    no_advice: str = (
        "No legal advice, no promise of a decision: a later model, or a person, may "
        "decide differently."
    )
    not_causal: str = (
        "Not causal: this says how the model decides on changed data, not that an "
        "action has this effect, or what else it changes."
    )
    rules_given: str = (
        "Rules: those who made this page set them. No law was checked. Ask if a rule "
        "is missing or wrong."
    )
    personal_data: str = (
        "Personal data: keep this page as safe as the data that it was made from."
    )
    reading: str = "How to read the numbers, and the rules that were kept"
    score_explained: str = (
        "Score: how much the model is for acceptance, from 0% to 100%, with the values "
        "that the search found. The model accepts every option here."
    )
    percentile_explained: str = (
        "More typical than a share of the accepted people (plausibility percentile): a "
        "low share means unusual. A higher one is not better in itself, and does not "
        "mean that the change is easy."
    )
    effort_explained: str = (
        "Effort: how far all changes go together. By default, a number or an ordered "
        "level counts the share of people between the old and the new value, and any "
        "other change counts 1."
    )
    rules_kept: str = "Rules that were kept:"
    no_rules: str = "No rules were given, so all features could change."
    n_accepted: str = "The model accepts {n} of {of} people."
    n_found: str = "Of the {of} denied people, {n} have a recourse."
    n_impossible: str = "For {n}, recourse is proved to be impossible."
    n_unreadable: str = "Of {n}, the row cannot be read, so nothing is decided."
    what_changes: str = "What changes"
    median: str = "median {change}"
    raised: str = "raise"
    lowered: str = "lower"
    switched: str = "switch"
    filled: str = "fill in"
    denied_people: str = "Denied people"
    column_case: str = "case"
    column_feature: str = "feature"
    column_share: str = "share of answers"
    column_status: str = "recourse"
    column_changes: str = "changes"
    column_features: str = "features"
    column_effort: str = "effort"
    column_percentile: str = "percentile"
    not_shown: str = "{n} more are not shown."
    each_person: str = "Each person"
    first_people: str = "The first {n} of {of} people."
    unreadable_rows: str = "Rows that cannot be read"
