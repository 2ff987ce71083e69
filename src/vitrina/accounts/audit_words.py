"""What the actions and objects of the audit log are called. What has no words here is shown by its code."""

from __future__ import annotations

from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "account.sign_in": _("signed in"),
    "account.password": _("chose a new password"),
    "account.change": _("changed their account"),
    "account.first_admin": _("made the first administrator"),
    "account.two_factor_on": _("switched the second factor on"),
    "account.two_factor_off": _("switched the second factor off"),
    "account.two_factor_reset": _("reset a second factor"),
    "account.recovery_code": _("used a recovery code"),
    "account.recovery_codes": _("made new recovery codes"),
    "account.session_end": _("ended a session"),
    "account.sessions_end": _("ended other sessions"),
    "person.invite": _("invited a person"),
    "person.invitation_withdraw": _("withdrew an invitation"),
    "person.join": _("joined a seller"),
    "person.role": _("changed a role"),
    "person.remove": _("removed a member"),
    "person.password_link": _("made a link for a new password"),
    "person.switch_off": _("closed an account"),
    "person.switch_on": _("opened an account again"),
    "person.superuser": _("changed who runs the installation"),
    "seller.create": _("made a seller"),
    "seller.change": _("changed a seller"),
    "token.issue": _("made an API token"),
    "token.revoke": _("revoked an API token"),
    "product.apply": _("applied a card"),
    "product.undo": _("undid a card"),
    "product.edit": _("edited a card"),
    "product.edit_undo": _("undid an edit of a card"),
    "product.place": _("put a product into a category"),
    "product.delete": _("deleted a product"),
    "moderation.approved": _("approved in moderation"),
    "moderation.rejected": _("rejected in moderation"),
    "moderation.sent_back": _("sent back from moderation"),
    "moderation.taken_back": _("took back a decision of moderation"),
    "moderation.bulk": _("approved many in moderation"),
    "inbox.reply": _("sent an answer to a buyer"),
    "inbox.assign": _("took an interaction or gave it back"),
    "inbox.note": _("noted something on an interaction"),
    "inbox.close": _("closed an interaction without an answer"),
    "inbox.open": _("opened an interaction again"),
    "category.synonyms": _("changed a category's synonyms"),
    "category.added": _("added a category"),
    "category.renamed": _("renamed a category"),
    "category.moved": _("moved a category"),
    "category.merged": _("merged a category into another"),
    "category.removed": _("removed a category"),
    "category.put_back": _("put a category back"),
    "category.tree_synced": _("synced a marketplace's tree"),
    "columns.forgotten": _("forgot a mapping of columns"),
    "template.make": _("made a template"),
    "template.change": _("changed a template"),
    "template.delete": _("deleted a template"),
    "template.import": _("imported templates"),
    "view.save": _("kept a view"),
    "view.delete": _("deleted a view"),
    "job.pause": _("paused a job"),
    "job.resume": _("resumed a job"),
    "job.cancel": _("cancelled a job"),
    "job.retry": _("queued a failed job again"),
    "job.drop": _("dropped a failed job"),
    "job.retry_all": _("queued failed jobs again"),
    "job.drop_all": _("dropped failed jobs"),
    "call.repeat": _("asked a model once more"),
    "schedule.run": _("ran a schedule by hand"),
    "schedule.switch": _("switched a schedule"),
    "provider.set": _("changed a provider of models"),
    "provider.remove_key": _("removed a provider's key"),
    "provider.forget": _("forgot a provider"),
    "route.set": _("changed a route of models"),
    "route.reset": _("reset a route of models"),
    "price.set": _("set a model's price"),
    "price.remove": _("removed a model's price"),
    "plan.create": _("made a plan"),
    "plan.change": _("changed a plan"),
    "plan.delete": _("deleted a plan"),
    "setting.change": _("changed a setting"),
    "setting.reset": _("reset a setting"),
    "connection.connect": _("connected a marketplace"),
    "connection.credentials": _("gave new credentials for a marketplace"),
    "connection.switch_on": _("switched a marketplace on"),
    "connection.switch_off": _("switched a marketplace off"),
    "connection.disconnect": _("disconnected a marketplace"),
    "webhook.create": _("made a webhook"),
    "webhook.change": _("changed a webhook"),
    "webhook.change_secret": _("changed a webhook's secret"),
    "webhook.switch_on": _("switched a webhook on"),
    "webhook.switch_off": _("switched a webhook off"),
    "webhook.remove": _("removed a webhook"),
    "webhook.test": _("tested a webhook"),
    "webhook.redeliver": _("sent news of a webhook again"),
}
# type → name, and the route of its page, looked up by name: a room that isn't there has no link.
OBJECTS: dict[str, tuple[Any, str]] = {
    "catalog.product": (_("product"), "product"),
    "product": (_("product"), "product"),
    "moderationitem": (_("item of moderation"), "moderation_item"),
    "catalog.category": (_("category"), "category"),
    "catalog.import": (_("import"), "import"),
    "catalog.export": (_("export"), "export"),
    "enrichment.processinglog": (_("run"), "run"),
    "enrichment.moderationitem": (_("item of moderation"), "moderation_item"),
    "enrichment.contenttemplate": (_("template"), ""),
    "jobs.job": (_("job"), "job"),
    "jobs.schedule": (_("schedule"), ""),
    "accounts.user": (_("person"), "settings_people_person"),
    "accounts.seller": (_("seller"), "settings_sellers_seller"),
    "accounts.membership": (_("membership"), ""),
    "accounts.invitation": (_("invitation"), ""),
    "accounts.apitoken": (_("API token"), ""),
    "channels.connection": (_("marketplace"), "settings_channels_connection"),
    "webhooks.endpoint": (_("webhook"), "settings_webhooks_endpoint"),
}


