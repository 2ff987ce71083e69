"""What people type at the doors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vitrina.accounts import targets
from vitrina.accounts.models import Plan, User
from vitrina.accounts.role_words import SCOPE_WORDS, told_role_choices
from vitrina.accounts.roles import Role


def line(autocomplete: str = "off", **more: str) -> forms.TextInput:
    return forms.TextInput(attrs={"class": "input", "autocomplete": autocomplete} | more)


def select() -> forms.Select:
    return forms.Select(attrs={"class": "input"})


class SignInForm(forms.Form):
    name = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"class": "input", "autocomplete": "current-password"}),
    )


class AccountForm(forms.Form):
    """How a person is called and likes the pages to be."""

    first_name = forms.CharField(
        label=_("First name"), max_length=150, required=False, widget=line("given-name")
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=line("family-name")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES, widget=select())
    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
        required=False,
        widget=select(),
    )


def secret(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"class": "input", "autocomplete": autocomplete})


def code_line(**more: str | bool) -> forms.TextInput:
    """One code: the app's six digits, or a recovery code, which has letters."""
    attrs = {
        "class": "input code",
        "autocomplete": "one-time-code",
        "autocapitalize": "none",
        "spellcheck": "false",
    }
    return forms.TextInput(attrs=attrs | more)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the app"),
        max_length=64,
        help_text=_("Six digits. Without the phone: one of your recovery codes."),
        widget=code_line(autofocus=True),
    )


class ConfirmationForm(forms.Form):
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(
            attrs={"class": "input", "autocomplete": "current-password", "autofocus": True}
        ),
    )


class NewPasswordForm(forms.Form):
    """The old password and a new one, twice. Whether the old one is right is asked with the growing delay."""

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data)
        self.person = person

    old = forms.CharField(
        label=_("Password until now"), max_length=256, strip=False, widget=secret("current-password")
    )
    new = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least ten characters; a few words that only you put together are best."),
        widget=secret("new-password"),
    )
    again = forms.CharField(
        label=_("New password again"), max_length=256, strip=False, widget=secret("new-password")
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        new, again = said.get("new"), said.get("again")
        if new and again and new != again:
            self.add_error("again", _("The two don't match."))
        else:
            _judge(self, "new", self.person)
        return said


class TwoFactorOffForm(forms.Form):
    password = forms.CharField(
        label=_("Password"), max_length=256, strip=False, widget=secret("current-password")
    )
    code = forms.CharField(
        label=_("Code from the app, or a recovery code"), max_length=64, widget=code_line()
    )


class NewAccountForm(forms.Form):
    """What somebody who was invited chooses: a name to sign in with and a password."""

    name = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_("You sign in with it: letters, digits and @ . + - _"),
        validators=[UnicodeUsernameValidator()],
        widget=line("username", autocapitalize="none"),
    )
    first_name = forms.CharField(
        label=_("First name"), max_length=150, required=False, widget=line("given-name")
    )
    last_name = forms.CharField(
        label=_("Last name"), max_length=150, required=False, widget=line("family-name")
    )
    new = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        help_text=_("At least ten characters; a few words that only you put together are best."),
        widget=secret("new-password"),
    )

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("Somebody has this name already; choose another."))
        return name

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        _judge(self, "new", self.person())
        return said

    def person(self) -> User:
        """The account as it would be, not saved; its password is set where one was given."""
        said = self.cleaned_data
        return User(
            username=said.get("name", ""),
            first_name=said.get("first_name", ""),
            last_name=said.get("last_name", ""),
            language=get_language() or "",
        )


class ChosenPasswordForm(forms.Form):
    """A new password, without the old one: whoever holds the link was let in by an administrator."""

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(data)
        self.person = person

    new = forms.CharField(
        label=_("New password"),
        max_length=256,
        strip=False,
        help_text=_("At least ten characters; a few words that only you put together are best."),
        widget=secret("new-password"),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        _judge(self, "new", self.person)
        return said


def _judge(form: forms.Form, name: str, person: User) -> None:
    password = form.cleaned_data.get(name)
    if password:
        try:
            validate_password(password, person)
        except forms.ValidationError as error:
            form.add_error(name, error)


class InvitationForm(forms.Form):
    name = forms.CharField(
        label=_("Whom do you invite?"),
        max_length=150,
        help_text=_("For you, to tell the invitations apart. They choose their user name themselves."),
        widget=line(),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=told_role_choices, initial=Role.CATALOGUE_MANAGER, widget=select()
    )


class SellerForm(forms.Form):
    def __init__(self, *args: Any, with_plan: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        if not with_plan:
            del self.fields["plan"]
        now = self.initial.get("currency")
        if now and now not in settings.RUB_PER_UNIT:
            self.fields["currency"].choices = [(now, now), *self.fields["currency"].choices]  # type: ignore[attr-defined]

    name = forms.CharField(label=_("Name"), max_length=200, widget=line())
    language = forms.ChoiceField(
        label=_("Language of the cards"), choices=settings.LANGUAGES, widget=select()
    )
    currency = forms.ChoiceField(
        label=_("Currency"), choices=[(name, name) for name in settings.RUB_PER_UNIT], widget=select()
    )
    target = forms.ChoiceField(
        label=_("Target marketplace"),
        choices=lambda: [("", _("None: only the studio's own limits")), *targets.choices()],
        required=False,
        help_text=_("Cards keep its limits and rules."),
        widget=select(),
    )
    plan = forms.ModelChoiceField(
        label=_("Plan"),
        queryset=Plan.objects.order_by("name"),
        required=False,
        empty_label=_("Without limits"),
        help_text=_("How much it may use in a day or a month."),
        widget=select(),
    )


class TokenForm(forms.Form):
    def __init__(self, scopes: list[str], data: Any = None) -> None:
        super().__init__(data)
        self.fields["scopes"].choices = [(scope, SCOPE_WORDS.get(scope, scope)) for scope in scopes]  # type: ignore[attr-defined]

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("The program or the machine that will hold it."),
        widget=line(),
    )
    days = forms.TypedChoiceField(
        label=_("Holds for"),
        coerce=int,
        choices=[
            ("30", _("30 days")),
            ("90", _("90 days")),
            ("365", _("a year")),
            ("0", _("until it is revoked")),
        ],
        initial="90",
        widget=select(),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        error_messages={"required": _("Choose at least one.")},
        widget=forms.CheckboxSelectMultiple,
    )
