"""What is learned from coded debriefs, and how far it may be trusted."""

import io
from dataclasses import replace

import numpy as np
import pytest

from debriefs.proposals.coded import FEWEST_DEBRIEFS, NO_REASON, CodedCase
from debriefs.proposals.training import RIGHT_AT_LEAST, Trained, train
from debriefs.proposals.weights import weights_from
from debriefs.proposals.wordings import without_some_wordings
from debriefs.proposals.words import Case, says_something, sentence_around, terms_of

PRICE, SLOW = 1, 2
SAID = {
    PRICE: ("They found us far too expensive.", "Norvik was cheaper, much cheaper."),
    SLOW: ("Our answer took three weeks.", "The security review was late, as was the quote."),
    NO_REASON: ("Nobody called back.", "Demo with nine people."),
}


def coded(count: int, *, wrong_each: int = 11) -> list[CodedCase]:
    """Deals whose notes say the reason, but for each eleventh whose coding says another."""
    cases = []
    for number in range(count):
        reason = (PRICE, SLOW, PRICE, SLOW, NO_REASON)[number % 5]
        said = SAID[reason][number // 5 % 2]
        given = SLOW if number % wrong_each == 0 else reason
        cases.append(CodedCase(Case(f"Call on the {number}th. {said}"), given, said))
    return cases


@pytest.fixture(scope="module")
def trained() -> Trained:
    found = train(coded(200))
    assert found is not None
    return found


def test_terms_are_words_and_neighbours_within_a_sentence() -> None:
    assert [term.text for term in terms_of("Far TOO dear. Lost 3 weeks, l’été")] == [
        "far", "far too", "too", "too dear", "dear", "lost", "lost weeks", "weeks",
        "weeks l’été", "l’été",
    ]  # fmt: skip


def test_what_was_learned_speaks_for_the_reason_with_the_words_that_say_so(
    trained: Trained,
) -> None:
    guess = trained.weights.guess(Case("In the end we were too expensive for them."))
    assert guess is not None
    assert guess.reason == PRICE
    assert {each.term.text for each in guess.evidence} == {"expensive"}
    assert all(each.seen_with / each.seen > 0.5 for each in guess.evidence)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("said", False), ("case", False), ("were with", False), ("back of", False),
        ("nicht mehr", False), ("no", False), ("not this", False), ("it", False),
        ("expensive", True), ("data centre", True), ("no budget", True), ("Too expensive", False),
    ],
)  # fmt: skip
def test_evidence_is_made_of_words_that_say_something(words: str, says: bool) -> None:
    term = next(each for each in terms_of(words) if each.text == words.casefold())
    assert says_something(term) is says


def test_a_word_that_goes_with_every_reason_is_no_evidence() -> None:
    cases = [
        replace(each, case=Case(f"Harbour roll-out. {each.case.notes}")) for each in coded(200)
    ]
    found = train(cases)
    assert found is not None
    guess = found.weights.guess(Case("Harbour roll-out. Far too expensive."))
    assert guess is not None
    assert {each.term.text for each in guess.evidence} == {"expensive"}


def test_wordings_are_hidden_by_the_sentence_and_alike_in_all_cases() -> None:
    words = ("harbour", "crane", "quay", "barge", "tug", "pilot", "dock", "berth", "mast", "keel")
    cases = [CodedCase(Case(f"A {one} is here. The {two} is there."), 1, f"The {one}.")
             for one in words for two in words]  # fmt: skip
    hidden = [without_some_wordings(each, turn=1) for each in cases]
    left = {word for each in hidden for word in words if word in each.case.notes + each.told}
    assert 0 < len(left) < len(words)
    for before, after in zip(cases, hidden, strict=True):
        kept = ("A {} is here", "The {} is there")
        spoken = [word for word in before.case.notes.replace(".", "").split() if word in words]
        assert after.case.notes == "\n".join(
            wording.format(word) for wording, word in zip(kept, spoken, strict=True) if word in left
        )


