from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """The floor that every page is compared with: session, person, frame, and nothing in it."""
    return render(request, "benchmarks/empty.html")
