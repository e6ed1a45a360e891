"""Components of the shared look, as a page includes them."""

import gzip
import re

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import Client

from reflection.templatetags.look import at, initials


class Question(forms.Form):
    name = forms.CharField(label="Deal name")
    rating = forms.ChoiceField(
        label="Did we find it?",
        choices=[("yes", "Yes"), ("no", "No")],
        widget=forms.RadioSelect,
    )


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ada Okonkwo Lindqvist", "AL"),
        ("ada", "A"),
        ("ada ada", "AA"),
        ("  ", "?"),
        ("Éa ñu", "ÉÑ"),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_missing_key_or_mapping_is_empty() -> None:
    assert (at({"a": 1}, "a"), at({"a": 1}, "b"), at(None, "a")) == (1, "", "")


def test_a_component_wraps_a_block_and_escapes_its_inputs() -> None:
    page = Template(
        '{% load look %}{% component "table" label=label %}<b>{{ cell }}</b>{% endcomponent %}'
    )
    html = page.render(Context({"label": '"><script>', "cell": "<i>"}))
    assert html.strip() == (
        '<div class="table-wrap" role="region" aria-label="&quot;&gt;&lt;script&gt;" tabindex="0">'
        "<b>&lt;i&gt;</b></div>"
    )


def test_the_error_summary_leads_to_each_bad_field() -> None:
    form = Question({"name": "", "rating": "perhaps"})
    html = render_to_string("components/form_error_summary.html", {"form": form})
    assert re.findall(r'href="#(\w+)"', html) == ["id_name", "id_rating_0"]
    assert "data-error-summary" in html


def test_a_form_without_errors_has_no_summary() -> None:
    html = render_to_string("components/form_error_summary.html", {"form": Question()})
    assert "error-summary" not in html


def test_choice_cards_are_radios_with_their_question_and_second_lines() -> None:
    html = render_to_string(
        "components/choice_cards.html",
        {
            "field": Question(initial={"rating": "no"})["rating"],
            "descriptions": {"no": "<Never>"},
            "keys": True,
        },
    )
    inputs = re.findall(r"<input[^>]*>", html)
    assert inputs == [
        '<input type="radio" name="rating" value="yes" id="id_rating_0" required>',
        '<input type="radio" name="rating" value="no" id="id_rating_1" checked required>',
    ]
    assert '<span class="choice-desc">&lt;Never&gt;</span>' in html
    assert re.findall(r"<kbd[^>]*>(\d)</kbd>", html) == ["1", "2"]


def test_progress_asks_again_only_until_the_job_is_done() -> None:
    running = {"id": "p", "label": "Importing", "url": "/i/1", "nonce": "n0nce"}
    html = render_to_string("components/progress.html", running)
    assert 'hx-get="/i/1"' in html
    assert 'hx-nonce="n0nce"' in html
    assert "hx-" not in render_to_string("components/progress.html", {**running, "url": ""})


@pytest.mark.parametrize(
    ("outcome", "css"), [("won", "badge-won"), ("no_decision", "badge-lost"), ("", "badge-note")]
)
def test_an_outcome_is_told_by_words_icon_and_colour(outcome: str, css: str) -> None:
    html = render_to_string("components/outcome_badge.html", {"outcome": outcome, "label": "Words"})
    assert (css in html, "<use" in html, "Words" in html) == (True, True, True)


def test_a_first_visit_loads_less_than_150_kilobytes() -> None:
    head = (settings.BASE_DIR / "templates" / "head.html").read_text()
    assets = [*re.findall(r'static "([^"]+)"', head), "icons/sprite.svg"]
    sizes = [
        len(gzip.compress((settings.BASE_DIR / "static" / name).read_bytes())) for name in assets
    ]
    assert len(assets) == 11
    assert sum(sizes) < 140_000


def test_the_sign_in_form_says_what_to_type(client: Client, db: None) -> None:
    html = client.get("/accounts/login/").content.decode()
    labels = re.findall(r'<label[^>]*for="id_\w+"[^>]*>\s*([^<]*?)\s*<', html)
    assert labels == ["Username or e-mail address", "Password", "Stay signed in on this device"]
    assert "placeholder" not in html