# Names of what changed; a room's own stay as they are.
FIELDS: dict[str, Any] = {
    "name": _("name"),
    "role": _("role"),
    "person": _("person"),
    "superuser": _("superuser"),
    "first_name": _("first name"),
    "last_name": _("last name"),
    "language": _("language"),
    "theme": _("colours"),
    "currency": _("currency"),
    "target": _("target marketplace"),
    "plan": _("plan"),
    "title": _("title"),
    "description": _("description"),
    "category": _("category"),
    "synonyms": _("synonyms"),
    "status": _("status"),
    "state": _("state"),
    "scopes": _("scopes"),
    "device": _("device"),
    "sessions": _("sessions"),
    "tokens": _("tokens"),
    "second_factor": _("second factor"),
    "text": _("text"),
    "on": _("switched on"),
    "short_description": _("short description"),
    "seo_title": _("SEO title"),
    "seo_description": _("SEO description"),
    "keywords": _("keywords"),
    "key_benefits": _("key benefits"),
    "content": _("card"),
    "edits": _("edits"),
    "created": _("made anew"),
    "resolution": _("decision"),
    "rejection": _("reason of rejection"),
    "notes": _("notes"),
    "reason": _("reason"),
    "count": _("how many"),
    "path": _("path"),
    "name_en": _("name in English"),
    "into": _("into"),
    "products": _("products"),
    "products_to": _("products go to"),
    "categories": _("categories"),
    "columns": _("columns"),
    "limits": _("limits"),
    "day": _("per day"),
    "month": _("per month"),
    "cost": _("cost"),
    "models": _("models"),
    "model": _("model"),
    "provider": _("provider"),
    "url": _("address"),
    "base_url": _("address"),
    "kinds": _("kinds"),
    "kind": _("kind"),
    "key": _("key"),
    "platform": _("marketplace"),
    "credentials": _("credentials"),
    "job": _("job"),
    "log_id": _("run"),
}


def field_words(name: str) -> str:
    return str(FIELDS.get(name, name))


def action_words(action: str) -> str:
    return str(ACTIONS.get(action, action))


def object_words(object_type: str) -> str:
    return str(OBJECTS[object_type][0]) if object_type in OBJECTS else object_type


def object_link(object_type: str, object_id: str) -> str:
    """The address of its page; empty where it has none. Whether the reader may open it is that page's question."""
    route = OBJECTS.get(object_type, ("", ""))[1]
    if not route or not (object_id.isascii() and object_id.isdigit()):
        return ""
    try:
        return reverse(route, kwargs={"pk": int(object_id)})
    except NoReverseMatch:
        return ""
