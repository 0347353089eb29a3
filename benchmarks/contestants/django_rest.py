"""Django REST framework with djangorestframework-jsonapi: model serializers and viewsets.

The models are those of an ordinary project; their objects are in memory, related as
``prefetch_related`` would have related them, and no database is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import django
from django.conf import settings

JSON_API = "rest_framework_json_api"

settings.configure(
    ALLOWED_HOSTS=["*"],
    APPEND_SLASH=False,
    DATABASES={},
    DEBUG=False,
    INSTALLED_APPS=["rest_framework", JSON_API],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
    ROOT_URLCONF="benchmarks.contestants.django_rest",
    TIME_ZONE="UTC",
    USE_TZ=True,
    JSON_API_FORMAT_FIELD_NAMES="camelize",
    REST_FRAMEWORK={
        "PAGE_SIZE": 20,
        "EXCEPTION_HANDLER": f"{JSON_API}.exceptions.exception_handler",
        "DEFAULT_PAGINATION_CLASS": f"{JSON_API}.pagination.JsonApiLimitOffsetPagination",
        "DEFAULT_PARSER_CLASSES": [f"{JSON_API}.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": [f"{JSON_API}.renderers.JSONRenderer"],
        "DEFAULT_METADATA_CLASS": f"{JSON_API}.metadata.JSONAPIMetadata",
        "DEFAULT_FILTER_BACKENDS": [
            f"{JSON_API}.filters.QueryParameterValidationFilter",
            f"{JSON_API}.filters.OrderingFilter",
        ],
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
    },
)
django.setup()

from django.db import models  # noqa: E402 - Django reads its settings first
from django.http import Http404  # noqa: E402
from rest_framework.mixins import CreateModelMixin  # noqa: E402
from rest_framework.routers import DefaultRouter  # noqa: E402
from rest_framework_json_api import serializers, views  # noqa: E402
from rest_framework_json_api.relations import ResourceRelatedField  # noqa: E402

from benchmarks.data import ALL, CREATED, LABELS, MAKERS, ORDERED, new_id  # noqa: E402
from benchmarks.driving import Wsgi  # noqa: E402


class Maker(models.Model):
    """What products lead to, one each."""

    id = models.CharField(primary_key=True, max_length=10)
    name = models.CharField(max_length=100)
    rank = models.IntegerField()

    class Meta:
        app_label = "shop"

    class JSONAPIMeta:
        resource_name = "makers"


class Label(models.Model):
    """What products lead to, many each."""

    id = models.CharField(primary_key=True, max_length=10)
    name = models.CharField(max_length=100)
    rank = models.IntegerField()

    class Meta:
        app_label = "shop"

    class JSONAPIMeta:
        resource_name = "labels"


class Product(models.Model):
    """A product of twelve attributes."""

    id = models.CharField(primary_key=True, max_length=10)
    sku = models.CharField(max_length=10)
    price = models.IntegerField()
    field0 = models.CharField(max_length=100)
    field1 = models.CharField(max_length=100)
    field2 = models.CharField(max_length=100)
    field3 = models.CharField(max_length=100)
    field4 = models.CharField(max_length=100)
    field5 = models.CharField(max_length=100)
    field6 = models.CharField(max_length=100)
    field7 = models.CharField(max_length=100)
    field8 = models.CharField(max_length=100)
    field9 = models.CharField(max_length=100)
    makers = models.ForeignKey(Maker, models.CASCADE)
    labels = models.ManyToManyField(Label)

    class Meta:
        app_label = "shop"

    class JSONAPIMeta:
        resource_name = "products"


class Article(models.Model):
    """An article of the magazine."""

    id = models.CharField(primary_key=True, max_length=36)
    title = models.CharField(max_length=200)
    body = models.TextField(max_length=100_000)
    published_at = models.DateTimeField(null=True, blank=True)
    reading_minutes = models.IntegerField(default=1)
    tags = models.JSONField(default=list)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label = "press"

    class JSONAPIMeta:
        resource_name = "articles"


class MakerSerializer(serializers.ModelSerializer):
    """Shows a maker."""

    class Meta:
        model = Maker
        fields = ("name", "rank", "url")


class LabelSerializer(serializers.ModelSerializer):
    """Shows a label."""

    class Meta:
        model = Label
        fields = ("name", "rank", "url")


class ProductSerializer(serializers.ModelSerializer):
    """Shows a product."""

    class Meta:
        model = Product
        fields = (*ALL, "url")


class RelatedProductSerializer(ProductSerializer):
    """Shows a product with its relationships."""

    included_serializers = {"makers": MakerSerializer, "labels": LabelSerializer}
    makers = ResourceRelatedField(read_only=True)
    labels = ResourceRelatedField(read_only=True, many=True)

    class Meta:
        model = Product
        fields = (*ALL, "makers", "labels", "url")


class ArticleSerializer(serializers.ModelSerializer):
    """Reads and shows an article."""

    title = serializers.CharField(min_length=1, max_length=200)
    body = serializers.CharField(min_length=1, max_length=100_000)
    reading_minutes = serializers.IntegerField(min_value=1, max_value=600, default=1)
    tags = serializers.ListField(child=serializers.CharField(), max_length=20, default=list)

    class Meta:
        model = Article
        fields = (
            "title",
            "body",
            "published_at",
            "reading_minutes",
            "tags",
            "created_at",
            "updated_at",
            "url",
        )
        read_only_fields = ("created_at", "updated_at")

    def create(self, validated_data: dict[str, Any]) -> Article:
        """Return what a draft becomes, and forget it."""
        return Article(
            id=new_id(validated_data["title"]),
            created_at=CREATED,
            updated_at=CREATED,
            **validated_data,
        )


def product_of(data: dict[str, Any]) -> Product:
    """Return a product as the database and ``prefetch_related`` would have."""
    found = Product(**data)
    found.makers = Maker(**MAKERS[data["id"]])
    labels = Label.objects.all()
    labels._result_cache = [Label(**each) for each in LABELS[data["id"]]]
    labels._prefetch_done = True
    found._prefetched_objects_cache = {"labels": labels}
    return found


SHOP = {each["id"]: product_of(each) for each in ORDERED}


class ProductViewSet(views.ReadOnlyModelViewSet):
    """Answers for products."""

    serializer_class = ProductSerializer
    queryset = Product.objects.none()
    ordering_fields = ("sku",)

    def get_serializer_class(self) -> type[ProductSerializer]:
        """Show relationships where they are asked for, as the others do."""
        related = "include" in self.request.query_params
        return RelatedProductSerializer if related else ProductSerializer

    def get_queryset(self) -> Sequence[Product]:
        """Return all products."""
        return list(SHOP.values())

    def get_object(self) -> Product:
        """Return the product of the path."""
        found = SHOP.get(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found


class MakerViewSet(views.ReadOnlyModelViewSet):
    """Where links to makers lead."""

    serializer_class = MakerSerializer
    queryset = Maker.objects.none()


class LabelViewSet(views.ReadOnlyModelViewSet):
    """Where links to labels lead."""

    serializer_class = LabelSerializer
    queryset = Label.objects.none()


class ArticleViewSet(CreateModelMixin, views.ReadOnlyModelViewSet):
    """Takes articles."""

    serializer_class = ArticleSerializer
    queryset = Article.objects.none()


router = DefaultRouter(trailing_slash=False)
router.register("products", ProductViewSet)
router.register("makers", MakerViewSet)
router.register("labels", LabelViewSet)
router.register("articles", ArticleViewSet)
urlpatterns = router.urls


def application() -> Wsgi:
    """Return the WSGI application."""
    from django.core.wsgi import get_wsgi_application

    made: Wsgi = get_wsgi_application()
    return made
