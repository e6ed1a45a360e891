"""What is refused, and why."""


class TrendError(ValueError):
    """A query that can't be answered. `field` names the parameter, `reason` says why (422)."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class TrendRefused(PermissionError):
    """A query that this viewer may not ask (403). `field` names the parameter."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
