from django.urls import path

from benchmarks.views import empty
from reflection.urls import urlpatterns as product

urlpatterns = [path("bench/empty", empty), *product]
