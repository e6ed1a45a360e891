"""Who calls the API: the person to whom the bearer token belongs, with their rights."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from common.audit import now_acting
from people.access import signed_in
from people.models import User
from people.services import authenticate_token


class BearerToken(HttpBearer):
    """A personal token, made on the page “API tokens”."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        person = authenticate_token(token)
        if person is not None:
            request.user = person
            now_acting(user=person.pk)
        return person


def caller(request: HttpRequest) -> User:
    return signed_in(request)
