"""Refusals of this app: each names the field, says why, and what to do."""


class DealRefused(Exception):
    """A step that the rules of deals don't allow."""

    def __init__(self, field: str, why: str, remedy: str) -> None:
        super().__init__(f"{field}: {why} {remedy}")
        self.field = field
        self.why = why
        self.remedy = remedy


class FactRefused(DealRefused):
    """A value that can't be a fact of a deal."""


class NotOpen(DealRefused):
    def __init__(self) -> None:
        super().__init__(
            "outcome",
            "The deal has already closed.",
            "Reopen it first, or change the closing.",
        )


class NotClosed(DealRefused):
    def __init__(self) -> None:
        super().__init__("outcome", "The deal is open.", "Close it first.")


class AlreadyDecided(DealRefused):
    def __init__(self) -> None:
        super().__init__("conflict", "Somebody has decided on this difference.", "Reload the page.")


class NameRefused(DealRefused):
    """A name, or a decision on names, that the list can't hold."""


class RateRefused(DealRefused):
    """An exchange rate that can't be."""


class FileRefused(DealRefused):
    """A file that can't be read as a list of deals or what belongs to them."""


class RowRefused(DealRefused):
    """A row of a file that says nothing usable; the rest of the file goes on."""

    def __init__(self, field: str, why: str, remedy: str, *, value: str = "") -> None:
        super().__init__(field, why, remedy)
        self.value = value


class ImportStepRefused(DealRefused):
    """A step that the import's state doesn't allow any more."""
