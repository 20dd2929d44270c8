"""Who is at the browser: passwords, second factors and other providers, by django-allauth, with our rules.

allauth knows the protocols and keeps its own tables (`account`, `mfa`, `socialaccount`, `usersessions`); what it asks
its adapters is answered here. Users are made by `projects.services.users` and changed by `accounts.services.users`, as
everywhere. The pages are in `web.views`; programs come with tokens, by the other door, and none of this is asked then.
"""
