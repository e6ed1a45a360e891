"""Refusals of what people keep on the dashboard."""


class BoardRefused(ValueError):
    """A step that can't be. `field` names what to change, the text says why."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field