def test_the_sentence_around_a_term_goes_from_stop_to_stop() -> None:
    text = "Second call.  Far too dear; we left.\nNext"
    found = [text[slice(*sentence_around(text, text.index(word), text.index(word) + 4))]
             for word in ("call", "dear", "left", "Next")]  # fmt: skip
    assert found == ["Second call.", "Far too dear;", "we left.", "Next"]


def test_the_mark_that_closes_the_sentence_before_is_no_part_of_it() -> None:
    text = "Lisa said 'it is late.' Sarah offered a discount."
    at = text.index("discount")
    assert text[slice(*sentence_around(text, at, at + 8))] == "Sarah offered a discount."


def test_evidence_counts_deals_whose_notes_hold_the_word(trained: Trained) -> None:
    place = trained.weights.places["expensive"]
    with_price = trained.weights.reasons.index(PRICE)
    assert int(trained.weights.seen_with[:, place].sum()) == 40
    assert int(trained.weights.seen_with[with_price, place]) == 36


def test_the_threshold_keeps_what_it_promises_by_the_lower_end_of_the_interval(
    trained: Trained,
) -> None:
    assert trained.threshold is not None
    assert trained.right / trained.proposed > RIGHT_AT_LEAST


def test_notes_that_say_nothing_known_get_no_guess(trained: Trained) -> None:
    assert trained.weights.guess(Case("Quux.")) is None


def test_short_notes_are_as_familiar_as_the_share_of_their_words(trained: Trained) -> None:
    notes = "Security review, Kubernetes quota."
    assert trained.weights.familiarity(Case(notes)) == 0.5


def test_in_long_notes_a_dozen_known_words_are_enough(trained: Trained) -> None:
    about_nothing = "Kubernetes quota ingestion benchmark. " * 20
    dozen = "Security review. " * 6
    assert trained.weights.familiarity(Case(dozen + about_nothing)) == 1.0
    assert trained.weights.familiarity(Case("Security review. " + about_nothing)) == 2 / 12


def test_what_is_never_proposed_is_no_guess_however_sure(trained: Trained) -> None:
    confidences = trained.weights.confidences(Case("Nobody called back."))
    assert trained.weights.reasons[int(confidences.argmax())] == NO_REASON
    assert trained.weights.guess(Case("Nobody called back.")) is None


def test_confidences_sum_to_one(trained: Trained) -> None:
    assert trained.weights.confidences(Case("Late.")).sum() == pytest.approx(1)


def test_below_the_floor_nothing_is_learned() -> None:
    assert train(coded(FEWEST_DEBRIEFS - 1)) is None


def test_one_reason_alone_teaches_nothing() -> None:
    assert train([replace(each, reason=PRICE) for each in coded(120)]) is None


def test_a_reason_with_too_few_debriefs_is_never_proposed() -> None:
    rare = [replace(each, reason=9) for each in coded(4)]
    found = train([*coded(150), *rare])
    assert found is not None
    assert found.weights.reasons == (NO_REASON, PRICE, SLOW)


def test_notes_that_say_nothing_of_the_reason_give_no_threshold() -> None:
    rng = np.random.default_rng(7)
    found = train([replace(each, reason=int(rng.integers(1, 3)), told="") for each in coded(150)])
    assert found is not None
    assert (found.threshold, found.proposed, found.right) == (None, 0, 0)


def test_names_of_people_are_no_evidence() -> None:
    cases = [
        replace(each, case=Case(f"{'Dana' if each.reason == PRICE else 'Kim'}: {each.case.notes}"))
        for each in coded(150)
    ]
    found = train(cases, names=frozenset({"dana", "kim"}))
    assert found is not None
    assert {term for term in found.weights.terms if "dana" in term or "kim" in term} == set()


def test_training_twice_gives_the_same(trained: Trained) -> None:
    again = train(coded(200))
    assert again is not None
    assert again.weights.as_bytes() == trained.weights.as_bytes()


def test_weights_are_kept_as_plain_arrays(trained: Trained) -> None:
    content = trained.weights.as_bytes()
    kept = weights_from(content)
    case = Case("Norvik was cheaper.", ("stage:1",))
    assert kept.guess(case) == trained.weights.guess(case)
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert {arrays[name].dtype.hasobject for name in arrays.files} == {False}
