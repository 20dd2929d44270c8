"""What the pages of Django's administration share. Each app's `admin.py` says which of these its models are."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from lib.clock import from_ms
from lib.errors import Refusal

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
    AnyModelForm = forms.ModelForm[Any]
    AnyInline = admin.TabularInline[Any, Any]
else:
    AnyModelAdmin, AnyModelForm, AnyInline = admin.ModelAdmin, forms.ModelForm, admin.TabularInline

MOST_ROWS = 500


class CarefulAdmin(AnyModelAdmin):
    """Nothing is deleted behind the services' backs, and what the database refuses is a message, not a bug."""

    show_full_result_count = False
    list_per_page = 50

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refusal as refusal:
            self.message_user(request, refusal.message, messages.ERROR)
        except IntegrityError:
            self.message_user(request, "Not saved: it contradicts something that exists already.", messages.ERROR)
        return HttpResponseRedirect(request.get_full_path())


class ReadOnlyAdmin(CarefulAdmin):
    """To look, search and filter. What changes it has rules of its own, which a form would not know."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyInline(AnyInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class CreationForm(AnyModelForm):
    """Creates with a service, so that what belongs to a new row is created with it.

    The attempt made while the form is checked is undone; it turns the service's refusals into errors of fields.
    """

    by: Any  # the user who fills it in
    create: Callable[..., models.Model]  # create(): the new row, made by the service

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                with transaction.atomic():
                    self.create()
                    transaction.set_rollback(True)
            except Refusal as refusal:
                self.add_error(refusal.field if refusal.field in self.fields else None, refusal.message)
        return cleaned

    def _post_clean(self) -> None:
        """Nothing: the service has checked what the model would check, and knows more."""


class CreatingAdmin(CarefulAdmin):
    """Adds with a `CreationForm`, changes with the usual form."""

    add_form: type[CreationForm]
    add_fields: tuple[str, ...]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs |= {"form": self.add_form, "fields": self.add_fields}
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user
        return form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        return [(None, {"fields": self.add_fields})] if obj is None else super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.save(commit=False) if change else form.create()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if change:
            super().save_related(request, form, formsets, change)


def table(headers: Iterable[str], rows: Iterable[Iterable[Any]]) -> SafeString:
    """Rows of a model that Django's administration cannot show by itself; not more than `MOST_ROWS` of them."""
    shown = list(rows)[: MOST_ROWS + 1]
    if not shown:
        return SafeString("-")
    head = format_html_join("", "<th>{}</th>", ((header,) for header in headers))
    body = format_html_join("", "<tr>{}</tr>", ((_cells(row),) for row in shown[:MOST_ROWS]))
    more = SafeString("<p>… and more</p>" if len(shown) > MOST_ROWS else "")
    return format_html("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}", head, body, more)


def _cells(row: Iterable[Any]) -> SafeString:
    return format_html_join("", "<td>{}</td>", ((cell,) for cell in row))


def time_of(milliseconds: int | None) -> Any:
    """A wire time, for a column; empty for none and for 0, which MLflow sends for none."""
    return from_ms(milliseconds or None)
