"""What every key of every template ever stood for."""

from collections import defaultdict
from collections.abc import Mapping

from debriefs.checks import KnownKey, meanings
from debriefs.edits import KeyHistory, keys_of
from debriefs.models import TemplateVersion
from debriefs.questions import TemplateDefinition


def key_history() -> KeyHistory:
    """The keys that can't be given to anything new, over all versions of all templates."""
    taken: set[str] = set()
    published: set[str] = set()
    options: dict[str, set[str]] = defaultdict(set)
    for version in TemplateVersion.objects.all():
        definition = TemplateDefinition.of(version)
        keys = set(keys_of(definition))
        taken |= keys
        published |= keys if version.published_at else set()
        for question in definition.questions():
            options[question.key] |= {option.key for option in question.options}
    frozen = {key: frozenset(ever) for key, ever in options.items()}
    return KeyHistory(frozenset(taken), frozenset(published), frozen)


def known_keys(*, live: int | None) -> Mapping[str, KnownKey]:
    """What each key stood for in published versions.

    Alive are those that a published version asks today, or the version with the id `live`.
    """
    words: dict[str, set[str]] = defaultdict(set)
    sorts: dict[str, str] = {}
    alive: set[str] = set()
    for version in TemplateVersion.objects.ever_published().order_by("pk"):
        is_live = version.retired_at is None or version.pk == live
        for key, sort, text in meanings(TemplateDefinition.of(version)):
            words[key].add(text)
            sorts.setdefault(key, sort)
            alive |= {key} if is_live else set()
    return {key: KnownKey(sorts[key], frozenset(words[key]), key in alive) for key in words}
