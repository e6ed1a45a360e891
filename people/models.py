"""People, teams and who belonged to which when."""

from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Lower, Now

from common.audit import audited
from people.validators import validate_calendar, validate_chat_address, validate_time_zone


class Role(models.TextChoices):
    REP = "rep", "Rep"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"
    PARTNER = "partner", "Partner"


class Channel(models.TextChoices):
    """How a person's one digest a day reaches them."""

    MAIL = "mail", "By mail"
    CHAT = "chat", "By chat"
    NONE = "none", "Not at all"


class UserQuerySet(models.QuerySet["User"]):
    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def standing(self) -> "UserQuerySet":
        """Those who were not merged into another."""
        return self.filter(merged_into=None)

    def awaiting_confirmation(self) -> "UserQuerySet":
        """Named by an import and not yet known to be a person of ours."""
        return self.standing().filter(is_active=False, email=None)

    def in_sales(self) -> "UserQuerySet":
        return self.exclude(role=Role.PARTNER)

    def in_state(self, state: str) -> "UserQuerySet":
        """`active`, `inactive` (with an address) or `unconfirmed`; anything else is everybody."""
        if state == "active":
            return self.active()
        if state == "inactive":
            return self.filter(is_active=False, email__isnull=False)
        return self.awaiting_confirmation() if state == "unconfirmed" else self

    def named_like(self, word: str) -> "UserQuerySet":
        """Whose name, username or address holds `word`, in any case."""
        return self.filter(
            models.Q(full_name__icontains=word)
            | models.Q(username__icontains=word)
            | models.Q(email__icontains=word)
        )

    def answering_to(self, keys: set[str]) -> "UserQuerySet":
        """Whose address, username or full name is one of `keys`, which are in lower case."""
        return (
            self.alias(address=Lower("email"), login=Lower("username"), written=Lower("full_name"))
            .filter(
                models.Q(address__in=keys) | models.Q(login__in=keys) | models.Q(written__in=keys)
            )
            .select_related("merged_into")
        )

    def with_team_on(self, day: date) -> "UserQuerySet":
        """Each with `team_name`, the team on `day`, None where there is none."""
        running = Membership.objects.on(day).filter(user=models.OuterRef("pk"))
        return self.annotate(team_name=models.Subquery(running.values("team__name")[:1]))

    def after(self, person_id: int | None) -> "UserQuerySet":
        """By name, those that follow that person: the next page of a list."""
        ordered = self.order_by("full_name", "pk")
        last = User.objects.filter(pk=person_id).first() if person_id else None
        if last is None:
            return ordered
        return ordered.filter(
            models.Q(full_name__gt=last.full_name)
            | models.Q(full_name=last.full_name, pk__gt=last.pk)
        )

    def visible_to(self, user: "User") -> "UserQuerySet":
        """Colleagues are plain facts to sales; a partner sees only themselves."""
        return self if user.in_sales else self.filter(pk=user.pk)


class PlainUserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(username=username, **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(
            username, password, **{"role": Role.ADMIN, "is_superuser": True, **fields}
        )

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(username__iexact=username)
        return user


UserManager = PlainUserManager.from_queryset(UserQuerySet)


@audited(exclude=("password", "last_login", "chat_webhook"))
class User(AbstractBaseUser, PermissionsMixin):
    """A person: someone who signs in, or an inactive one whom an import named."""

    username = models.CharField(max_length=150, validators=[UnicodeUsernameValidator()])
    email = models.EmailField(null=True, blank=True)
    full_name = models.CharField(max_length=150)
    role = models.CharField(max_length=10, choices=Role, default=Role.REP)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    calendar = models.CharField(
        max_length=10,
        blank=True,
        default="",
        db_default="",
        validators=[validate_calendar],
        help_text="Whose holidays are no working days: DE, DE-BY. Empty means the company's.",
    )
    channel = models.CharField(
        max_length=4, choices=Channel, default=Channel.MAIL, db_default=Channel.MAIL
    )
    chat_webhook = models.CharField(
        max_length=500,
        blank=True,
        default="",
        db_default="",
        validators=[validate_chat_address],
        help_text="Where a digest by chat is posted, for this person alone. Admins set it.",
    )
    digest_hour = models.PositiveSmallIntegerField(default=8, db_default=8, help_text="Local.")
    coach = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="coachees",
        help_text="Who reads private answers. Empty means the manager of the person's team.",
    )
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(db_default=Now())
    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged_people",
        help_text="The same person under the name that counts; later imports follow it.",
    )

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering = ["full_name", "pk"]
        constraints = [
            models.UniqueConstraint(Lower("username"), name="people_user_username_unique"),
            models.UniqueConstraint(Lower("email"), name="people_user_email_unique"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="people_user_role_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(coach=models.F("pk")), name="people_user_not_own_coach"
            ),
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel.values), name="people_user_channel_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(channel=Channel.CHAT) | ~models.Q(chat_webhook=""),
                name="people_user_chat_has_address",
            ),
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23), name="people_user_digest_hour_of_a_day"
            ),
            models.CheckConstraint(
                condition=~models.Q(email=""), name="people_user_email_null_not_blank"
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | models.Q(is_active=False),
                name="people_user_merged_is_inactive",
            ),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("pk")),
                name="people_user_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name.split(" ")[0] or self.username

    @property
    def awaits_confirmation(self) -> bool:
        """An import named this person, and nobody has given them an address."""
        return not self.is_active and self.email is None and self.merged_into_id is None

    @property
    def is_admin(self) -> bool:
        return self.role == Role.ADMIN

    @property
    def is_manager(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def is_partner(self) -> bool:
        return self.role == Role.PARTNER

    @property
    def in_sales(self) -> bool:
        """Reps, managers and admins: those for whom the audience `sales` is meant."""
        return self.role != Role.PARTNER


class TeamKind(models.TextChoices):
    COMPANY = "company", "Company"
    REGION = "region", "Region"
    TEAM = "team", "Team"


class TeamQuerySet(models.QuerySet["Team"]):
    def standing(self) -> "TeamQuerySet":
        return self.filter(retired_at=None)


@audited()
class Team(models.Model):
    """A node of the tree company, region, team. `manager` answers for it and all below."""

    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=TeamKind, default=TeamKind.TEAM)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    manager = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="managed_teams"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                "parent",
                Lower("name"),
                name="people_team_name_unique_in_parent",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TeamKind.values), name="people_team_kind_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(parent=models.F("pk")), name="people_team_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DateRange(models.Func):
    """PostgreSQL's daterange of two date columns, upper bound excluded."""

    function = "DATERANGE"
    output_field = DateRangeField()


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: date) -> "MembershipQuerySet":
        return self.filter(models.Q(until=None) | models.Q(until__gt=day), since__lte=day)


@audited()
class Membership(models.Model):
    """A person belonged to a team from `since` until the day before `until`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user", "since"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("since")),
                name="people_membership_ends_after_it_begins",
            ),
            ExclusionConstraint(
                name="people_membership_one_team_at_a_time",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    (DateRange("since", "until"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id} since {self.since}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> "ApiTokenQuerySet":
        return self.filter(
            models.Q(expires_at=None) | models.Q(expires_at__gt=Now()),
            revoked_at=None,
            user__is_active=True,
        )


@audited(exclude=("name", "digest", "last_used_at"))
class ApiToken(models.Model):
    """A bearer token that carries its person's rights; only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="Shown so that a person knows it again.")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class SetupLinkQuerySet(models.QuerySet["SetupLink"]):
    def usable(self) -> "SetupLinkQuerySet":
        return self.filter(used_at=None, expires_at__gt=Now())


class SetupLink(models.Model):
    """The one-time link by which the first admin comes in; only its SHA-256 is kept."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = SetupLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"set-up link of {self.created_at}"
