"""Why a step about people or teams was refused, in words for the person who asked."""


class PeopleError(Exception):
    """A refused step; `field` names the input that the reader can change."""

    field: str | None = None


class UsernameTaken(PeopleError):
    field = "username"


class EmailTaken(PeopleError):
    field = "email"


class AddressMissing(PeopleError):
    field = "email"


class LastAdmin(PeopleError):
    """Without an admin nobody could let anybody in again."""

    field = "role"


class CoachUnfit(PeopleError):
    field = "coach"


class AlreadyConfirmed(PeopleError):
    """The person has an address: there is nothing to confirm."""


class MergeRefused(PeopleError):
    field = "into"


class MembershipDateRefused(PeopleError):
    field = "since"


class NotInATeam(PeopleError):
    field = "on"


class TeamRetired(PeopleError):
    field = "team"


class TeamNameTaken(PeopleError):
    field = "name"


class TeamMisplaced(PeopleError):
    """The tree is company, region, team, and never a circle."""

    field = "parent"


class TeamNotEmpty(PeopleError):
    """People or teams still belong to it."""


class ManagerUnfit(PeopleError):
    field = "manager"


class TokenRefused(PeopleError):
    field = "name"


class SetupClosed(Exception):
    """The link is unknown, expired or used, or an admin is there already: all look the same."""


class AdminExists(PeopleError):
    """A set-up link is for the first admin only."""
