"""CI jobs, to look at: what the CI system or a run's tags have told of them."""

from django.contrib import admin
from django.utils.safestring import SafeString

from ci.models import Job
from lib.admin import ReadOnlyAdmin, table


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("number", "project", "name", "status", "known", "created_at")
    list_select_related = ("project__route",)
    list_filter = ("known", "status", "created_at")
    search_fields = ("=number", "name", "project__route__path")
    ordering = ("-created_at",)
    fields = ("project", "number", "known", "name", "status", "web_url", "created_at", "sent_facts")
    readonly_fields = ("created_at", "sent_facts")

    @admin.display(description="facts")
    def sent_facts(self, job: Job) -> SafeString:
        return table(("variable", "value"), sorted(job.facts.items()))
